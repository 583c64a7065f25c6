"""Issues of registers: signed by the one the manual names, filed, kept for as long as it says."""

import asyncio
from typing import Any

from httpx2 import Response

from shared.contracts.directory import Account
from shared.contracts.fold import Grant
from shared.organisation.records import Appointment, Person
from shared.process.service import ServiceProcess
from tests.support.clock import HandClock
from tests.support.packs import local
from tests.support.reporting_builders import EVER, letter
from tests.support.reporting_forms import heard, inspected, month
from tests.support.reporting_system import asking, case, read, reporting_on


def why(refused: Response) -> str:
    return str(refused.json()["type"]).rpartition(":")[2]


def signer(process: ServiceProcess, role: str) -> str:
    """An account of somebody who holds *role* at the site; the token it asks with."""
    person = Person("p-wang", "王经理", appointments=(Appointment("s000", role, since=EVER),))
    process.book.put_person(person)
    grants = tuple(Grant("s000", right) for right in ("desk", "admin"))
    process.accounts.put_account(Account("wang", "wang", "wang", person="p-wang", grants=grants))
    return process.accounts.assert_for("wang")


async def test_as_030_an_issue_is_signed_by_the_one_the_manual_names_before_it_is_filed(fresh_db: str) -> None:
    async with reporting_on(fresh_db) as process, asking(process) as client:
        await heard(process, month())
        token = {"authorization": f"Bearer {signer(process, 'property_manager')}"}
        here: Any = {"params": {"site": "s000"}}
        assert (await client.post("/registers/R-run/2025-03/sign", **here)).status_code == 403
        early = await client.post("/registers/R-run/2025-04/sign", **here, headers=token)
        unsigned = await client.post("/registers/R-run/2025-03/archive", **here, headers=token)
        assert (why(early), why(unsigned)) == ("not_over", "unsigned")
        assert (await client.post("/registers/R-run/2025-03/sign", **here, headers=token)).json()[
            "signed_by"
        ] == "p-wang"
        again = await client.post("/registers/R-run/2025-03/sign", **here, headers=token)
        assert why(again) == "already_signed"
        rows = (await read(client, "/registers/R-run", site="s000"))["rows"]
        assert {row["signed_by"] for row in rows} == {"p-wang"}
        issued = await read(client, "/registers/R-run", site="s000", month="2025-03", window="calendar")
        assert issued["signature"] == {**issued["signature"], "by": "p-wang", "missing": False}
        assert (await client.post("/registers/R-run/2025-03/archive", **here, headers=token)).status_code == 200
        kept = (await client.get("/registers/R-run/2025-03/archived", **here)).json()
        assert [row["number"] for row in kept["rows"]] == ["A", "B", "C"]


async def test_what_changed_since_it_was_signed_is_signed_again(fresh_db: str) -> None:
    log = month()
    async with reporting_on(fresh_db) as process, asking(process) as client:
        await heard(process, log)
        token = {"authorization": f"Bearer {signer(process, 'property_manager')}"}
        how: Any = {"params": {"site": "s000"}, "headers": token}
        await client.post("/registers/R-case/2025-03/sign", **how)
        late = log.say(inspected("fail", "又漏", 3, private={"inspector": "周"}), "2025-03-30 10:00", case(1))
        await process.engine.hear([letter(late)])
        assert why(await client.post("/registers/R-case/2025-03/archive", **how)) == "changed_since_signed"
        assert (await client.get("/registers/R-case/2025-03/retention", **how)).json()["changed_since_signed"]
        assert (await client.post("/registers/R-case/2025-03/sign", **how)).status_code == 200
        assert (await client.post("/registers/R-case/2025-03/archive", **how)).status_code == 200


async def test_as_093_a_filed_issue_is_kept_for_two_years(fresh_db: str) -> None:
    async with reporting_on(fresh_db) as process, asking(process) as client:
        await heard(process, month())
        token = {"authorization": f"Bearer {signer(process, 'property_manager')}"}
        how: Any = {"params": {"site": "s000"}, "headers": token}
        assert why(await client.delete("/registers/R-73/2025-03", **how)) == "not_filed"
        await client.post("/registers/R-73/2025-03/archive", **how)
        term = (await client.get("/registers/R-73/2025-03/retention", **how)).json()
        assert (term["retention_years"], term["deletable_from"]) == (2, "2027-04-10T16:00:00Z")
        assert isinstance(process.clock, HandClock)
        process.clock.set(local("2027-04-10 23:59"))
        early = await client.delete("/registers/R-73/2025-03", **how)
        assert (early.status_code, why(early)) == (409, "kept")
        process.clock.set(local("2027-04-11 00:00"))
        assert (await client.delete("/registers/R-73/2025-03", **how)).status_code == 200
        assert (await client.get("/registers/R-73/2025-03/archived", **how)).status_code == 404


async def test_two_who_file_at_once_file_one_issue(fresh_db: str) -> None:
    async with reporting_on(fresh_db) as process, asking(process) as client:
        await heard(process, month())
        token = {"authorization": f"Bearer {signer(process, 'property_manager')}"}
        how: Any = {"params": {"site": "s000"}, "headers": token}
        both = await asyncio.gather(*(client.post("/registers/R-73/2025-03/archive", **how) for _ in range(4)))
    assert sorted(answer.status_code for answer in both) == [200, 409, 409, 409]
