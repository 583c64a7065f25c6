"""Registers over forms, steps and money: the database and the scenario runner's memory make the same of one log."""

import json
from io import BytesIO
from typing import Any

import pytest
from httpx2 import AsyncClient
from openpyxl import load_workbook
from sqlalchemy import text

from services.reporting.policy.windows import Way
from services.reporting.ports.registers import Asked
from services.reporting.store.projection import Ledgers
from services.reporting.views.office import RegisterOffice
from shared.contracts.intake import Amendment, RequestAmended
from shared.process.books import Books
from shouwen.scenarios.rows import rows_from
from tests.support.reporting_builders import Log, folded, letter
from tests.support.reporting_forms import heard, inspected, month, shelf
from tests.support.reporting_system import NOW, asking, case, read, reporting_on

REGISTERS = ("R-case", "R-gas", "R-step", "R-60", "R-run", "R-73", "R-told")


async def in_memory(log: Log, register: str, form: str = "json") -> bytes:
    book = shelf()
    views = {
        name: folded([one for one in log.facts if one.heading.entity == name], book)
        for name in dict.fromkeys(one.heading.entity for one in log.facts)
    }
    office = RegisterOffice(book, rows_from(log.facts, views))
    asked = Asked(register, "s000", "2025-03", Way.OWN, form, rows_only=False, language="zh", now=NOW)
    return b"".join([part async for part in (await office.issue(asked)).parts])


async def issue(client: AsyncClient, register: str) -> Any:
    return await read(client, f"/registers/{register}", site="s000", month="2025-03")


@pytest.mark.parametrize("register", REGISTERS)
async def test_memory_and_database_agree(register: str, fresh_db: str) -> None:
    log = month()
    async with reporting_on(fresh_db) as process, asking(process) as client:
        await heard(process, log)
        stored = await issue(client, register)
    assert stored == json.loads(await in_memory(log, register))
    assert stored["rows"]


async def test_a_case_shows_forms_steps_plans_and_outside_lines(fresh_db: str) -> None:
    async with reporting_on(fresh_db) as process, asking(process) as client:
        await heard(process, month())
        gas, paint, outside = (await issue(client, "R-case"))["rows"]
    assert (gas["form.works"], gas["form.workers"], gas["form.licence"], gas["form.leader"]) == (
        "gas",
        "3",
        "yes",
        "=王",
    )
    # The second inspection says nothing of the inspector, so nobody of the first one stands beside it.
    assert (gas["form.remark"], gas["form.inspector"], gas["step.inspect.outcome"]) == ("=已修", None, "pass")
    assert (gas["step.inspect.at"], gas["step.inspect.by"]) == ("2025-03-06 10:00", "p-li")
    assert (paint["planned.rule"], paint["planned.period"], paint["planned.due"]) == (
        "PL-1",
        "2025-03",
        "2025-03-26 00:00",
    )
    assert (outside["outer.line"], outside["outer.number"]) == ("12345", "=H-7")
    assert outside["outer.deadline"] == "2025-03-20 18:00"


async def test_a_register_shows_how_those_outside_were_told(fresh_db: str) -> None:
    async with reporting_on(fresh_db) as process, asking(process) as client:
        await heard(process, month())
        first, *others = (await issue(client, "R-told"))["rows"]
        sheet = (await client.get("/registers/R-told", params=asked("csv"))).text
        assert (await Books(process.engine).scan("", 100))["findings"] == []
    assert list(first.values()) == ["A", "2025-03-06 09:30", "p-li", "told", "phone"]
    assert [one["notice.N-9.at"] for one in others] == [None, None]
    assert "A,2025-03-06 09:30,李工,已告知,电话" in sheet


async def test_a_register_of_a_step_has_a_line_for_every_time_it_is_taken(fresh_db: str) -> None:
    async with reporting_on(fresh_db) as process, asking(process) as client:
        await heard(process, month())
        found = await issue(client, "R-step")
    lines = [(r["number"], r["form.remark"], r["form.inspector"], r["step.inspect.outcome"]) for r in found["rows"]]
    assert lines == [("A", "漏气", "周", "fail"), ("A", "=已修", None, "pass"), ("B", None, None, "pass")]
    assert (found["lines"], found["matters"]) == (3, 3)
    assert [row["form.works"] for row in found["rows"]] == ["gas", "gas", "paint"]


