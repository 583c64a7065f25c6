"""Three hours of New York City's 311 through ``deploy/mappings/nyc_311.yaml``: every request arrives as it was written.

The file beside this module is NYC Open Data, dataset erm2-nwe9 (311 Service Requests), rows created on
2024-05-26 23:10 to 2024-05-27 02:09, in the public domain, as the portal exports it.
"""

import csv
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from rich.console import Console

from shouwen.door import Door, opened
from shouwen.importing.flow import Outcome, Plan, carry_out
from shouwen.importing.founding import Founded, ensure_directory
from shouwen.importing.mapping import read_mapping
from shouwen.importing.papers import papers_of
from shouwen.importing.survey import surveyed
from shouwen.verifying.flow import verify_system
from tests.e2e.damages import at_rest, looking, run
from tests.e2e.story import Json, Story, story
from tests.support.waiting import eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")

FILE = Path(__file__).with_name("nyc311_2024-05-27_1000.csv")
MAPPING = Path(__file__).parents[2] / "deploy" / "mappings" / "nyc_311.yaml"
BEGAN = datetime.fromisoformat("2024-06-20T10:00:00-04:00")
NEW_YORK = ZoneInfo("America/New_York")
SITES = {
    "BRONX": "bronx",
    "BROOKLYN": "brooklyn",
    "MANHATTAN": "manhattan",
    "QUEENS": "queens",
    "STATEN ISLAND": "staten-island-6d9c8bfc",
    "Unspecified": "unspecified",
}
GRAFFITI = "61274649"
CHIEF = "p-chief"


@cache
def rows() -> list[dict[str, str]]:
    """The file as the standard library reads it: nothing of ours has a hand in what is expected."""
    with FILE.open(newline="") as lines:
        return list(csv.DictReader(lines))


def instant(local: str) -> datetime | None:
    return datetime.fromisoformat(local).replace(tzinfo=NEW_YORK).astimezone(UTC) if local else None


