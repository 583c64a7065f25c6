"""One person in every post the steps of two manuals ask for, on a running system."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.packs.loader import builtin_pack
from tests.e2e.story import Story
from tests.support.waiting import eventually

EVER = "2020-01-01T00:00:00+08:00"
POSTS = {
    "haijing": ("front_desk", "cashier", "renovation_supervisor"),
    "yunshan": ("receptionist", "patrol_post", "area_admin", "project_manager"),
}


@dataclass(frozen=True)
class Desk:
    """Somebody who holds every post the steps ask for, and what he works on."""

    house: Story
    cases: Mapping[str, str]

    async def take(
        self, case: str, step: str, form: Any = None, outcome: str | None = None, language: str = "zh"
    ) -> Any:
        body = {"form": form or {}} | ({"outcome": outcome} if outcome else {})
        path = f"/api/dispatch/cases/{self.cases[case]}/steps/{step}"
        return await self.house.ask("POST", path, "clerk", json=body, headers={"Accept-Language": language})

    async def done(self, case: str, step: str, form: Any = None, outcome: str | None = None) -> None:
        answer = await self.take(case, step, form, outcome)
        assert answer.status_code == 200, (step, answer.text)

    async def stands(self, case: str) -> Any:
        """Everything of a case that a step could have changed."""
        shown = await self.house.get(f"/api/dispatch/cases/{self.cases[case]}", "clerk")
        return {part: shown[part] for part in ("version", "status", "steps", "ledger", "rolls")}


async def staffed(house: Story) -> None:
    """The service-centre manual beside the estate's own, and one person in all the posts of its steps."""
    site = (await house.get("/api/directory/records/site/haijing"))["body"]
    site["profiles"] = [{"pack": "P003", "version": builtin_pack("P003").version, "since": EVER}]
    held = [{"site": where, "role": role, "since": EVER} for where, roles in POSTS.items() for role in roles]
    person = {"id": "p-clerk", "name": "周文员", "appointments": held}
    grants = [{"site": where, "right": right} for where in POSTS for right in ("desk", "work")]
    account = {"id": "clerk", "username": "clerk", "name": "周文员", "person": "p-clerk", "grants": grants}
    records = [("site", "haijing", site), ("person", "p-clerk", person), ("account", "clerk", account)]
    body = {"records": [{"record": kind, "key": key, "body": body} for kind, key, body in records]}
    await house.post("/api/directory/records", body)
    books = [process.book for process in house.system.host.processes.values()]
    everybody = [process.accounts for process in house.system.host.processes.values()]

    async def known() -> bool:
        there = (book.site("haijing").profiles and book.staff.person("p-clerk") for book in books)
        return all(there) and all(one.account("clerk") for one in everybody)

    await eventually(known)
