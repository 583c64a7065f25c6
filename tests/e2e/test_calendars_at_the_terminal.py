"""A deadline explained, a closure previewed and approved, and the deadline moved: as an administrator meets it."""

import asyncio
import json
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
from structlog.testing import capture_logs
from typer.testing import CliRunner, Result

from shared.timekeeping.clock import SystemClock
from shared.timekeeping.zones import local_date
from shouwen.changing.flow import drafted, estates, put_in_force
from shouwen.changing.paper import read_paper
from shouwen.cli import app
from shouwen.composition import System, assembled, embedded
from shouwen.demo import load
from shouwen.door import opened
from tests.support.calendar_builders import DAYS, HOURS, site_records
from tests.support.servers import temporary_directory
from tests.support.waiting import eventually

REQUEST = {
    "site": "w1",
    "case_type": "complaint",
    "category": "engineering_repair",
    "severity": "minor",
    "channel": "phone",
    "unit": "1-101",
    "caller": {"name": "赵文", "phone": "13900000001"},
    "content": "楼上漏水",
}


async def test_from_the_question_why_to_the_new_deadline() -> None:
    # The commands share this process's standard output with the system.
    with capture_logs(), temporary_directory() as path, embedded(path / "data") as servers:
        async with assembled(servers, 0) as system:
            await load(system.url, token=system.token, password=system.keys.password)
            number = await a_matter(system)
            before = await explained(system, number)
            await asked_in_words(system, number)
            await a_wrong_file(system, path)
            await foreseen(system, path, number)
            await approved(system, path)
            await moved(system, number, before)


async def a_matter(system: System) -> str:
    """An estate that counts working time, and a matter there, known to escalation."""
    headers = {"Authorization": f"Bearer {system.token}"}
    async with httpx2.AsyncClient(base_url=system.url, headers=headers, timeout=30) as client:
        (await client.post("/api/directory/records", json=site_records("w1"))).raise_for_status()

        async def logged() -> Any:
            answer = await client.post("/api/intake/requests", json=REQUEST, headers={"Idempotency-Key": "one"})
            return answer.json() if answer.status_code == 201 else None

        case = await eventually(logged)

        async def clocks() -> bool:
            known = await client.get(f"/api/escalation/cases/{case['entity']}/explain")
            reported = await client.get(f"/api/reporting/cases/{case['number']}")
            return known.status_code == reported.status_code == 200

        await eventually(clocks)
    return str(case["number"])


async def explained(system: System, number: str) -> dict[str, Any]:
    told = json.loads((await run(system, "explain", number, "--json")).output)
    clocks = {one["clock"]: one for one in told["clocks"]}
    assert clocks[HOURS]["counted_seconds"] == 8 * 3600
    assert sum(day["counted"] for day in clocks[DAYS]["days"]) == 3
    assert clocks[DAYS]["pieces"][-1]["end"] == clocks[DAYS]["due_at"]
    return clocks


async def asked_in_words(system: System, number: str) -> None:
    both = (await run(system, "explain", number)).output
    assert "开放时间 opening hours" in both
    assert "合计 in all 8:00:00" in both
    assert "3 个工作日 3 working days" in both
    english = (await run(system, "explain", number, "--language", "en", "--clock", DAYS)).output
    assert "3 working days" in english
    assert "个工作日" not in english
    assert HOURS not in english
    unknown = await run(system, "explain", "W1-000000-999")
    assert unknown.exit_code == 2
    assert "没有案件 W1-000000-999" in unknown.output
    assert "There is no case W1-000000-999" in unknown.output


def closure(path: Path, *, days: int = 9) -> Path:
    """Today and the days after it, closed."""
    first = local_date(SystemClock().now(), "Asia/Shanghai")
    file = path / "closure.yaml"
    file.write_text(
        "evidence:\n  source: 停电检修，物业〔2026〕31号\n  dated: 2026-11-20\n"
        f"special_days:\n  - day: {first}..{first + timedelta(days=days - 1)}\n    hours: closed\n    note: 停电检修\n",
        "utf-8",
    )
    return file


async def a_wrong_file(system: System, path: Path) -> None:
    file = path / "wrong.yaml"
    file.write_text("evidence: {source: 通知, dated: 2026-11-20}\nspecial_days:\n  - day: 2027-02-30\n", "utf-8")
    wrong = await run(system, "calendar", "change", str(file), "--site", "W1")
    assert wrong.exit_code == 2
    assert "line 3  special_days.0" in wrong.output
    assert "no calendar has a day" in wrong.output
    nowhere = await run(system, "calendar", "change", str(closure(path)), "--site", "NOWHERE")
    assert "There are: " in nowhere.output
    assert (await run(system, "calendar", "change", str(closure(path)))).exit_code == 2


async def foreseen(system: System, path: Path, number: str) -> None:
    dry = (await run(system, "calendar", "change", str(closure(path)), "--site", "W1")).output
    assert number in dry
    assert "2 个时限会移动" in dry
    assert "A dry run, nothing was changed" in dry
    assert "版本 version 1" in (await run(system, "calendar", "show", "W1")).output
    told = json.loads((await run(system, "calendar", "change", str(closure(path)), "--site", "W1", "--json")).stdout)
    assert {one["clock"] for one in told[0]["moved"]} == {DAYS, HOURS}


async def approved(system: System, path: Path) -> None:
    paper = read_paper(closure(path, days=2))
    async with opened(system.url, system.token) as door:
        (before,) = await estates(door, ["W1"])
        await put_in_force_by_the_command(system, path)
        late = await put_in_force(door, drafted(before, paper), paper)
    assert "批准了版本 2026-11-20" in late


async def put_in_force_by_the_command(system: System, path: Path) -> None:
    command = ("calendar", "change", str(closure(path)), "--site", "W1", "--approve")
    hesitant = await run(system, *command, answer="n\n")
    assert hesitant.exit_code == 1
    done = await run(system, *command, "--yes")
    assert done.exit_code == 0, done.output
    assert "已按此版计算 all reckoned with it" in done.output
    shown = (await run(system, "calendar", "show", "w1")).output
    for words in ("版本 version 2026-11-20", "停电检修，物业〔2026〕31号", "曾用 before: 1"):
        assert words in shown
    assert "moved 2" in (await run(system, "calendar", "status", "W1")).output
    again = await run(system, *command, "--yes")
    assert "无变化" in again.output


async def moved(system: System, number: str, before: dict[str, Any]) -> None:
    after = await explained(system, number)
    for clock in (DAYS, HOURS):
        assert after[clock]["due_at"] > before[clock]["due_at"]
        assert after[clock]["calendar"]["version"] == "2026-11-20"
        assert after[clock]["calendar"]["evidence"]["source"] == "停电检修，物业〔2026〕31号"
    assert "special_day" in {piece["because"]["word"] for piece in after[DAYS]["pieces"]}


async def run(system: System, *words: str, answer: str | None = None) -> Result:
    """One command, as it would run in a terminal beside the system."""
    options = ["--url", system.url, "--token", system.token]
    begin = partial(CliRunner().invoke, app, [*words, *options], input=answer, env={"COLUMNS": "200"})
    return await asyncio.to_thread(begin)
