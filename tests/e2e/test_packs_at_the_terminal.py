"""A manual of one's own by ``shouwen pack``: checked, published, used, worked by, ended; a newer one."""

import asyncio
import json
import os
import re
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.e2e.story import Json, Story, story
from tests.support.waiting import eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")

MORNING = datetime.fromisoformat("2025-03-04T10:00:00+08:00")
PAGE = Path(__file__).parents[2] / "docs" / "packs.md"
LOAN = {"case_type": "tool_loan", "category": "tools", "severity": "ordinary", "content": "借梯子"}
FILLED = {"borrower": "王芳", "pieces": "2", "outsider": "yes"}


@dataclass
class Terminal:
    """A terminal beside a running system, with a manual of one's own in its folder."""

    house: Story
    folder: Path
    pack: str

    async def shouwen(self, *words: str) -> tuple[int | None, str]:
        """Run the command; its exit code and what it says."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", "from shouwen.cli import app; app()", *words),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd=self.folder,
            env=os.environ | {"COLUMNS": "250"},
        )
        said, _ = await process.communicate()
        return process.returncode, said.decode()

    async def tell(self, *words: str) -> tuple[int | None, str]:
        """Run the command at the running system."""
        system = self.house.system
        return await self.shouwen(*words, "--url", system.url, "--token", system.token)

    def file(self, name: str, *changes: tuple[str, str]) -> str:
        """The manual, changed, as a file."""
        text = self.pack
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        (self.folder / name).write_text(text, "utf-8")
        return name

    async def versions(self, pack: str) -> Any:
        """The newest version of a pack in the system; None where there is none."""
        found = await self.house.ask("GET", f"/api/directory/records/pack/{pack}")
        return found.json()["version"] if found.status_code == 200 else None

    async def loan(self) -> Any:
        """A loan as the desk tries to log it, once intake has heard of the last change of the site."""
        body = {"site": "haijing", "channel": "phone", "caller": {"name": "赵文"}, **LOAN, "form": FILLED}
        return await self.house.ask("POST", "/api/intake/requests", "desk", json=body)

    async def take(self, case: str, step: str, **body: Any) -> Json:
        return await self.house.act(case, f"steps/{step}", body)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def terminal(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Terminal]:
    (pack,) = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    async with story(MORNING) as house:
        yield Terminal(house, tmp_path_factory.mktemp("terminal"), pack)


async def test_a_manual_of_ones_own_runs_to_the_end_and_its_case_goes_on_when_it_is_dropped(terminal: Terminal) -> None:
    mine = terminal.file("mine.yaml")
    assert (await terminal.shouwen("pack", "lint", mine, "--beside", "P001/3"))[0] == 0
    for said in ("已发布 Published: MY-1 v1", "已经在系统中 Already there: MY-1 v1"):
        code, told = await terminal.tell("pack", "publish", mine)
        assert (code, said in told) == (0, True), told
    assert (await terminal.loan()).json()["errors"][0]["field"] == "/case_type"

    code, told = await terminal.tell(
        "pack", "use", "HJ", "--pack", "MY-1", "--profile", "--since", "2025-03-01T00:00+0800"
    )
    assert (code, "HJ: MY-1" in told) == (0, True), told

    async def logged() -> Any:
        answer = await terminal.loan()
        return answer.json() if answer.status_code == 201 else None

    case = (await eventually(logged))["entity"]
    await terminal.house.until_ready(case)
    await half_way(terminal, case)

    code, told = await terminal.tell("pack", "drop", "HJ", "--pack", "MY-1", "--since", "2025-03-04T10:00+0800")
    assert (code, "Ended for new cases" in told) == (0, True), told
    await terminal.house.pass_time(timedelta(minutes=1))

    async def refused() -> bool:
        answer = await terminal.loan()
        return bool(answer.status_code == 422 and answer.json()["errors"][0]["field"] == "/case_type")

    await eventually(refused)
    await to_the_end(terminal, case)


async def half_way(terminal: Terminal, case: str) -> None:
    """The deposit paid, the tool out: what `explain` says then."""
    waits = await terminal.house.ask("POST", f"/api/dispatch/cases/{case}/accept", json={})
    assert (waits.status_code, "收押金" in waits.json()["detail"]) == (409, True), waits.text
    await terminal.take(case, "deposit")
    await terminal.take(case, "lend", form={"signed": "yes"})
    await terminal.house.eventually(case, lambda shown: shown["clocks"])

    code, told = await terminal.tell("explain", case)
    assert code == 0, told
    for said in (
        "MY-1 v1",
        "LOAN-1  三日内归还 Back within three days",
        "until 2025-03-07 24:00:00, inclusive",
        "✓ lend  借出，借用人签名 Hand out, the borrower signs  2025-03-04 10:00",
        "– return_  归还 Take back  须先 first: check=pass  [手册 3.4]",
        "完成之前 before completing: return_",
        "押金 Deposit (borrower)  应收 due 100.00  已收 paid 100.00  在押 held 100.00",
    ):
        assert said in told, told


async def to_the_end(terminal: Terminal, case: str) -> None:
    """Damaged, mended, back: the money is, too, and the registers count it."""
    await terminal.take(case, "check", outcome="fail")
    await terminal.take(case, "check", outcome="pass")
    await terminal.take(case, "return_")
    for act in ("accept", "start", "complete"):
        await terminal.house.act(case, act)
    code, told = await terminal.tell("pack", "explain", case)
    assert (code, "已退 refunded 100.00" in told, "按时完成 met in time" in told) == (0, True, True), told

    async def register(name: str, ready: str) -> Any:
        asked = ("register", name, "--site", "haijing", "--month", "2025-03", "--format", "json")
        code, told = await terminal.tell(*asked)
        return told if code == 0 and ready in told else None

    loans = json.loads(await eventually(lambda: register("LOANS", "2025-03-04"), patience=60) or "{}")
    assert "2" in json.dumps(loans["rows"], ensure_ascii=False), loans
    assert "50" in json.dumps(loans["measures"]), loans
    deposits = await eventually(lambda: register("DEPOSITS", "100.00"), patience=60)
    assert (deposits or "").count("100.00") >= 2


async def test_a_refused_file_changes_nothing_and_says_where_and_what_to_do(terminal: Terminal) -> None:
    await terminal.tell("pack", "publish", terminal.file("mine.yaml"))
    wrong = terminal.file("wrong.yaml", ("version: 1", "version: 2"), ("amount: 3\n", "amount: -3\n"))
    text = (terminal.folder / wrong).read_text("utf-8")
    line = text[: text.index("amount: -3")].count("\n") + 1
    code, told = await terminal.tell("pack", "publish", wrong)
    assert (code, f"wrong.yaml:{line}: " in told, "[amount_missing]" in told) == (2, True, True), told
    assert await terminal.versions("MY-1") == 1

    other = terminal.file("other.yaml", ("amount: 3\n", "amount: 4\n"))
    code, told = await terminal.tell("pack", "publish", other)
    assert (code, "请把 version 改为 2" in told, "Set version to 2" in told) == (2, True, True), told
    assert await terminal.versions("MY-1") == 1


async def test_a_site_moves_to_a_new_version_for_new_cases_only(terminal: Terminal) -> None:
    house = terminal.house
    now = (await house.get("/api/directory/records/pack/P000"))["body"]
    newer = now | {"version": now["version"] + 1}
    (terminal.folder / "newer.yaml").write_text(json.dumps(newer, ensure_ascii=False), "utf-8")
    before = await house.log("admin", site="wanqu", category="security")
    assert (await terminal.tell("pack", "publish", "newer.yaml"))[0] == 0
    code, told = await terminal.tell("pack", "use", "WQ", "--pack", "P000", "--since", "2025-03-04T09:00+0800")
    assert (code, "In force for new cases" in told) == (0, True), told

    async def moved() -> str | None:
        after = await house.log("admin", site="wanqu", category="security")
        shown = await house.get(f"/api/reporting/cases/{after}")
        return after if f"'pack_version': {newer['version']}" in str(shown) else None

    assert await eventually(moved)
    assert f"'pack_version': {now['version']}" in str(await house.get(f"/api/reporting/cases/{before}"))
    for act in ("accept", "start", "complete"):
        await house.act(before, act)