@dataclass
class City:
    """The system after the import.

    Attributes:
        founded: What was made before it, so that somebody could be appointed there.
    """

    house: Story
    founded: Founded
    outcome: Outcome
    papers: Path

    async def case(self, key: str) -> Json:
        """The row reporting keeps of one request."""
        [row] = await run(self.house, "select * from reporting.cases where source_key = :key", key=key)
        return dict(row._mapping)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def city(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    papers = tmp_path_factory.mktemp("papers")
    async with story(BEGAN) as house, opened(house.system.url, house.system.token) as door:
        founded = await ensure_directory(door, read_mapping(MAPPING), surveyed(FILE, read_mapping(MAPPING), BEGAN))
        await house.post("/api/directory/records", {"records": [chief()]})
        yield City(house, founded, await imported(door, papers), papers)


def chief() -> Json:
    """Somebody who could be rung, wherever silence climbs to."""
    held = [
        {"site": site, "role": role, "since": "2020-01-01T00:00:00-05:00"}
        for site in SITES.values()
        for role in ("property_manager", "department_supervisor", "nypd", "dsny")
    ]
    return {"record": "person", "key": CHIEF, "body": {"name": "Chief", "appointments": held}}


async def imported(door: Door, papers: Path) -> Outcome:
    plan = Plan(FILE, read_mapping(MAPPING), papers_of(FILE, papers), BEGAN, 200)
    return await carry_out(door, plan, surveyed(FILE, plan.mapping, BEGAN), Console(quiet=True))


async def messages(house: Story) -> int:
    """Messages to people, delivered or not."""
    [told] = await run(house, "select count(*) from reporting.facts where kind like 'notify.%'")
    return int(told[0])


async def test_every_row_is_a_case(city: City) -> None:
    outcome = city.outcome
    assert (outcome.survey.rows, outcome.sent.new, outcome.survey.rejects) == (1000, 1000, [])
    assert (outcome.survey.conflicts, outcome.survey.repeats, outcome.survey.warnings) == ([], [], [])
    assert outcome.caught_up


async def test_boroughs_are_sites_and_agencies_departments(city: City) -> None:
    assert (city.founded.sites, city.founded.departments) == (6, len({(r["borough"], r["agency"]) for r in rows()}))
    expected = {(SITES[row["borough"]], row["agency"].lower(), row["agency_name"]) for row in rows()}
    page = await city.house.get("/api/directory/records/department", limit=500)
    made = {(b["site"], b["kind"], b["name"]["en"]) for b in (item["body"] for item in page["items"])}
    assert expected <= made


async def test_totals_equal_a_count_of_the_file(city: City) -> None:
    counted = Counter((SITES[row["borough"]], row["complaint_type"]) for row in rows())
    totals = await city.house.get("/api/reporting/registers/totals", source="nyc_311", group="site,category")
    assert {(item["site"], item["category"]): item["count"] for item in totals["items"]} == counted

    standing = Counter((SITES[r["borough"]], r["complaint_type"], r["status"] == "Closed") for r in rows())
    found = await run(
        city.house,
        """select site, category, status = 'closed', count(*) from reporting.cases
        where source = 'nyc_311' group by 1, 2, 3""",
    )
    assert {tuple(row)[:3]: row[3] for row in found} == standing
    assert sum(count for (_, _, over), count in standing.items() if not over) == 323


async def test_every_instant_is_kept_to_the_second(city: City) -> None:
    found = await run(
        city.house, "select source_key, received_at, closed_at from reporting.cases where source = 'nyc_311'"
    )
    expected = {row["unique_key"]: (instant(row["created_date"]), instant(row["closed_date"])) for row in rows()}
    assert {row.source_key: (row.received_at, row.closed_at) for row in found} == expected


async def test_every_department_is_the_files(city: City) -> None:
    found = await run(city.house, "select source_key, responsible from reporting.cases where source = 'nyc_311'")
    assert {row.source_key: row.responsible for row in found} == {r["unique_key"]: r["agency"].lower() for r in rows()}


async def test_a_request_without_a_borough_waits_at_a_site_of_its_own(city: City) -> None:
    [nowhere] = [row["unique_key"] for row in rows() if row["borough"] == "Unspecified"]
    assert (await city.case(nowhere))["site"] == "unspecified"


async def test_an_import_rings_nobody(city: City) -> None:
    await at_rest(city.house)
    assert await messages(city.house) == 0


async def test_a_second_run_brings_nothing_twice(city: City) -> None:
    async with looking(city.house) as (door, _):
        again = await imported(door, city.papers)
    assert (again.sent.new, again.sent.already, again.sent.changed) == (0, 1000, 0)
    assert again.made == Founded(0, 0)
    [count] = await run(city.house, "select count(*) from reporting.cases where source = 'nyc_311'")
    assert count[0] == 1000


async def test_log_services_and_registers_agree(city: City) -> None:
    await at_rest(city.house)
    async with looking(city.house) as (door, reader):
        assert (await verify_system(door, reader)).differences == ()


async def test_an_open_request_is_live(city: City) -> None:
    [row] = [row for row in rows() if row["status"] == "Assigned"]
    case = (await city.case(row["unique_key"]))["case_id"]
    shown = await city.house.get(f"/api/dispatch/cases/{case}")
    assert (shown["status"], shown["department"]) == ("dispatched", row["agency"].lower())
    await city.house.act(case, "accept")
    await city.house.act(case, "start")
    await city.house.eventually(case, lambda seen: seen["status"] == "in_progress", service="reporting")


async def test_the_agencys_own_limit_runs_and_its_breach_is_told_at_its_second(city: City) -> None:
    house, case = city.house, (await city.case(GRAFFITI))["case_id"]
    [row] = [row for row in rows() if row["due_date"]]
    due = instant(row["due_date"])
    assert due is not None
    running = [clock for clock in (await house.get(f"/api/escalation/cases/{case}"))["clocks"] if clock["due_at"]]
    assert [(datetime.fromisoformat(c["due_at"]), c["state"]) for c in running] == [(due, "running")]

    await house.until(datetime.fromisoformat("2024-06-26T09:00:00-04:00"))
    await house.eventually(case, lambda shown: any(clock["state"] == "breached" for clock in shown["clocks"]))

    async def told() -> bool:
        return await messages(house) > 0

    assert await eventually(told)
    breaches = [
        one
        for one in (await house.get(f"/api/reporting/cases/{case}"))["timeline"]
        if one["kind"] == "escalation.clock_breached"
    ]
    assert [datetime.fromisoformat(one["at"]) for one in breaches] == [due]
