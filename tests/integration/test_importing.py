"""A dirty file through the whole system: every row accounted for, totals as an independent count has them."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from shared.timekeeping.clock import SystemClock
from shouwen.commands.import_ import closing, preview
from shouwen.composition import System, running
from shouwen.door import Door, opened
from shouwen.importing.flow import Outcome, Plan, carry_out
from shouwen.importing.papers import papers_of
from shouwen.importing.survey import surveyed
from shouwen.verifying.flow import verify_system
from shouwen.verifying.log import log_at
from tests.support.importing_builders import as_csv, mapping, row
from tests.support.servers import temporary_directory

CASES = 280
TOPICS = ("Parks", "Health", "Please choose an issue...", "住房=Housing", "=1+1", "𠮷")


def clean() -> list[list[str]]:
    """Rows over three offices and four months; every third is still open."""
    return [
        row(
            id=f"k{n}",
            office=f"A{n % 3}",
            opened=f"2024-{n % 4 + 1:02}-{n % 28 + 1:02}",
            ended="" if n % 3 == 0 else f"2024-06-{n % 28 + 1:02}",
            topic=TOPICS[n % len(TOPICS)],
            words=f"matter {n}",
        )
        for n in range(CASES)
    ]


DIRT = [
    row(id="k5", zip="10001"),  # a conflict
    row(id="", topic="Parks"),
    row(id="d1", topic=""),
    row(id="d2", opened="2099-01-01"),
    row(id="d3", opened="32/13/2024"),
    row(id="d4", office=""),
    ["d5", "A1"],
]
LOST = row(id="d6", ended="never")  # a case whose end is not known
EARLY = row(id="e1", opened="2024-02-29", ended="2024-02-01")
REJECTED = len(DIRT) - 1


def independent(rows: Sequence[Sequence[str]]) -> Counter[tuple[str, str, str]]:
    """Totals by site, month and topic, counted from the rows alone."""
    return Counter((cells[1], cells[2][:7], cells[4]) for cells in rows)


async def brought(system: System, folder: Path, text: str) -> tuple[Outcome, Console]:
    file = folder / "dirty.csv"
    file.write_text(text, encoding="utf-8")
    plan = Plan(file, mapping(left_out=[]), papers_of(file, folder), SystemClock().now(), 100)
    console = Console(file=io.StringIO(), width=200)
    survey = surveyed(file, plan.mapping, plan.now)
    console.print(preview(survey))
    async with opened(system.url, system.token) as door:
        outcome = await carry_out(door, plan, survey, console)
    console.print(closing(outcome))
    return outcome, console


async def totals(door: Door) -> Counter[tuple[str, str, str]]:
    answer = await door.read("/api/reporting/registers/totals", source="invented")
    return Counter({(each["site_code"], each["month"], each["category"]): each["count"] for each in answer["items"]})


@pytest.fixture
async def folder() -> Any:
    with temporary_directory() as path:
        yield path


async def test_a_dirty_file_is_accounted_for_to_the_last_row(folder: Path) -> None:
    fine = [*clean(), EARLY, LOST]
    async with running(folder / "system") as system:
        first, console = await brought(system, folder, as_csv(*fine, *DIRT))
        assert first.caught_up
        assert (first.sent.new, first.sent.already, first.made.sites) == (len(fine), 0, 3)
        assert (len(first.survey.conflicts), len(first.survey.rejects)) == (1, REJECTED)
        assert [warned.key for warned in first.survey.warnings] == ["e1", "d6"]
        told = console.file.getvalue()  # type: ignore[attr-defined]  # it is the StringIO given above
        assert "not imported: zip" in told
        assert "cases/s, end to end" in told

        async with opened(system.url, system.token) as door, log_at(system.settings.nats_url) as reader:
            assert await totals(door) == independent(fine)
            closed = await door.read("/api/reporting/cases", q="", status="closed", limit=1)
            assert closed["items"]
            verdict = await verify_system(door, reader)
            assert verdict.differences == ()
            assert verdict.entities > CASES

            second, _ = await brought(system, folder, as_csv(*fine, *DIRT))
            assert (second.sent.new, second.sent.already, second.made.sites) == (0, len(fine), 0)
            assert [conflict.first_line for conflict in second.survey.conflicts] == [7]
            assert await totals(door) == independent(fine)


async def test_an_interrupted_import_goes_on_and_a_changed_row_is_a_conflict(folder: Path) -> None:
    rows = clean()[:60]
    async with running(folder / "system") as system:
        begun, _ = await brought(system, folder, as_csv(*rows[:25]))
        changed = [row(id="k3", office="A0", opened="2024-04-04", topic="Other"), *rows[:3], *rows[4:]]
        resumed, _ = await brought(system, folder, as_csv(*changed))
        assert (begun.sent.new, resumed.sent.new, resumed.sent.already) == (25, 35, 25)
        assert resumed.sent.changed == 1
        assert [(c.key, c.first_line) for c in resumed.survey.conflicts] == [("k3", None)]
        assert "topic" in {name for name, _, _ in resumed.survey.conflicts[0].differs}
        async with opened(system.url, system.token) as door:
            assert await totals(door) == independent(rows)


async def test_what_the_system_refuses_is_a_reject_in_both_languages(folder: Path) -> None:
    async with running(folder / "system") as system:
        file = folder / "t.csv"
        file.write_text(as_csv(row()), encoding="utf-8")
        plan = Plan(file, mapping(severity="gravest"), papers_of(file, folder), SystemClock().now(), 100)
        async with opened(system.url, system.token) as door:
            survey = surveyed(file, plan.mapping, plan.now)
            outcome = await carry_out(door, plan, survey, Console(file=io.StringIO()))
    assert outcome.sent.arrived == 0
    (reject,) = survey.rejects
    assert (reject.line, reject.column) == (2, "severity")
    assert "minor" in reject.words.en
    assert reject.words.zh != reject.words.en
    with plan.papers.rejects.open(encoding="utf-8-sig", newline="") as paper:
        assert len(list(csv.reader(paper))) == 2


async def test_what_reporting_has_lost_is_found_case_by_case(folder: Path) -> None:
    async with running(folder / "system") as system:
        await brought(system, folder, as_csv(row(id="k1"), row(id="k2")))
        async with system.host.processes["reporting"].db.begin() as conn:
            cases = list(await conn.exec_driver_sql("select case_id from reporting.cases order by source_key"))
            await conn.exec_driver_sql(f"delete from reporting.cases where case_id = '{cases[0][0]}'")
            await conn.exec_driver_sql(
                f"delete from reporting.facts where kind = 'dispatch.order_issued' and entity = '{cases[1][0]}'"
            )
        async with opened(system.url, system.token) as door, log_at(system.settings.nats_url) as reader:
            verdict = await verify_system(door, reader)
    found = {(each.entity, each.where) for each in verdict.differences}
    lost, thin = cases[0][0], cases[1][0]
    assert found == {(lost, "reporting rows"), (lost, "reporting index"), (thin, "reporting archive")}


async def test_a_digest_that_lies_is_found(folder: Path) -> None:
    async with running(folder / "system") as system:
        await brought(system, folder, as_csv(row()))
        async with system.host.processes["dispatch"].db.begin() as conn:
            await conn.exec_driver_sql("update dispatch.entities set said_chain = said_chain + 1")
        async with opened(system.url, system.token) as door, log_at(system.settings.nats_url) as reader:
            verdict = await verify_system(door, reader)
    assert {difference.where.split(" > ")[0] for difference in verdict.differences} == {"dispatch"}
    assert all(difference.words.zh for difference in verdict.differences)
