"""What a terminal says of a calendar, of a change before it is approved, and of how the moving stands."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from shared.organisation.calendar_changes import CalendarChange, changed_calendar
from shared.organisation.records import Evidence, Notice, Site, SpecialDay
from shouwen.changing.flow import Draft, Outlook
from shouwen.changing.showing import as_data, calendar_told, left_out, moved_rows, outlook_told, standing_told
from tests.support.organisation import site

NOTICE = Notice(
    2027, "国办发明电〔2026〕7号", date(2026, 11, 4), (date(2027, 1, 1), date(2027, 1, 2)), (date(2027, 1, 9),)
)
MOVED = {"case": "case-1", "number": "SZ1-7", "clock": "CK-CMP-11", "name": "解决"}
MOVED |= {"due_at": "2027-01-05T16:00:00+00:00", "would_be": "2027-01-06T16:00:00+00:00"}


def changed() -> Site:
    estate = site()
    evidence = Evidence("国办发明电〔2026〕7号", date(2026, 11, 4), "ann", datetime(2026, 11, 5, 2, tzinfo=UTC))
    now = replace(estate.calendar, version="2", notices=(NOTICE,), evidence=evidence)
    now = replace(now, special_days=(SpecialDay(date(2027, 3, 8), (), "停电"),))
    return replace(estate, calendar=now, past_calendars=(estate.calendar,))


def draft() -> Draft:
    estate = site()
    return Draft(estate, changed_calendar(estate, CalendarChange(notices=(NOTICE,)), dated=date(2026, 11, 4)))


def standing(**more: Any) -> dict[str, Any]:
    years = [{"year": 2026, "known_by": "table", "source": "chinesecalendar 1.11.0"}]
    years += [{"year": 2027, "known_by": None, "source": None}]
    return {"version": "2", "swept": True, "moved": 4, "left": 0, "years": years, "provisional": []} | more


def test_a_calendar_is_told_with_its_notices_and_its_history() -> None:
    told = "\n".join(calendar_told(changed()))
    for words in (
        "周一 Mon  09:00-17:00",
        "周日 Sun  休 closed",
        "off: 2027-01-01..2027-01-02",
        "worked: 2027-01-09",
        "2027-03-08  关闭 closed  停电",
        "国办发明电〔2026〕7号（2026-11-04），ann 2026-11-05 02:00Z",
        "before: 1  未附依据 entered without one",
    ):
        assert words in told


def test_what_would_move_is_told_from_and_to_in_the_zone_of_the_site() -> None:
    outlook = Outlook(open_cases=12, moved=[MOVED], kept=2, provisional=[2028])
    told = "\n".join(outlook_told(draft(), outlook))
    assert "1 → 2026-11-04：12 件未结 open cases, 1 个时限会移动 clocks would move, 2 个不动 stay" in told
    assert "no notice of 2028 is known" in told
    assert moved_rows(draft(), outlook, 0) == [
        ("SZ1-7", "CK-CMP-11", "解决", "2027-01-05 24:00:00", "2027-01-06 24:00:00")
    ]


def test_a_list_cut_short_says_how_much_is_left() -> None:
    outlook = Outlook(moved=[MOVED] * 5)
    assert len(moved_rows(draft(), outlook, 2)) == 2
    assert "and 3 more" in left_out(outlook, 2)
    assert left_out(outlook, 0) == left_out(outlook, 5) == ""
    assert len(moved_rows(draft(), outlook, 0)) == 5


def test_a_change_that_changes_nothing_says_so() -> None:
    estate = changed()
    same = Draft(estate, changed_calendar(estate, CalendarChange(notices=(NOTICE,)), dated=date(2026, 11, 4)))
    assert not same.changes
    assert "无变化 nothing would change" in "\n".join(outlook_told(same, Outlook()))


def test_an_alarm_and_moving_under_way_are_told() -> None:
    told = "\n".join(
        standing_told(site(), standing(swept=False, left=9, provisional=[{"year": 2027, "deadlines": 12}]))
    )
    assert "正在移动，余 9 moving, 9 left" in told
    assert "2027  未知，暂定 unknown, provisional" in told
    assert "ALARM: the notice of 2027 is missing and 12 open deadlines reach into it" in told
    assert "ALARM" not in "\n".join(standing_told(site(), standing()))


def test_a_program_gets_every_deadline() -> None:
    (told,) = as_data([draft()], {"s1": Outlook(open_cases=3, moved=[MOVED] * 500, kept=1)})
    assert (told["from_version"], told["to_version"], told["changes"]) == ("1", "2026-11-04", True)
    assert len(told["moved"]) == 500
    assert "evidence" not in told["calendar"]
