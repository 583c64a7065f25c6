"""Reporting on a real database: what was heard can be read and found."""

import json
from collections.abc import AsyncIterator

import pytest
from httpx2 import AsyncClient
from sqlalchemy import text

from shared.contracts.escalation import ClockArmed
from shared.contracts.intake import RequestAmended
from shared.process.service import ServiceProcess
from tests.support.reporting_builders import Log, armed
from tests.support.reporting_system import OPEN, asking, case, finished, hear, opened, read, reporting_on


@pytest.fixture
async def process(fresh_db: str) -> AsyncIterator[ServiceProcess]:
    async with reporting_on(fresh_db) as process:
        yield process


@pytest.fixture
async def client(process: ServiceProcess) -> AsyncIterator[AsyncClient]:
    async with asking(process) as client:
        yield client


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
    theirs = await read(
        client, "/board", department=board["items"][0]["department"] or board["items"][0]["responsible"]
    )
    assert theirs["sites"] == board["sites"]
    nobodys = await read(client, "/board", department="nobody")
    assert (nobodys["items"], nobodys["sites"]) == ([], [])


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


async def test_cases_are_narrowed_as_a_register_or_an_incident_counts_them(
    process: ServiceProcess, client: AsyncClient
) -> None:
    log = Log()
    for number in range(1, 4):
        opened(log, number, f"2025-04-10 09:0{number}")
    opened(log, 4, "2025-04-10 09:04", drill=True)
    opened(log, 5, "2025-04-10 09:05", incident=case(1))
    await hear(process, log)

    async def found(**asked: str) -> list[str]:
        return [row["case_id"] for row in (await read(client, "/cases", **asked))["items"]]

    whole = await found()
    first = (await read(client, f"/cases/{case(1)}"))["received_at"]
    third = (await read(client, f"/cases/{case(3)}"))["received_at"]
    assert await found(since=first, until=third) == [case(2), case(1)]
    assert await found(drill="true") == [case(4)]
    assert await found(incident=case(1)) == [case(5)]
    assert await found(case_type="complaint,repair") == whole
    for narrowed in ({"case_type": "repair"}, {"severity": "major"}, {"validity": "invalid"}):
        assert await found(**narrowed) == []


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
