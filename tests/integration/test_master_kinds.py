"""A workbook of every kind: what is marked as ended ends once, what is not in the file is left alone."""

import io
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta

import pytest
import xlsxwriter
from httpx2 import AsyncClient

from services.intake.app import IntakeProcess
from tests.support.clock import HandClock
from tests.support.master_system import applied, asking, estate, intake_on

Sheets = Mapping[str, Sequence[Sequence[str]]]

HEADINGS = {
    "楼栋": ["楼栋", "名称", "层数"],
    "房屋": ["房号", "楼栋", "面积", "状态"],
    "设备": ["编号", "名称", "楼栋", "状态"],
    "钥匙": ["编号", "房号", "把数", "状态"],
    "押金": ["收据号", "类别", "房号", "缴款人", "金额", "收取日期", "退还日期"],
}
FIRST: Sheets = {
    "楼栋": [["3栋", "听海阁", "32"]],
    "房屋": [["3-1201", "3栋", "89.50", "自住"], ["3-1202", "3栋", "70", "空置"]],
    "设备": [["E1", "客梯", "3栋", "在用"], ["E2", "水泵", "3栋", "在用"]],
    "钥匙": [["K1", "3-1201", "2", "在柜"]],
    "押金": [["D1", "装修", "3-1201", "曾静", "1000.00", "2024-05-01", ""]],
}
LATER: Sheets = {
    "房屋": [["3-1202", "3栋", "70", "注销"]],
    "设备": [["E1", "客梯", "3栋", "报废"]],
    "押金": [["D1", "装修", "3-1201", "曾静", "1000.00", "2024-05-01", "2025-04-01"]],
}


def workbook(sheets: Sheets) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for name, rows in sheets.items():
            page = book.add_worksheet(name)
            for number, row in enumerate([HEADINGS[name], *rows]):
                for index, cell in enumerate(row):
                    page.write_string(number, index, cell)
    return out.getvalue()


@pytest.fixture
async def process(fresh_db: str) -> AsyncIterator[IntakeProcess]:
    async with intake_on(fresh_db) as process:
        yield process


@pytest.fixture
async def client(process: IntakeProcess) -> AsyncIterator[AsyncClient]:
    async with asking(process) as client:
        yield client


async def test_every_kind_is_kept_with_what_was_said_of_it(process: IntakeProcess, client: AsyncClient) -> None:
    job = await applied(process, client, workbook(FIRST), name="全部.xlsx")

    assert job["state"] == "applied"
    kept = await estate(process)
    assert kept["buildings", "3栋"][0] == {"name": "听海阁", "floors": 32}
    assert kept["units", "3-1201"][0] == {"building": "3栋", "area": "89.50", "state": "own"}
    assert kept["deposits", "D1"][0]["amount"] == "1000.00"
    assert kept["keys", "K1"][0]["copies"] == 2


async def test_what_is_marked_as_ended_ends_and_the_rest_is_left_alone(
    process: IntakeProcess, client: AsyncClient
) -> None:
    await applied(process, client, workbook(FIRST), name="全部.xlsx")

    job = await applied(process, client, workbook(LATER), name="更新.xlsx")

    assert {kind: of.get("ended", 0) for kind, of in job["counts"].items()} == {
        "units": 1,
        "equipment": 1,
        "deposits": 1,
    }
    ended = {key for key, (_, until) in (await estate(process)).items() if until is not None}
    assert ended == {("units", "3-1202"), ("equipment", "E1"), ("deposits", "D1")}


async def test_what_has_ended_ends_on_the_same_day_when_it_is_loaded_again_later(
    process: IntakeProcess, client: AsyncClient
) -> None:
    for content in (FIRST, LATER):
        await applied(process, client, workbook(content), name="全部.xlsx")
    before = await estate(process)
    assert isinstance(process.clock, HandClock)
    process.clock.advance(timedelta(days=5))

    again = await applied(process, client, workbook(LATER), name="更新.xlsx")

    assert again["changes"] == 0
    assert await estate(process) == before
