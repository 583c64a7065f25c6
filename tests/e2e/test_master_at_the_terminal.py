"""Master data by ``shouwen master``: the template filled in, checked, applied, applied again, undone."""

import asyncio
import csv
import io
import os
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import pytest_asyncio

from tests.e2e.story import Story, story

pytestmark = pytest.mark.asyncio(loop_scope="module")

MORNING = datetime.fromisoformat("2025-03-04T10:00:00+08:00")
HEADINGS = ("房号", "姓名", "电话", "身份")
PEOPLE = [
    ("9-101", "王芳", "13800000001", "业主"),
    ("9-102", "李雷", "13800000002", "租户"),
    ("9-103", "韩梅梅", "0756-3331234", "业主"),
]


@dataclass
class Terminal:
    """A terminal beside a running system."""

    house: Story
    folder: Path

    async def master(self, *words: str) -> tuple[int | None, str]:
        """Run the command; its exit code and what it says."""
        system = self.house.system
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", "from shouwen.cli import app; app()", "master", *words),
            *("--url", system.url, "--token", system.token),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd=self.folder,
            env=os.environ | {"COLUMNS": "200"},
        )
        said, _ = await process.communicate()
        return process.returncode, said.decode()

    async def load(self, file: str, *options: str) -> tuple[int | None, str]:
        return await self.master("load", file, "--site", "HJ", "--leavers", "keep", *options)

    def sheet(self, name: str, people: Sequence[tuple[str, ...]], headings: tuple[str, ...] = HEADINGS) -> str:
        """A sheet as a CSV, named for what it holds."""
        out = io.StringIO()
        csv.writer(out).writerows([headings, *people])
        (self.folder / name).write_text(out.getvalue(), "utf-8")
        return name

    async def found(self, unit: str) -> list[dict[str, Any]]:
        answer = await self.house.get("/api/intake/residents", site="haijing", q=unit)
        items: list[dict[str, Any]] = answer["residents"]
        return items


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def terminal(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Terminal]:
    async with story(MORNING) as house:
        there = Terminal(house, tmp_path_factory.mktemp("terminal"))
        units = there.sheet("房屋.csv", [(unit,) for unit, *_ in PEOPLE], ("房号",))
        for site in ("HJ", "YS"):
            code, said = await there.master("load", units, "--site", site, "--apply")
            assert (code, "房屋：新增 3 套" in said) == (0, True), said
        yield there


async def test_a_template_comes_with_every_sheet(terminal: Terminal) -> None:
    code, said = await terminal.master("template", "-o", "all.xlsx", "--site", "HJ")
    assert code == 0, said
    sheets = openpyxl.load_workbook(terminal.folder / "all.xlsx").sheetnames
    assert {"楼栋", "房屋", "住户", "设备", "钥匙", "押金", "未结事项"} <= set(sheets)


async def test_a_template_is_asked_for_by_either_name(terminal: Terminal) -> None:
    for word in ("residents", "住户"):
        code, said = await terminal.master("template", word, "-o", "residents.csv")
        assert code == 0, said
        assert "房号" in (terminal.folder / "residents.csv").read_text("utf-8-sig")
    code, said = await terminal.master("template", "pets", "-o", "pets.csv")
    assert (code, "residents 住户" in said) == (2, True)


async def test_a_file_is_checked_then_applied_then_the_same_changes_nothing_and_is_undone(terminal: Terminal) -> None:
    file = terminal.sheet("住户.csv", PEOPLE)
    code, said = await terminal.load(file)
    assert (code, "住户：新增 3 户" in said, "--apply" in said) == (0, True, True), said
    assert await terminal.found("9-101") == []

    code, said = await terminal.load(file, "--apply")
    assert (code, "已写入 applied" in said) == (0, True), said
    assert [one["name"] for one in await terminal.found("9-101")] == ["王芳"]

    code, said = await terminal.load(file, "--apply")
    assert (code, "Nothing changes" in said) == (0, True), said

    code, said = await terminal.master("status", "--site", "haijing")
    [applied] = [line.split()[0] for line in said.splitlines() if "住户.csv" in line and "已写入" in line]
    code, said = await terminal.master("undo", applied)
    assert (code, "已撤销 undone" in said) == (0, True), said
    assert await terminal.found("9-101") == []
    code, said = await terminal.master("undo", applied)
    assert (code, "现在不能" in said) == (2, True), said


async def test_mistakes_are_named_by_place_with_the_remedy_and_saved(terminal: Terminal) -> None:
    file = terminal.sheet("住户.csv", [*PEOPLE, ("9-104", "", "110", "邻居")])
    code, said = await terminal.load(file, "--apply", "--report", "mistakes.csv")
    assert code == 1, said
    assert "有错误" in said
    assert "D5 身份「邻居」" in said
    with (terminal.folder / "mistakes.csv").open(encoding="utf-8-sig", newline="") as lines:
        assert len(list(csv.reader(lines))) == 4
    assert await terminal.found("9-101") == []


async def test_residents_are_ended_by_the_fifth_only_when_somebody_says_yes(terminal: Terminal) -> None:
    site = ("--site", "yunshan")
    file = terminal.sheet("住户.csv", PEOPLE)
    for options, ends in ((("--apply",), 1), ((), 0)):
        code, said = await terminal.master("load", file, *site, *options)
        assert (code, "more than a fifth" in said, "--yes" in said) == (ends, True, True), said
    code, said = await terminal.master("load", file, *site, "--yes")
    assert (code, "已写入 applied" in said) == (0, True), said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(("load", "住户.csv", "--site", "nowhere"), "haijing", id="an unknown site names the known"),
        pytest.param(("template", "-o", "all.pdf"), ".xlsx", id="another form"),
        pytest.param(("template", "-o", "nowhere/all.xlsx"), "cannot be written", id="a folder that is not there"),
        pytest.param(("template", "-o", "all.xlsx", "--language", "fr"), "'en'", id="a language nobody speaks"),
        pytest.param(("undo", "nothing"), "没有找到", id="an unknown load"),
    ],
)
async def test_what_cannot_be_is_said_in_words(terminal: Terminal, words: tuple[str, ...], said: str) -> None:
    terminal.sheet("住户.csv", PEOPLE)
    code, told = await terminal.master(*words)
    assert (code, said in told, "Traceback" in told) == (2, True, False), told
