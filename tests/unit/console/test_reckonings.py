"""The case page shows how each due instant came about, whatever the state of its clock."""

from typing import Any

import pytest

from services.console.views.pages import exact_of, length_of
from shared.web.wording import Voice
from tests.support.console_builders import CASE, Services, browsing, case_answers

START, DUE = "2025-03-04T02:00:00+00:00", "2025-03-06T16:00:00+00:00"
HOSTILE = "<b>通知</b>"


def clock(state: str = "running", **more: Any) -> dict[str, Any]:
    plain = {"clock": "CK-CMP-11", "name": "解决", "state": state, "start_at": START, "due_at": DUE, "ended_at": None}
    return plain | {"product_default": False, "because": ["自 10:00 起"], "source": "规程", "extend": None} | more


def piece(start: str, end: str, seconds: float, *, counted: bool, zh: str) -> dict[str, Any]:
    because = {"word": "weekly", "zh": zh, "en": "a reason"}
    return {"start": start, "end": end, "seconds": seconds, "counted": counted, "because": because}


def reckoning(**more: Any) -> dict[str, Any]:
    pieces = [
        piece(START, "2025-03-04T16:00:00+00:00", 50400, counted=False, zh="起算日不计"),
        piece("2025-03-04T16:00:00+00:00", DUE, 172800, counted=True, zh="工作日"),
    ]
    plain = {"clock": "CK-CMP-11", "pieces": pieces, "counted_seconds": 172800, "counted_days": 2, "provisional": []}
    return plain | {"calendar": None, "decided": None, "brought_forward_from": None} | more


async def page_with(told: dict[str, Any], shown: dict[str, Any], language: str = "zh") -> str:
    answers = case_answers()
    answers[f"GET /api/escalation/cases/{CASE}"][1]["clocks"] = [shown]
    answers[f"GET /api/escalation/cases/{CASE}/explain"] = (200, {"clocks": [told]})
    async with browsing(Services(answers), language=language) as client:
        answer = await client.get(f"/cases/{CASE}")
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize(
    "shown",
    [
        pytest.param(clock(), id="running"),
        pytest.param(clock("breached"), id="overdue"),
        pytest.param(clock("met", ended_at=DUE), id="met"),
        pytest.param(clock("cancelled", ended_at=DUE), id="cancelled"),
    ],
)
async def test_every_clock_opens_to_its_intervals(shown: dict[str, Any]) -> None:
    page = await page_with(reckoning(), shown)
    for words in ("逐段计算", "起算日不计 · 不计", "工作日 · 计入", "14:00", "2025-03-06 24:00", "2 个工作日"):
        assert words in page


async def test_a_clock_without_an_instant_shows_no_intervals() -> None:
    unset = clock("unset", due_at=None)
    page = await page_with(reckoning(pieces=[], counted_seconds=0, counted_days=None), unset)
    assert "逐段计算" not in page


async def test_who_decided_the_calendar_and_a_missing_notice_are_told() -> None:
    evidence = {"source": HOSTILE, "dated": "2026-11-04", "approved_by": "ann", "approved_at": DUE}
    told = reckoning(
        calendar={"version": "2026-11-04", "evidence": evidence},
        provisional=[2027],
        decided={"zh": "经批准延期", "en": "extended", "by": {"person": "p", "name": "罗工"}, "until": DUE},
    )
    page = await page_with(told, clock())
    assert "&lt;b&gt;通知&lt;/b&gt;" in page
    for words in ("决定人：罗工", "2027 年的放假通知还没有录入", "工作日历 2026-11-04"):
        assert words in page


async def test_an_english_reader_gets_english_reasons() -> None:
    page = await page_with(reckoning(), clock(), "en")
    assert "a reason · counted" in page
    assert "2 working days" in page


async def test_a_page_without_reckonings_still_shows_its_clocks() -> None:
    answers = case_answers()
    answers[f"GET /api/escalation/cases/{CASE}"][1]["clocks"] = [clock()]
    answers[f"GET /api/escalation/cases/{CASE}/explain"] = (503, {})
    async with browsing(Services(answers)) as client:
        page = (await client.get(f"/cases/{CASE}")).text
    assert "自 10:00 起" in page
    assert "逐段计算" not in page


@pytest.mark.parametrize(
    ("stamp", "limit", "shown"),
    [
        ("2025-03-04T02:00:00+00:00", False, "2025-03-04 10:00"),
        ("2025-03-04T02:00:05.25+00:00", False, "2025-03-04 10:00:05.25"),
        ("2025-03-04T16:00:00+00:00", False, "2025-03-05 00:00"),
        ("2025-03-04T16:00:00+00:00", True, "2025-03-04 24:00"),
    ],
)
def test_an_instant_of_a_reckoning_is_exact(stamp: str, limit: bool, shown: str) -> None:  # noqa: FBT001  a row
    assert exact_of(stamp, "Asia/Shanghai", limit) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(5400, "01:30"), (90061, "1 天 01:01:01"), (0.25, "00:00:00.25"), (172800, "2 天 00:00")],
)
def test_a_length_of_time_is_exact(seconds: float, shown: str) -> None:
    assert length_of(Voice(), seconds) == shown
