"""Reporting on a real database: what was heard can be read, counted and opened in a sheet."""

import csv
import json
from collections.abc import AsyncIterator, Sequence
from io import BytesIO, StringIO
from typing import Any

import pytest
from httpx2 import ASGITransport, AsyncClient
from openpyxl import load_workbook
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from services.reporting.app import build
from shared.contracts.directory import Account
from shared.contracts.dispatch import CaseClosed, FollowUpRecorded, Note, OrderCompleted, OrderIssued
from shared.contracts.envelope import Fact
from shared.contracts.escalation import ClockArmed, ClockStopped
from shared.contracts.fold import Grant
from shared.contracts.intake import RequestAmended
from shared.runtime.ids import RealIds
from shared.runtime.process import ServiceProcess, Surroundings
from shared.runtime.settings import RuntimeSettings
from shared.storage.migrating import migrate
from tests.support.clock import HandClock
from tests.support.packs import local
from tests.support.reporting_builders import MIGRATIONS, Log, armed, directory, letter, received, stopped

NOW = local("2025-04-10 12:00")
OPEN = "2025-04-10 09:00"


@pytest.fixture
async def process(fresh_db: str) -> AsyncIterator[ServiceProcess]:
    settings = RuntimeSettings(database_url=fresh_db, nats_url="nats://127.0.0.1:1", secret=SecretStr("x" * 32))
    db = create_async_engine(fresh_db)
    process = build(Surroundings(settings, db, HandClock(NOW), RealIds(), "test"))
    await migrate(db, "reporting", MIGRATIONS)
    known = directory()
    process.book.__dict__.update(known.__dict__)
    for name, sites in (("all", ("*",)), ("one", ("s004",))):
        grants = tuple(Grant(site, "view") for site in sites)
        process.accounts.put_account(Account(name, name, name, grants=grants))
    yield process
    await db.dispose()


@pytest.fixture
async def client(process: ServiceProcess) -> AsyncIterator[AsyncClient]:
    headers = {"authorization": f"Bearer {process.accounts.assert_for('all')}"}
    async with AsyncClient(transport=ASGITransport(process.api), base_url="http://x", headers=headers) as client:
        yield client


def case(number: int) -> str:
    return f"case-{number:032x}"


async def hear(process: ServiceProcess, log: Log) -> None:
    await process.engine.hear([letter(heard) for heard in log.facts], durable="reporting", seq=1)


def opened(log: Log, number: int, at: str, **more: Any) -> None:
    log.say(received(at, number=f"S000-{number:04d}", **more), at, case(number))


def finished(log: Log, number: int, at: str, answer: str = "satisfied") -> None:
    facts: Sequence[Fact] = (
        OrderIssued(site="s000", order=f"S000-{number:04d}-1", number=1, department="d-eng"),
        OrderCompleted(by="p-li", private=Note(text="=cmd|' /C calc'!A0")),
        FollowUpRecorded.model_validate({"answer": answer, "method": "phone", "round": 1, "by": "p-li"}),
        CaseClosed(ending="satisfied", by="p-li"),
    )
    for fact in facts:
        log.say(fact, at, case(number))


def judged(log: Log, number: int, start: str, due: str, outcome: str) -> None:
    log.say(ClockArmed(clocks=(armed("CK-CMP-02", start, due),), because="received"), start, case(number))
    log.say(
        ClockStopped(clocks=(stopped("CK-CMP-02", start, due, outcome),), because="completed"),
        start,
        case(number),
    )


async def read(client: AsyncClient, path: str, **query: Any) -> Any:
    answer = await client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_case_is_read_with_its_persons_and_its_timeline_in_words(
    process: ServiceProcess, client: AsyncClient
) -> None:
    log = Log()
    opened(log, 1, OPEN, private={"name": "王小明", "phone": "138", "content": "楼道脏𠮷"})
    finished(log, 1, "2025-04-10 10:00")
    await hear(process, log)
    found = await read(client, f"/cases/{case(1)}", at_least="intake:1,dispatch:4")
    assert (found["name"], found["content"], found["status"]) == ("王小明", "楼道脏𠮷", "closed")
    assert found["versions"] == {"intake": 1, "dispatch": 4}
    assert found["current"] is True
    assert [line["kind"] for line in found["timeline"]][:2] == ["intake.request_received", "dispatch.order_issued"]
    assert found["timeline"][0]["sentence"].startswith("李工 登记：来电，清洁，一般")
    assert found["timeline"][1]["sentence"] == "派工单 S000-0001-1 发往 一队"
    english = await read(client, f"/cases/{case(1)}", lang="en")
    assert english["timeline"][1]["sentence"] == "Order S000-0001-1 to Team One"
    assert (await read(client, "/cases/S000-0001"))["case_id"] == case(1)


