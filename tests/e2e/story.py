"""The harness of the stories: the whole system in one process, a clock moved by hand, everything through HTTP."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx2
from sqlalchemy import text

from shouwen.composition import System, assembled, embedded
from shouwen.demo import load
from shouwen.door import opened
from shouwen.verifying.flow import verify_system
from shouwen.verifying.hearing import who_hears
from shouwen.verifying.log import log_at
from shouwen.verifying.settling import settled
from tests.support.clock import HandClock
from tests.support.servers import temporary_directory
from tests.support.waiting import eventually

Json = dict[str, Any]


@dataclass(slots=True)
class Story:
    """One run of the system with the sample group loaded.

    Attributes:
        clock: Moved by :meth:`pass_time` only.
    """

    system: System
    clock: HandClock
    client: httpx2.AsyncClient
    bearers: dict[str, str] = field(default_factory=dict)

    async def ask(self, method: str, path: str, who: str = "admin", **options: Any) -> httpx2.Response:
        """One request on behalf of an account of the sample group, or of the administrator."""
        intake = self.system.host.processes["intake"]
        bearer = self.system.token if who == "admin" else intake.accounts.assert_for(who)
        headers = {"Authorization": f"Bearer {bearer}"} | options.pop("headers", {})
        return await self.client.request(method, path, headers=headers, **options)

    async def get(self, path: str, who: str = "admin", **params: Any) -> Json:
        """A successful read."""
        response = await self.ask("GET", path, who, params=params)
        assert response.status_code == 200, response.text
        answer: Json = response.json()
        return answer

    async def post(self, path: str, body: Json | None = None, who: str = "admin") -> Json:
        """A successful act."""
        response = await self.ask("POST", path, who, json=body or {})
        assert response.status_code in (200, 201), response.text
        answer: Json = response.json()
        return answer

    async def log(self, who: str = "desk", **fields: Any) -> str:
        """Log a request at the first sample site; answers the case id."""
        body = {
            "site": "haijing",
            "case_type": "complaint",
            "category": "engineering",
            "severity": "minor",
            "channel": "phone",
            "caller": {"name": "赵文", "phone": "13900000001"},
            "content": "楼上漏水",
        }
        case: str = (await self.post("/api/intake/requests", body | fields, who))["entity"]
        await self.until_ready(case)
        return case

    async def until_ready(self, case: str) -> None:
        """Until the order is issued, the clocks are armed and the row is there."""

        async def ready() -> bool:
            urls = (f"/api/dispatch/cases/{case}", f"/api/escalation/cases/{case}", f"/api/reporting/cases/{case}")
            return all([(await self.ask("GET", url)).status_code == 200 for url in urls])

        await eventually(ready)

    async def act(self, case: str, act: str, body: Json | None = None, who: str = "admin") -> Json:
        """An act of dispatch."""
        return await self.post(f"/api/dispatch/cases/{case}/{act}", body, who)

    async def pass_time(self, span: timedelta) -> None:
        """Let time pass once everybody has heard what was said before, and wake whoever sleeps on it."""
        await eventually(self._all_heard)
        self.clock.advance(span)
        for process in self.system.host.processes.values():
            process.replica.timers_bell.ring()
            process.replica.effects_bell.ring()

    async def _all_heard(self) -> bool:
        processes = self.system.host.processes
        present = [name for name in who_hears() if (nc := processes[name].nc) is not None and not nc.is_closed]
        # Twice, because between two services a fact may be in neither backlog for a moment.
        backlogs = [await self.get(f"/api/{service}/backlog") for service in present * 2]
        return not any(waiting for backlog in backlogs for waiting in backlog.values())

    async def until(self, at: datetime) -> None:
        """Let time pass until *at*."""
        await self.pass_time(at - self.clock.now())

    async def timeline(self, case: str) -> list[str]:
        """Kinds of the facts of a case, in order of time."""
        return [entry["kind"] for entry in (await self.get(f"/api/reporting/cases/{case}"))["timeline"]]

    async def eventually(self, case: str, look: Callable[[Json], Any], *, service: str = "escalation") -> Json:
        """The case as *service* shows it, once *look* finds what it wants in it."""

        async def seen() -> Json | None:
            shown = await self.get(f"/api/{service}/cases/{case}")
            return shown if look(shown) else None

        found = await eventually(seen)
        assert found is not None
        return found


@asynccontextmanager
async def story(begins: datetime) -> AsyncIterator[Story]:
    """A system of its own with the sample group, at *begins*."""
    clock = HandClock(begins)
    with temporary_directory() as path, embedded(path / "data") as servers:
        async with assembled(servers, 0, clock=clock) as system:
            await load(system.url, token=system.token, password=system.keys.password)
            async with httpx2.AsyncClient(base_url=system.url, timeout=20) as client:
                yield Story(system, clock, client)
            await nothing_is_amiss(system)


async def nothing_is_amiss(system: System) -> None:
    """After every story: log and services agree, nothing waits for a hand, nothing is dead."""
    async with opened(system.url, system.token) as door, log_at(system.settings.nats_url) as reader:
        await settled(door, who_hears(), lambda _under_way: None)
        verdict = await verify_system(door, reader)
    assert verdict.differences == (), "\n".join(map(str, verdict.differences))
    async with system.host.around.db.connect() as conn:
        for service in who_hears():
            dead = (await conn.execute(text(f"select subject, reason from {service}.dead_letters"))).all()
            assert dead == [], f"{service} buried {dead}"
