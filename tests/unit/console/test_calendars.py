"""The page of calendars: what a site counts with, a change seen first, approved then; nothing typed is lost."""

from datetime import date
from typing import Any

import pytest

from services.console.policy.calendars import told_by_blank, wished
from shared.organisation.records import Notice, SpecialDay
from shared.timekeeping.calendar import Span
from tests.support.console_builders import Services, browsing

PREVIEW, PUT, STANDING = (
    "/api/escalation/calendars/preview",
    "/api/directory/sites/s1/calendar",
    "/api/escalation/calendars/s1",
)
HOSTILE = "<script>alert(1)</script>"
SOURCE = {"source": "国办发明电〔2026〕7号", "dated": "2026-11-04", "site": "s1", "scope": ""}
NOTICE = SOURCE | {"kind": "notice", "year": "2027", "off": "1月1日至3日", "make_up": "1月10日"}
HALF_DAY = SOURCE | {"kind": "hours", "days": "2027-03-08", "hours": "09:00-12:00", "note": "半天"}
MOVED = {"case": "case-1", "number": "SZ1-7", "clock": "CK-CMP-11", "name": "解决"}
MOVED |= {"due_at": "2027-01-05T16:00:00+00:00", "would_be": "2027-01-06T16:00:00+00:00"}


def standing(**more: Any) -> dict[str, Any]:
    years = [{"year": 2026, "known_by": "table", "source": "chinesecalendar 1.11"}]
    years.append({"year": 2027, "known_by": None, "source": None})
    plain = {"site": "s1", "version": "1", "evidence": None, "swept": True, "moved": 0, "left": 0, "years": years}
    return plain | {"provisional": [], "alarm": False} | more


def foreseen(**more: Any) -> dict[str, Any]:
    plain = {"site": "s1", "from_version": "1", "to_version": "2026-11-04", "open_cases": 12, "moved": [MOVED]}
    return plain | {"moved_total": 1, "kept": 2, "provisional": [], "cursor": None} | more


def services(**answers: Any) -> Services:
    return Services(
        {
            f"GET {STANDING}": (200, standing()),
            "GET /api/escalation/calendars": (200, {"items": []}),
            f"POST {PREVIEW}": (200, foreseen()),
            f"PUT {PUT}": (200, {"version": 2}),
        }
        | answers
    )


async def test_a_page_shows_the_week_the_years_and_what_is_not_known() -> None:
    async with browsing(services()) as client:
        page = (await client.get("/calendars?site=s1")).text
    for words in ("09:00-17:00", "chinesecalendar 1.11", "还不知道，落入该年的期限是暂定的", "未附依据"):
        assert words in page


async def test_the_alarm_is_told_on_the_page_and_on_the_board() -> None:
    years = [{"year": 2027, "deadlines": 12}]
    answers = {
        f"GET {STANDING}": (200, standing(provisional=years, alarm=True)),
        "GET /api/escalation/calendars": (200, {"items": [standing(provisional=years, alarm=True)]}),
        "GET /api/reporting/board": (200, {"sites": [], "items": [], "next": None}),
    }
    known = services(**answers)
    async with browsing(known) as client:
        page, board = (await client.get("/calendars")).text, (await client.get("/board")).text
        later = (await client.get("/board/alarms")).text
    assert "2027 年的放假通知还没有录入" in page
    assert "SZ1 2027 (12 个期限)" in board
    assert "/calendars?site=s1" in board
    assert "SZ1 2027 (12 个期限)" in later
    assert "<html" not in later
    asked = [one.url.params.get("alarms") for one in known.asked if one.url.path == "/api/escalation/calendars"]
    assert asked == ["true"] * 3


async def test_a_board_is_shown_while_nobody_answers_about_calendars() -> None:
    known = services(**{"GET /api/escalation/calendars": (503, {})})
    known.answers["GET /api/reporting/board"] = (200, {"sites": [], "items": [], "next": None})
    async with browsing(known) as client:
        assert (await client.get("/board")).status_code == 200