async def test_another_sites_case_answers_as_if_it_did_not_exist(process: ServiceProcess, client: AsyncClient) -> None:
    log = Log()
    opened(log, 1, OPEN)
    await hear(process, log)
    stranger = {"authorization": f"Bearer {process.accounts.assert_for('one')}"}
    mine = await client.get(f"/cases/{case(1)}", headers=stranger)
    nobodys = await client.get(f"/cases/{case(9)}", headers=stranger)
    assert (mine.status_code, mine.json()) == (nobodys.status_code, nobodys.json())
    assert mine.status_code == 404
    assert (await client.get("/registers/R-01?site=s000&month=2025-04", headers=stranger)).status_code == 404
    assert (await client.get("/cases", headers=stranger)).json()["items"] == []
    assert (await client.get("/board", headers=stranger)).json()["items"] == []
    assert (await client.get("/registers/totals", headers=stranger)).json()["total"] == 0


async def test_personal_data_is_kept_apart_and_amendments_reach_it(
    process: ServiceProcess, client: AsyncClient
) -> None:
    log = Log()
    opened(log, 1, OPEN, private={"name": "王小明", "phone": "138", "content": "脏"})
    change = {"changed": ["caller"], "by": "p-li", "private": {"name": "李四"}}
    log.say(RequestAmended.model_validate(change), OPEN, case(1))
    await hear(process, log)
    found = await read(client, f"/cases/{case(1)}")
    assert (found["name"], found["phone"], found["content"]) == ("李四", None, "脏")
    async with process.db.connect() as conn:
        public = (await conn.execute(text("select string_agg(public::text, '') from reporting.facts"))).scalar_one()
    assert "王小明" not in public
    assert "李四" not in public


async def test_the_board_shows_what_is_open_the_most_overdue_first(
    process: ServiceProcess, client: AsyncClient
) -> None:
    log = Log()
    for number, due in ((1, "2025-04-11 12:00"), (2, "2025-04-10 11:00"), (3, None)):
        opened(log, number, OPEN)
        log.say(ClockArmed(clocks=(armed("CK-CMP-02", OPEN, due),), because="received"), OPEN, case(number))
    opened(log, 4, OPEN)
    finished(log, 4, OPEN)
    await hear(process, log)
    board = await read(client, "/board")
    assert [row["case_id"] for row in board["items"]] == [case(2), case(1), case(3)]
    assert board["sites"] == [{"site": "s000", "open": 3, "overdue": 1}]
    first = await read(client, "/board", limit=1)
    rest = await read(client, "/board", cursor=first["next"])
    assert [row["case_id"] for row in first["items"] + rest["items"]] == [case(2), case(1), case(3)]
    assert (await read(client, f"/board/row/{case(4)}"))["item"]["open"] is False


async def test_cases_are_found_page_by_page_by_what_a_reader_types(
    process: ServiceProcess, client: AsyncClient
) -> None:
    log = Log()
    for number in range(1, 6):
        opened(log, number, f"2025-04-10 09:0{number}", private={"phone": f"1380000000{number}"})
    await hear(process, log)
    first = await read(client, "/cases", limit=3)
    rest = await read(client, "/cases", limit=3, cursor=first["next"])
    seen = [row["case_id"] for row in first["items"] + rest["items"]]
    assert seen == [case(number) for number in (5, 4, 3, 2, 1)]
    assert [row["case_id"] for row in (await read(client, "/cases", q="00000002"))["items"]] == [case(2)]
    assert (await read(client, "/cases", q="%"))["items"] == []


async def test_as_008_a_case_is_counted_once_by_cut_off_and_once_by_calendar(
    process: ServiceProcess, client: AsyncClient
) -> None:
    log = Log()
    opened(log, 1, "2025-03-31 09:00")
    await hear(process, log)
    counted = {
        (window, month): (await read(client, "/registers/R-01", site="s000", month=month, window=window))["matters"]
        for window in ("own", "calendar")
        for month in ("2025-03", "2025-04")
    }
    assert counted == {
        ("own", "2025-03"): 0,
        ("own", "2025-04"): 1,
        ("calendar", "2025-03"): 1,
        ("calendar", "2025-04"): 0,
    }


async def test_as_162_and_as_070_the_register_adds_up(process: ServiceProcess, client: AsyncClient) -> None:
    log = Log()
    for number in range(1, 31):
        validity = "valid" if number <= 24 else "invalid"
        opened(log, number, "2025-04-01 09:00", validity=validity)
        judged(log, number, "2025-04-01 09:00", "2025-04-02 09:00", "met" if number <= 27 else "late")
    opened(log, 31, "2025-04-01 09:00", category="noise from the source")
    opened(log, 32, "2025-04-01 09:00", drill=True)
    await hear(process, log)
    found = await read(client, "/registers/R-01", site="s000", month="2025-04")
    rates = {rate["id"]: rate for rate in found["measures"]}
    assert (rates["K-01"]["numerator"], rates["K-01"]["denominator"], rates["K-01"]["percent"]) == (24, 30, 80.0)
    assert rates["K-01"]["not_yet_judged"] == 1
    assert (rates["K-02"]["numerator"], rates["K-02"]["denominator"], rates["K-02"]["percent"]) == (27, 30, 90.0)
    assert rates["K-02"]["pack"] == "P000"
    counts = {line["id"]: line["count"] for line in found["totals"]["categories"]}
    assert counts == {
        "security": 0,
        "cleaning": 30,
        "greening": 0,
        "engineering_repair": 0,
        "letters": 0,
        "renovation": 0,
        "staff_attitude": 0,
        "other": 0,
        "noise from the source": 1,
    }
    assert found["matters"] == len(found["rows"]) == 31


