"""The triplicate order."""

import hashlib
from dataclasses import replace

import pytest

from services.console.ports import Sheet
from services.console.views.assets import HTMX_SHA256, Assets
from services.console.views.printing import OrderPrinter

SHEET = Sheet(
    title="派工单",
    number="SZ1-250304-7-1",
    site="一号苑",
    address="http://127.0.0.1:8080/cases/case-1",
    copies=("存根联", "部门联", "客户联"),
    fields=tuple((f"栏{place}", "值") for place in range(12)),
    words=(("内容", "灯坏了"), ("要求", ""), ("处理结果", "")),
    signatures=("签发", "部门签收", "完成时间", "客户签字"),
    scan="扫码",
    missing="缺：{codes}",
    foot="R-05",
)
ONE_PAGE = b"/Type/Pages/Count 1/"


async def test_an_order_is_one_page() -> None:
    page = await OrderPrinter().order(SHEET)
    assert page.startswith(b"%PDF")
    assert ONE_PAGE in page


@pytest.mark.parametrize(
    "words",
    [
        pytest.param('#panic() #import "@preview/x:1.0.0" $ ``` *', id="template source"),
        pytest.param("很长" * 2000, id="a very long text"),
        pytest.param("x" * 4000, id="a very long word"),
        pytest.param("一\n" * 500, id="many lines"),
        pytest.param('"},{"x', id="the end of a JSON text"),
        pytest.param("😀𠮷", id="characters the font lacks"),
    ],
)
async def test_whatever_people_wrote_is_printed_on_one_page(words: str) -> None:
    fields = tuple((label, words) for label, _ in SHEET.fields)
    page = await OrderPrinter().order(
        replace(SHEET, fields=fields, words=tuple((label, words) for label, _ in SHEET.words))
    )
    assert ONE_PAGE in page


def test_characters_the_font_lacks_are_named() -> None:
    assert OrderPrinter().lacks("张𠮷祥 A1，", "𠮷\n😀") == ("𠮷", "😀")


def test_the_script_is_the_one_this_release_was_made_with() -> None:
    script = Assets().find("htmx.js")
    assert script is not None
    assert hashlib.sha256(script.content).hexdigest() == HTMX_SHA256
