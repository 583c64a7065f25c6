"""Registers on a real database: they add up, and open in a sheet."""

import csv
from collections.abc import AsyncIterator
from io import BytesIO, StringIO

import pytest
from httpx2 import AsyncClient
from openpyxl import load_workbook

from shared.process.service import ServiceProcess
from tests.support.reporting_builders import Log
from tests.support.reporting_system import OPEN, asking, case, finished, hear, judged, opened, read, reporting_on


@pytest.fixture
async def process(fresh_db: str) -> AsyncIterator[ServiceProcess]:
    async with reporting_on(fresh_db) as process:
        yield process


@pytest.fixture
async def client(process: ServiceProcess) -> AsyncIterator[AsyncClient]:
    async with asking(process) as client:
        yield client


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
        {"site": "s000", "month": "2025-04", "category": "cleaning", "count": 1, "site_code": "S000"},
        {"site": "s004", "month": "2025-04", "category": "=1+1", "count": 1, "site_code": "S004"},
    ]
    assert (await read(client, "/registers/totals", group="month"))["items"] == [
        {"month": "2025-03", "count": 1},
        {"month": "2025-04", "count": 2},
    ]
    sheet = await client.get("/registers/totals?format=csv&group=category")
    assert "'=1+1,1" in sheet.text


async def test_as_039_and_as_044_the_p004_summary_shows_invalid_and_satisfied_matters(
    process: ServiceProcess, client: AsyncClient
) -> None:
    log = Log()
    more = {"site": "s004", "pack": "P004"}
    opened(log, 1, "2025-03-24 23:00", validity="invalid", **more)
    opened(log, 2, "2025-03-25 00:00", **more)
    finished(log, 2, OPEN)
    await hear(process, log)
    march = await read(client, "/registers/R-71", site="s004", month="2025-03")
    april = await read(client, "/registers/R-71", site="s004", month="2025-04")
    assert [row["validity"] for row in march["rows"]] == ["invalid"]
    assert [(row["satisfaction"], row["outcome"]) for row in april["rows"]] == [("satisfied", "satisfied")]
    rates = {rate["id"]: (rate["numerator"], rate["denominator"]) for rate in april["measures"]}
    assert rates == {"K-06": (1, 500), "K-07": (1, 1), "K-08": (1, 1), "K-13": (1, 1)}


async def test_as_012_measures_of_many_sites_keep_their_pack_and_are_never_averaged_over_packs(fresh_db: str) -> None:
    log = Log()
    for number, (site, pack, severity) in enumerate(
        [("s000", "P000", "minor"), ("s000", "P000", "minor"), ("s001", "P001/3", "minor"), ("s004", "P004", "minor")]
    ):
        opened(log, number, "2025-03-04 10:00", site=site, pack=pack, severity=severity)
    async with reporting_on(fresh_db) as process, asking(process) as client:
        await hear(process, log)
        found = await read(client, "/measures", month="2025-03")
        named = await read(client, "/measures", month="2025-03", site="s000", measure="K-01")
        unknown = await client.get("/measures", params={"month": "2025-03", "site": "elsewhere"})
    own = {(one["site"], one["pack"]) for one in found["items"] if one["pack"] != "G-SAFETY"}
    assert own >= {("s000", "P000"), ("s004", "P004")}
    assert own <= {("s000", "P000"), ("s001", "P001/3"), ("s004", "P004")}
    assert {one["pack"] for one in found["packs"]} >= {"P000", "P004"}
    keys = [(one["pack"], one["id"], one["clock"], one["severity"]) for one in found["packs"]]
    assert len(set(keys)) == len(keys)
    assert {one["id"] for one in named["items"]} == {"K-01"}
    assert "不跨规程平均" in found["note"]
    assert unknown.status_code == 404