async def test_a_register_lists_only_the_cases_its_condition_holds_for(fresh_db: str) -> None:
    async with reporting_on(fresh_db) as process, asking(process) as client:
        await heard(process, month())
        found = await issue(client, "R-gas")
    assert ([row["number"] for row in found["rows"]], found["matters"]) == (["A"], 1)


async def test_r_60_a_ledger_shows_every_movement_and_balances_to_the_cent(fresh_db: str) -> None:
    async with reporting_on(fresh_db) as process, asking(process) as client:
        await heard(process, month())
        found = await issue(client, "R-60")
        sheet = (await client.get("/registers/R-60", params=asked("csv"))).text
    assert [(row["money.move"], row["money.amount"], row["money.cash"]) for row in found["rows"]] == [
        ("pay", "1000.00", "1000.00"),
        ("pay", "0.10", "1000.10"),
        ("deduct", "100.50", "1000.10"),
        ("refund", "899.50", "100.60"),
    ]
    balances = {one["id"]: one["balance"] for one in found["ledger"]["accounts"]}
    assert balances == {"cash": 100.6, "held:deposit": -0.1, "income:deposit": -100.5}
    assert (found["ledger"]["debit"], found["ledger"]["balanced"]) == (2000.1, True)
    assert "借贷合计 Debit and credit,2000.10,2000.10; 平衡 balanced" in sheet
    assert "代管（押金）" in sheet


def asked(form: str, **more: str) -> dict[str, str]:
    return {"site": "s000", "month": "2025-03", "format": form} | more


async def test_measures_by_steps_sums_conditions_and_clocks(fresh_db: str) -> None:
    async with reporting_on(fresh_db) as process, asking(process) as client:
        await heard(process, month())
        found = (await issue(client, "R-case"))["measures"]
    shares = {one["id"]: (one["numerator"], one["denominator"], one["percent"]) for one in found}
    assert shares == {
        "K-a": (2, 3, 66.7),
        "K-b": (3, 5, 60.0),
        "K-c": (1, 2, 50.0),
        "K-d": (1, 2, 50.0),
        "K-24": (1, 2, 50.0),
        "K-e": (1, 0, None),
        "K-f": (3, 3, 100.0),
    }
    said = {one["id"]: one for one in found}
    assert (said["K-24"]["clock"], said["K-24"]["severity"]) == ("CK-1", "ordinary")
    assert (said["K-a"]["reached"], said["K-a"]["derived"], said["K-d"]["derived"]) == (True, False, True)
    # Three workers of whom 3 % are wanted and two of whom 2 %: 2.6 % of the five, rounded up.
    assert (said["K-b"]["target_percent"], said["K-b"]["reached"]) == (3, True)
    assert (said["K-f"]["sample"], said["K-a"]["sample"], said["K-e"]["applicable"]) == (1, None, False)


async def test_a_sheet_shows_names_and_never_a_formula(fresh_db: str) -> None:
    async with reporting_on(fresh_db) as process, asking(process) as client:
        await heard(process, month())
        sheet = (await client.get("/registers/R-case", params=asked("csv"))).text
        book = load_workbook(BytesIO((await client.get("/registers/R-case", params=asked("xlsx"))).content))
    gas, paint, outside, *_ = sheet.splitlines()[1:]
    assert gas.startswith("A,燃气,3,是,'=王,'=已修,,2025-03-06 10:00,李工,合格")
    assert "每月验收,2025-03,2025-03-26 00:00" in paint
    assert "政务服务热线 12345,'=H-7,2025-03-20 18:00" in outside
    assert "又名 also 别名 Alias" in sheet
    assert "不适用 not applicable" in sheet
    assert "至少 at least 1 / 3" in sheet
    assert "推算，制度未定目标 derived, no target in the manual" in sheet
    assert "签字 Signature,缺签字 missing" in sheet
    cells = {cell.value for line in book["登记 Register"].iter_rows() for cell in line}
    assert {"=王", "燃气", "是"} <= cells
    assert all(cell.data_type != "f" for line in book["登记 Register"].iter_rows() for cell in line)