async def test_matters_of_one_incident_are_counted_beside_it(process: ServiceProcess, client: AsyncClient) -> None:
    log = Log()
    opened(log, 1, OPEN)
    for number in (2, 3, 4):
        opened(log, number, OPEN, incident=case(9))
    await hear(process, log)
    found = await read(client, "/registers/R-01", site="s000", month="2025-04")
    assert (found["matters"], found["incidents"]) == (4, 1)


async def test_no_cell_of_a_sheet_is_a_formula(process: ServiceProcess, client: AsyncClient) -> None:
    log = Log()
    opened(log, 1, OPEN, private={"name": "@evil", "content": "x"})
    finished(log, 1, OPEN)
    await hear(process, log)
    query = {"site": "s000", "month": "2025-04"}
    answer = await client.get("/registers/R-01", params=query | {"format": "csv", "part": "rows"})
    assert answer.content.startswith("\ufeff".encode())
    head, row = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
    shown = dict(zip(head, row, strict=True))
    assert shown["投诉人 Complainant"] == "'@evil"
    assert shown["处理结果 Result"].startswith("'=cmd")
    assert shown["对处理结果是否满意 Satisfied with the result"] == "满意"
    sheet = await client.get("/registers/R-01", params=query | {"format": "xlsx"})
    book = load_workbook(BytesIO(sheet.content))
    page = book.worksheets[0]
    texts = [cell for line in page.iter_rows() for cell in line if cell.value is not None]
    assert {cell.data_type for cell in texts} <= {"s", "n"}
    assert any(cell.value == "=cmd|' /C calc'!A0" for cell in texts)
    assert (page.freeze_panes, page.page_setup.orientation, page.page_setup.paperSize) == ("A8", "landscape", 9)
    assert page.print_title_rows == "$7:$7"


async def test_a_running_register_never_closes(process: ServiceProcess, client: AsyncClient) -> None:
    log = Log()
    more = {"site": "s001", "pack": "P001/3"}
    opened(log, 1, "2024-01-05 09:00", **more)
    opened(log, 2, OPEN, **more)
    await hear(process, log)
    assert (await read(client, "/registers/R-24", site="s001"))["matters"] == 2
    month = await read(client, "/registers/R-24", site="s001", month="2024-01", window="calendar")
    assert month["matters"] == 1
    assert (await client.get("/registers/R-27?site=s001")).status_code == 422
    unknown = await client.get("/registers/R-01?site=s001&month=2025-04&lang=en")
    assert unknown.status_code == 404
    assert "R-24" in unknown.json()["hint"]


async def test_totals_over_all_sites_come_from_one_question(process: ServiceProcess, client: AsyncClient) -> None:
    log = Log()
    opened(log, 1, "2025-03-31 23:59")
    opened(log, 2, "2025-04-01 00:00")
    opened(log, 3, OPEN, site="s004", pack="P004", category="=1+1")
    await hear(process, log)
    found = await read(client, "/registers/totals", month="2025-04")
    assert found["items"] == [
        {"site": "s000", "month": "2025-04", "category": "cleaning", "count": 1},
        {"site": "s004", "month": "2025-04", "category": "=1+1", "count": 1},
    ]
    assert (await read(client, "/registers/totals", group="month"))["items"] == [
        {"month": "2025-03", "count": 1},
        {"month": "2025-04", "count": 2},
    ]
    sheet = await client.get("/registers/totals?format=csv&group=category")
    assert "'=1+1,1" in sheet.text


async def test_hearing_the_same_batch_again_changes_nothing(process: ServiceProcess) -> None:
    log = Log()
    opened(log, 1, OPEN)
    finished(log, 1, OPEN)
    await hear(process, log)
    before = await everything(process)
    await hear(process, log)
    assert await everything(process) == before


async def everything(process: ServiceProcess) -> list[str]:
    async with process.db.connect() as conn:
        return [
            json.dumps([str(value) for value in row])
            for table in ("cases", "facts", "case_private", "fact_private", "entities")
            for row in await conn.execute(text(f"select * from reporting.{table} order by 1"))
        ]


async def test_bad_questions_name_the_field(client: AsyncClient) -> None:
    for path, field in (
        ("/registers/R-01?site=s000&month=2025-13", "/month"),
        ("/registers/totals?group=site,colour", "/group"),
        ("/cases?cursor=nonsense", "/cursor"),
        ("/cases?site=nowhere", "/site"),
    ):
        answer = await client.get(path)
        assert answer.json()["errors"][0]["field"] == field, path
