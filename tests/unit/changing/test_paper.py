"""A change file is read strictly: every fault with its line, its place and the way out, and nothing half read."""

from datetime import date
from pathlib import Path

import pytest

from shared.organisation.records import Notice, SpecialDay
from shared.timekeeping.calendar import Span
from shouwen.changing.nodes import FileInvalid
from shouwen.changing.paper import read_paper
from shouwen.words import Refused

EVIDENCE = """\
evidence:
  source: 国办发明电〔2026〕7号
  dated: 2026-11-04
"""
WHOLE = (
    EVIDENCE
    + """\
weekly:
  monday: 08:30-12:00, 13:30-17:30
  tuesday: 08:30-12:00, 13:30-17:30
  wednesday: 08:30-12:00, 13:30-17:30
  thursday: 08:30-12:00, 13:30-17:30
  friday: 08:30-12:00, 13:30-17:30
  saturday: closed
  sunday: closed
notices:
  - year: 2027
    off: [2027-01-01..2027-01-03, 2月5日至11日]
    make_up: [2027-01-10]
special_days:
  - day: 2027-03-08
    hours: 08:30-12:00
    note: 妇女节半天
  - day: 2027-05-20..2027-05-21
    hours: closed
drop_special_days: 2027-06-01
start_day: roll_then_add
statutory: cn
"""
)
CLOSED_WEEK = "monday: 休, tuesday: 休, wednesday: 休, thursday: 休, friday: 休, saturday: 休, sunday: 休"


def written(tmp_path: Path, text: str | bytes) -> Path:
    file = tmp_path / "change.yaml"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def test_everything_a_change_may_say_is_read(tmp_path: Path) -> None:
    paper = read_paper(written(tmp_path, WHOLE))
    change, morning = paper.change, Span(510, 720)
    assert (paper.source, paper.dated) == ("国办发明电〔2026〕7号", date(2026, 11, 4))
    assert change.weekly is not None
    assert change.weekly[0] == (morning, Span(810, 1050))
    assert change.weekly[6] == ()
    off = (date(2027, 1, 1), date(2027, 1, 2), date(2027, 1, 3), *(date(2027, 2, day) for day in range(5, 12)))
    assert change.notices == (Notice(2027, paper.source, paper.dated, off, (date(2027, 1, 10),)),)
    assert change.special_days == (
        SpecialDay(date(2027, 3, 8), (morning,), "妇女节半天"),
        SpecialDay(date(2027, 5, 20)),
        SpecialDay(date(2027, 5, 21)),
    )
    assert change.dropped_days == (date(2027, 6, 1),)
    assert (change.start_day, change.statutory) == ("roll_then_add", "cn")