@pytest.mark.parametrize("right", ["view", "desk", "work"])
async def test_the_page_is_for_administrators(right: str) -> None:
    known = services()
    known.answers["GET /api/reporting/board"] = (200, {"sites": [], "items": [], "next": None})
    async with browsing(known, right=right) as client:
        assert (await client.get("/calendars")).status_code == 403
        assert (await client.post("/calendars/approve", data=NOTICE)).status_code == 403
        assert 'href="/calendars"' not in (await client.get("/board")).text


async def test_a_change_is_seen_before_it_is_approved() -> None:
    known = services()
    async with browsing(known) as client:
        page = (await client.post("/calendars/preview", data=NOTICE)).text
    asked = known.body(PREVIEW)
    assert asked["calendar"]["notices"] == [
        {
            "year": 2027,
            "source": "国办发明电〔2026〕7号",
            "published": "2026-11-04",
            "off": ["2027-01-01", "2027-01-02", "2027-01-03"],
            "make_up": ["2027-01-10"],
        }
    ]
    assert asked["calendar"]["version"] == "2026-11-04"
    assert "evidence" not in asked["calendar"]
    assert "12 件进行中，1 个期限移动，2 个不动" in page
    assert "2027-01-05 24:00" in page
    assert 'name="replaces" value="s1:1"' in page
    assert not any(one.method == "PUT" for one in known.asked)


async def test_every_page_of_a_preview_is_read() -> None:
    known = services(**{f"POST {PREVIEW}": (200, foreseen(cursor="case-1"))})

    def answer(request: Any, ask: Any = known.__call__) -> Any:
        if request.url.path == PREVIEW and b"case-1" in request.content:
            known.answers[f"POST {PREVIEW}"] = (200, foreseen())
        return ask(request)

    known_services: Any = answer
    async with browsing(known_services) as client:
        page = (await client.post("/calendars/preview", data=NOTICE)).text
    assert "2 个期限移动，4 个不动" in page


async def test_approving_sends_the_calendar_its_evidence_and_what_it_replaces() -> None:
    known = services()
    async with browsing(known) as client:
        answer = await client.post("/calendars/approve", data=HALF_DAY | {"replaces": "s1:1"})
    sent = known.body(PUT)
    assert sent["evidence"] == {"source": "国办发明电〔2026〕7号", "dated": "2026-11-04"}
    assert sent["replaces"] == "1"
    hours = [{"start": 540, "end": 720}]
    assert sent["calendar"]["special_days"] == [{"day": "2027-03-08", "hours": hours, "note": "半天"}]
    assert answer.headers["location"] == "/calendars?site=s1&approved=1"


async def test_what_somebody_else_approved_meanwhile_is_told() -> None:
    refusal = {"detail": "ann 已批准了版本 2", "hint": "请重新打开现行日历，核对后再批准"}
    known = services(**{f"PUT {PUT}": (412, refusal)})
    async with browsing(known) as client:
        answer = await client.post("/calendars/approve", data=HALF_DAY | {"replaces": "s1:0"})
    assert answer.status_code == 412
    assert "ann 已批准了版本 2" in answer.text
    assert known.body(PUT)["replaces"] == "0"


async def test_nothing_is_approved_that_was_not_previewed() -> None:
    known = services()
    async with browsing(known) as client:
        answer = await client.post("/calendars/approve", data=HALF_DAY | {"site": "s1&approved=7"})
    assert not any(one.method == "PUT" for one in known.asked)
    assert answer.headers["location"] == "/calendars?site=s1%26approved%3D7&approved=0"