async def test_a_step_heard_again_counts_once_and_a_corrected_one_stands_corrected(fresh_db: str) -> None:
    log = month()
    log.say(inspected("pass", "重写", 2, private={"inspector": "吴"}), "2025-03-06 12:00", case(1))
    async with reporting_on(fresh_db) as process, asking(process) as client:
        await heard(process, log)
        await process.engine.hear([letter(one) for one in log.facts])
        lines = [(r["form.remark"], r["form.inspector"]) for r in (await issue(client, "R-step"))["rows"]]
        money = (await issue(client, "R-60"))["lines"]
    assert lines == [("漏气", "周"), ("重写", "吴"), (None, None)]
    assert money == 4


async def test_the_order_between_speakers_changes_nothing(fresh_db: str) -> None:
    log, mixed = month(), Log()
    mixed.facts = sorted(log.facts, key=lambda one: one.heading.speaker)
    async with reporting_on(fresh_db) as process, asking(process) as client:
        await heard(process, mixed)
        assert await issue(client, "R-case") == json.loads(await in_memory(log, "R-case"))


async def test_an_amended_form_replaces_the_form_before_it(fresh_db: str) -> None:
    log = month()
    amended = RequestAmended(
        changed=("form",),
        form={"works": "paint"},
        flags=("works=paint",),
        by="p-li",
        private=Amendment(form={"leader": "李"}),
    )
    log.say(amended, "2025-03-10 10:00", case(1))
    async with reporting_on(fresh_db) as process, asking(process) as client:
        await heard(process, log)
        gas = (await issue(client, "R-case"))["rows"][0]
        shown = await read(client, f"/cases/{case(1)}")
        assert (await issue(client, "R-gas"))["matters"] == 0
    assert (gas["form.works"], gas["form.workers"], gas["form.leader"]) == ("paint", None, "李")
    assert {"id": "works", "name": "工程类别", "value": "paint", "shown": "油漆"} in shown["form"]
    assert {"id": "leader", "name": "负责人", "value": "李", "shown": "李"} in shown["form"]


async def test_persons_of_forms_stand_apart_and_on_no_board(fresh_db: str) -> None:
    async with reporting_on(fresh_db) as process, asking(process) as client:
        await heard(process, month())
        async with process.db.connect() as conn:
            public = (
                (await conn.execute(text("select cast(to_jsonb(c) as text) from reporting.cases c"))).scalars().all()
            )
            steps = (
                (await conn.execute(text("select cast(to_jsonb(s) as text) from reporting.steps s"))).scalars().all()
            )
        board = (await client.get("/board")).text
    assert all(name not in "".join((*public, *steps, board)) for name in ("=王", "周"))
    assert public
    assert "number" in board


async def test_the_timeline_tells_steps_in_both_languages(fresh_db: str) -> None:
    async with reporting_on(fresh_db) as process, asking(process) as client:
        await heard(process, month())
        chinese = await read(client, f"/cases/{case(1)}")
        english = (await client.get(f"/cases/{case(1)}", headers={"accept-language": "en"})).json()
    zh, en = ([line["sentence"] for line in one["timeline"]] for one in (chinese, english))
    assert "李工 办理：验收、合格、第 2 次" in zh
    assert "李工 办理：收款、第 2 次、扣除“押金” 100.50 元" in zh
    assert "李工: Inspect, Passed, time 2" in en
    forms = [line["form"] for line in chinese["timeline"] if line["kind"] == "dispatch.step_taken"]
    assert forms[0] == [
        {"id": "remark", "name": "说明", "value": "漏气", "shown": "漏气"},
        {"id": "inspector", "name": "验收人", "value": "周", "shown": "周"},
    ]


async def test_verify_finds_a_line_that_was_touched(fresh_db: str) -> None:
    async with reporting_on(fresh_db) as process:
        await heard(process, month())
        assert isinstance(process.engine.projection, Ledgers)
        books = Books(process.engine)
        assert (await books.scan("", 100))["findings"] == []
        async with process.db.begin() as conn:
            await conn.execute(text("update reporting.money set amount = 1 where amount = 0.10"))
            await conn.execute(text("delete from reporting.steps where outcome = 'fail'"))
        found = (await books.scan("", 100))["findings"]
    assert {(one["entity"], one["code"], (one["stands"] or one["should"])[:5]) for one in found} == {
        (case(1), "fold", "steps"),
        (case(2), "fold", "money"),
    }