@pytest.mark.parametrize(
    ("text", "line", "place", "wrong"),
    [
        pytest.param("start_day: roll_then_add\n", 1, "", "缺少 evidence", id="no evidence"),
        pytest.param("evidence:\n  dated: 2026-11-04\nstatutory: cn\n", 2, "evidence", "缺少 source", id="no source"),
        pytest.param(EVIDENCE, 1, "", "没有要改的内容", id="no change"),
        pytest.param(EVIDENCE + "hours: x\n", 4, "hours", "没有 hours 这一项", id="unknown key"),
        pytest.param(EVIDENCE + "statutory: us\n", 4, "statutory", "没有 us 这个词", id="unknown word"),
        pytest.param(EVIDENCE + "weekly:\n  monday: 9-17\n", 5, "weekly", "缺少 tuesday", id="not seven days"),
        pytest.param(EVIDENCE + "weekly:\n  monday: 0:00-0:00\n", 5, "weekly.monday", "一天里的一段", id="no length"),
        pytest.param(EVIDENCE + "notices:\n  year: 2027\n", 5, "notices", "应为列表", id="no list"),
        pytest.param(
            EVIDENCE + "notices:\n  - year: next\n    off: []\n", 5, "notices.0.year", "不是年份", id="no year"
        ),
        pytest.param(
            EVIDENCE + "notices:\n  - year: 2027\n    off:\n      - 2027-02-30\n",
            7,
            "notices.0.off.0",
            "没有“2027-02-30”这一天",
            id="no such day",
        ),
        pytest.param(
            EVIDENCE + "special_days:\n  - day: 2027-03-08\n    hours: {from: 9}\n",
            6,
            "special_days.0.hours",
            "应为一个值",
            id="hours as an object",
        ),
        pytest.param(EVIDENCE + "statutory: cn\nstatutory: none\n", 5, "statutory", "写了两次", id="a key twice"),
        pytest.param(
            EVIDENCE + "notices:\n  - year: 2027\n    off: 2027-01-01\n    make_up: [2027-01-10, 2027-01-11]\n",
            7,
            "notices.0.make_up.1",
            "补班日 2027-01-11 是周一",
            id="a make-up day that is worked anyway",
        ),
        pytest.param(
            EVIDENCE + "notices:\n  - year: 2027\n    off: 2028-01-01\n",
            6,
            "notices.0.off",
            "不在 2027 年",
            id="other year",
        ),
        pytest.param(
            EVIDENCE + "weekly: {" + CLOSED_WEEK + "}\n",
            4,
            "weekly",
            "没有任何营业时间",
            id="never open",
        ),
        pytest.param(
            EVIDENCE + "special_days:\n" + "  - {day: 2027-03-08, hours: closed}\n" * 2,
            5,
            "special_days",
            "2027-03-08 写了两次",
            id="a day twice",
        ),
        pytest.param("evidence: [\n", 2, "", "不是有效的 YAML", id="not YAML"),
        pytest.param("a: &x [1]\nb: *x\n", 2, "", "aliases are not allowed", id="an alias"),
        pytest.param("", 1, "", "应为“键: 值”", id="empty"),
        pytest.param("- 1\n", 1, "", "应为“键: 值”", id="a list"),
        pytest.param("[" * 60 + "]" * 60, 1, "", "嵌套过深", id="nested"),
    ],
)
def test_a_fault_is_named_with_its_line(tmp_path: Path, text: str, line: int, place: str, wrong: str) -> None:
    with pytest.raises(FileInvalid) as caught:
        read_paper(written(tmp_path, text))
    named = [(one.line, wrong) for one in caught.value.faults if wrong in one.wrong.zh and place in one.place]
    assert named[:1] == [(line, wrong)], [str(one) for one in caught.value.faults]
    assert all(one.right.zh and one.right.en for one in caught.value.faults)


def test_a_day_of_another_year_is_looked_for_in_its_list(tmp_path: Path) -> None:
    days = "\n      - 1月1日至3日\n      - 2028-02-05\n      - 2027-02-06\n      - 2027-02-07"
    text = f"{EVIDENCE}notices:\n  - year: 2027\n    off:{days}\n"
    with pytest.raises(FileInvalid) as caught:
        read_paper(written(tmp_path, text))
    assert [one.place for one in caught.value.faults] == ["notices.0.off"]


def test_an_endless_file_is_not_read_to_its_end() -> None:
    with pytest.raises(Refused, match="1 MB"):
        read_paper(Path("/dev/zero"))


def test_all_faults_are_told_at_once_in_order_of_lines(tmp_path: Path) -> None:
    bad = EVIDENCE.replace("2026-11-04", "soon") + "start_day: never\nstatutory: us\n"
    with pytest.raises(FileInvalid) as caught:
        read_paper(written(tmp_path, bad))
    assert [one.line for one in caught.value.faults] == [3, 4, 5]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"\xff\xfe\x00x", id="not UTF-8"),
        pytest.param(b"a: b\n" * 300_000, id="too long"),
    ],
)
def test_what_is_no_page_of_text_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(Refused):
        read_paper(written(tmp_path, content))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="Cannot read"):
        read_paper(tmp_path / "none.yaml")


def test_the_example_of_the_page_is_read_as_it_stands(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs" / "calendars.md").read_text("utf-8")
    (example,) = (block.split("```")[0] for block in page.split("```yaml\n")[1:])
    change = read_paper(written(tmp_path, example)).change
    assert len(change.notices[0].off) == 17
    assert len(change.special_days) == 3
    assert change.weekly is not None
    assert (change.start_day, change.statutory) == ("next_working_day", "cn")


def test_the_faults_the_page_shows_are_told_in_those_words(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs" / "calendars.md").read_text("utf-8")
    bad = "evidence:\n  source: 通知\n  dated: soon\nstart_day: never\n"
    with pytest.raises(FileInvalid) as caught:
        read_paper(written(tmp_path, bad))
    assert all(str(fault) in page for fault in caught.value.faults)