@pytest.mark.parametrize(
    ("typed", "blank", "said"),
    [
        pytest.param({"off": "2月30日"}, "off", "没有“2月30日”这一天", id="no such day"),
        pytest.param({"off": ""}, "off", "必须填写", id="nothing"),
        pytest.param({"make_up": "soon"}, "make_up", "不是日期", id="no day"),
        pytest.param({"year": "next"}, "year", "不是年份", id="no year"),
        pytest.param({"source": ""}, "source", "必须填写", id="no evidence"),
        pytest.param({"dated": "2026-13-01"}, "dated", "没有", id="no such date"),
    ],
)
async def test_bad_input_stays_in_the_form_with_the_sentence_beside_it(
    typed: dict[str, str], blank: str, said: str
) -> None:
    known = services()
    async with browsing(known) as client:
        answer = await client.post("/calendars/preview", data=NOTICE | {"note": "x"} | typed)
    assert answer.status_code == 422
    beside = answer.text.split(f'id="notice-{blank.replace("_", "-")}-fault">')[1].split("</p>")[0]
    assert said in beside
    for name, value in (NOTICE | typed).items():
        assert value in answer.text, name
    assert not any(one.url.path == PREVIEW for one in known.asked)


async def test_what_the_service_refuses_stands_beside_its_blank_as_text() -> None:
    error = {"field": "/calendar/notices/0/make_up/0", "detail": f"补班日不是周末 {HOSTILE}", "hint": "请核对通知"}
    known = services(**{f"POST {PREVIEW}": (422, {"detail": "x", "errors": [error]})})
    async with browsing(known) as client:
        answer = await client.post("/calendars/preview", data=NOTICE)
    assert answer.status_code == 422
    assert "补班日不是周末 &lt;script&gt;" in answer.text.split('id="notice-make-up-fault">')[1].split("</p>")[0]
    assert HOSTILE not in answer.text


async def test_a_change_that_changes_nothing_offers_no_approval() -> None:
    known = services()
    closed = SOURCE | {"kind": "closure", "days": "2027-03-08"}
    async with browsing(known) as client:
        before = (await client.post("/calendars/preview", data=closed)).text
        same = (await client.post("/calendars/preview", data=closed | {"site": "elsewhere"})).text
    assert "批准生效" in before
    assert "批准生效" not in same


@pytest.mark.parametrize("kind", ["", "nothing"])
async def test_an_unknown_form_is_not_found(kind: str) -> None:
    async with browsing(services()) as client:
        assert (await client.post("/calendars/preview", data=SOURCE | {"kind": kind})).status_code == 404


def test_each_form_asks_for_its_own_change() -> None:
    notice = wished("notice", NOTICE).change.notices
    off = (date(2027, 1, 1), date(2027, 1, 2), date(2027, 1, 3))
    assert notice == (Notice(2027, SOURCE["source"], date(2026, 11, 4), off, (date(2027, 1, 10),)),)
    assert wished("hours", HALF_DAY).change.special_days == (SpecialDay(date(2027, 3, 8), (Span(540, 720),), "半天"),)
    closure = wished("closure", SOURCE | {"days": "2027-03-08..2027-03-09"})
    assert [one.day.day for one in closure.change.special_days] == [8, 9]
    assert closure.wrong == {}


@pytest.mark.parametrize(
    ("pointer", "kind", "blank"),
    [
        pytest.param("/calendar/notices/0/off/2", "notice", "off", id="a day off"),
        pytest.param("/calendar/notices/0", "notice", "off", id="the whole notice"),
        pytest.param("/calendar/special_days/3/hours", "hours", "hours", id="hours"),
        pytest.param("/calendar/special_days/3/hours", "closure", "", id="a blank the form lacks"),
        pytest.param("/evidence/source", "closure", "source", id="the evidence"),
        pytest.param("/replaces", "notice", "", id="no blank"),
    ],
)
def test_an_error_finds_its_blank(pointer: str, kind: str, blank: str) -> None:
    assert told_by_blank([{"field": pointer, "detail": "错"}], kind) == {blank: "错"}
