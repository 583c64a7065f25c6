"""Whoever follows docs/importing.md to the letter gets what it promises: file and mapping are taken from the page."""

import asyncio
import csv
import re
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from rich.console import Console

from shouwen.door import opened
from shouwen.importing.flow import Outcome, Plan, carry_out
from shouwen.importing.mapping import read_mapping
from shouwen.importing.papers import Papers, papers_of
from shouwen.importing.survey import surveyed
from tests.e2e.damages import at_rest, run
from tests.e2e.story import Story, story
from tests.support.waiting import eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGE = Path(__file__).parents[2] / "docs" / "importing.md"
BEGAN = datetime.fromisoformat("2024-06-01T10:00:00+08:00")
REPLY_DUE = datetime.fromisoformat("2024-06-01T12:40:00+08:00")


@dataclass
class Desk:
    """The old desk of the page and, once imported, what became of it."""

    file: Path
    mapping: Path
    papers: Papers


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    page, folder = PAGE.read_text("utf-8"), tmp_path_factory.mktemp("desk")
    written = Desk(folder / "old_desk.csv", folder / "old_desk.yaml", papers_of(Path("old_desk.csv"), folder / "out"))
    for path, kind in ((written.file, "csv"), (written.mapping, "yaml")):
        [block] = re.findall(rf"```{kind}\n(.*?)```", page, re.DOTALL)
        path.write_text(block, "utf-8")
    return written


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house() -> AsyncIterator[Story]:
    async with story(BEGAN) as told:
        yield told


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def outcome(house: Story, desk: Desk) -> Outcome:
    mapping = read_mapping(desk.mapping)
    plan = Plan(desk.file, mapping, desk.papers, BEGAN, 200)
    async with opened(house.system.url, house.system.token) as door:
        done = await carry_out(door, plan, surveyed(desk.file, mapping, BEGAN), Console(quiet=True))
    await at_rest(house)
    return done


async def test_the_dry_run_says_what_the_page_says_and_needs_no_system(desk: Desk) -> None:
    out = desk.papers.rejects.parent
    command = ("import", str(desk.file), "--mapping", str(desk.mapping), "--dry-run", "--out", str(out))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from shouwen.cli import app; app()", *command),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said = (await process.communicate())[0].decode()
    assert process.returncode == 0, said
    counts = re.findall(r"│ (\w[\w ,()]*?) +│ (\d+) ", said)
    assert [int(count) for _, count in counts] == [8, 5, 1, 0, 2, 2, 3], said
    assert "部门 departments：engineering_dept 3, cleaning_dept 1" in said
    assert "nothing was imported" in said


@pytest.mark.usefixtures("outcome")
async def test_the_papers_name_each_row_its_column_and_the_reason(desk: Desk) -> None:
    def paper(path: Path) -> list[tuple[str, str]]:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return [(row["key"], row.get("field") or row["fields"]) for row in csv.DictReader(lines)]

    assert paper(desk.papers.rejects) == [("A1004", "小区"), ("A1006", "报事时间")]
    assert paper(desk.papers.conflicts) == [("A1003", "要求完成")]
    assert paper(desk.papers.warnings) == [("A1005", "完成时间"), ("A1007", "状态")]


async def test_every_word_of_the_old_desk_is_a_word_of_ours(house: Story, outcome: Outcome) -> None:
    assert (outcome.sent.new, outcome.made.sites) == (5, 0)
    found = await run(
        house,
        """select source_key, category, severity, responsible, channel, unit, status = 'closed' as over
        from reporting.cases where source = 'old_desk' order by source_key""",
    )
    assert [tuple(row) for row in found] == [
        ("A1001", "engineering", "minor", "engineering_dept", "phone", "1-101", True),
        ("A1002", "cleaning", "minor", "cleaning_dept", "phone", "1-102", False),
        ("A1003", "engineering", "important", "engineering_dept", "online", "1-201", False),
        ("A1005", "other", "minor", "service_center", "visit", None, True),
        ("A1007", "other", "minor", "engineering_dept", "visit", None, False),
    ]


@pytest.mark.usefixtures("outcome")
async def test_the_caller_and_the_promise_to_the_customer_come_along(house: Story) -> None:
    [row] = await run(house, "select case_id, customer_limit from reporting.cases where source_key = 'A1003'")
    assert row.customer_limit == datetime.fromisoformat("2024-06-02T12:00:00+08:00")
    shown = await house.get(f"/api/reporting/cases/{row.case_id}")
    assert (shown["name"], shown["phone"], shown["content"]) == ("孙悦", "13900000003", "电梯异响")


@pytest.mark.usefixtures("outcome")
async def test_what_fell_due_before_is_recorded_and_rung_to_nobody_what_falls_due_after_is(house: Story) -> None:
    async def messages() -> int:
        [told] = await run(house, "select count(*) from reporting.facts where kind like 'notify.%'")
        return int(told[0])

    async def breaches(key: str) -> list[datetime]:
        found = await run(
            house,
            """select f.at from reporting.facts f join reporting.cases c on c.case_id = f.entity
            where c.source_key = :key and f.kind = 'escalation.clock_breached' order by f.at""",
            key=key,
        )
        return [row.at for row in found]

    assert (await breaches("A1002"))[0] == datetime.fromisoformat("2024-05-06T11:05:00+08:00")
    assert (await breaches("A1003"), await messages()) == ([], 0)

    await house.until(REPLY_DUE + timedelta(seconds=1))

    assert await eventually(lambda: breaches("A1003")) == [REPLY_DUE]
    assert await eventually(messages)
