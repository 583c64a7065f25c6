from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouwen.scenarios.cast import builtin_packs
from shouwen.scenarios.findings import FileWrong
from shouwen.scenarios.parsing import load, parsed
from tests.support.stories import wrong

ONE = """\
pack: P001/3
scenarios:
  - id: AS-001
    given:
      case: {received: 2025-03-04 10:00, severity: minor}
    when:
      - {at: 2025-03-04 11:00, by: butler, reply: first}
    then:
      - clock: {id: CK-CMP-10, state: met}
"""
LATER_FIRST = "      - {at: 2025-03-04 11:00, accept: }\n      - {at: 2025-03-04 10:59, reply: first}"
MISTAKES = (
    ("pack: P001/3\n", "", 1, "", "P001/3"),
    ("pack: P001/3", "pack: P001/9", 1, "pack", "P001/3"),
    ("pack: P001/3", "pack: [P001/3, P001/9]", 1, "pack", "P001/3"),
    ("pack: P001/3", "pack: P001/3\npack: P004", 2, "pack", "重复"),
    ("pack: P001/3", "packs: P001/3", 1, "", "pack"),
    ("    when:", "    wenn:", 7, "", "when"),
    ("reply: first", "replay: first", 7, "when[1]", "reply"),
    ("reply: first", "log: x", 7, "when[1]", "receive"),
    ("reply: first", "reply: {kind: frist}", 7, "when[1].reply.kind", "first"),
    ("reply: first", "reply: {kind: first, case: B}", 7, "when[1].reply", "beside the act"),
    ("reply: first", "reply: first, agreed_untill: 12:00", 7, "when[1].reply", "agreed_until"),
    ("reply: first", "reply: first, agreed_until: soon", 7, "when[1].reply.agreed_until", "2025-03-04 10:00"),
    ("by: butler, reply: first", "import_case: {unit: 1-101}", 7, "when[1].import_case.received_at", "缺这一项"),
    ("by: butler", "by: buttler", 7, "when[1].reply", "butler"),
    ("reply: first", "reply: first, case: B", 7, "when[1].reply.case", "case"),
    ("2025-03-04 11:00", "2025-02-30 11:00", 7, "when[1].at", "2025-02-30"),
    ("2025-03-04 11:00", "2025-03-04 25:00", 7, "when[1].at", "25:00"),
    ("2025-03-04 11:00", "2025-03-04 10:75", 7, "when[1].at", "10:75"),
    ("2025-03-04 11:00", "2025-03-05", 7, "when[1].at", "2025-03-05 24:00"),
    ("2025-03-04 11:00", "1911-03-05 10:00", 7, "when[1].at", "1911"),
    ("2025-03-04 11:00", "2025-03-04 09:00", 7, "when[1].reply.case", "早于案件"),
    ("      - {at: 2025-03-04 11:00, by: butler, reply: first}", LATER_FIRST, 8, "when[2].at", "先后"),
    ("received: 2025-03-04 10:00, ", "", 5, "given.case", "at:"),
    ("severity: minor", "severety: minor", 5, "given.case.receive", "severity"),
    ("severity: minor", "channel: fone", 5, "given.case.receive.channel", "phone"),
    ("severity: minor", "incident: B", 5, "given.case.receive.incident", "case"),
    ("clock: {id", "clok: {id", 9, "then[1]", "clock"),
    ("CK-CMP-10", "CK-CMP-99", 9, "then[1].clock.id", "CK-CMP-"),
    ("state: met", "state: meet", 9, "then[1].clock.state", "met"),
    ("clock: {id: CK-CMP-10, state: met}", "no_upgrade: majr", 9, "then[1].no_upgrade.to", "major"),
    (
        "clock: {id: CK-CMP-10, state: met}",
        "no_order: engineering",
        9,
        "then[1].no_order.department",
        "engineering_dept",
    ),
    ("clock: {id: CK-CMP-10, state: met}", "no_fact: order_isued", 9, "then[1].no_fact.kind", "order_issued"),
    ("clock: {id: CK-CMP-10, state: met}", "no_clock: CKCMP10", 9, "then[1].no_clock.id", "CK-CMP-10"),
    ("clock: {id: CK-CMP-10, state: met}", "status: done", 9, "then[1].status.status", "closed"),
    ("clock: {id: CK-CMP-10, state: met}", "register: {id: R-1}", 9, "then[1].register.id", "R-27"),
    ("clock: {id: CK-CMP-10, state: met}", "measure: {id: K-01, month: March}", 9, "then[1].measure.month", "2025-03"),
    ("state: met", "stat: met", 9, "then[1].clock", "state"),
    ("state: met", "state: met, note: late, two days later", 9, "then[1].clock", "quotes"),
    ("state: met", "due: tomorrow", 9, "then[1].clock.due", "24:00"),
    ("      - clock: {id", "      - at: 2025-03-04 09:59\n        clock: {id", 9, "", "早于案件"),
    (
        "      - clock: {id: CK-CMP-10, state: met}",
        "      - told: {who: nobody_known}",
        9,
        "then[1].told.who",
        "butler",
    ),
    ("      - clock: {id: CK-CMP-10, state: met}", "      []", 9, "", "没有任何检查"),
    ("      - clock: {id: CK-CMP-10, state: met}", "      - at: 2025-03-05 10:00", 9, "then[1]", "clock"),
    ("    then:", "    then: &a\n      - *a\n    x:", 8, "", "aliases"),
    ("- id: AS-001", "- name: x", 3, "", "id"),
    ("    given:", "    year: soon\n    given:", 4, "year", "2025"),
    ("    given:\n      case: {received: 2025-03-04 10:00, severity: minor}", "    given: x", 4, "given", "键值"),
    ("scenarios:", "zone: Asia/Shangri\nscenarios:", 2, "zone", "Asia/Shanghai"),
    ("scenarios:", "people: {buttler: 张三}\nscenarios:", 2, "people", "butler"),
    ("scenarios:", "people: {butler: {shift: noon}}\nscenarios:", 2, "people.butler.shift", "night"),
    (
        "scenarios:",
        "site: {variants: {handler_per_1_4: on}}\nscenarios:",
        2,
        "site.variants",
        "handler_per_section_1_4",
    ),
    ("scenarios:", "site: {variants: {handler_per_section_1_4: maybe}}\nscenarios:", 2, "site.variants", "true"),
    ("scenarios:", "calendar: {weekly: {mon: 17:00-09:00}}\nscenarios:", 2, "calendar.weekly.mon", "08:30-17:30"),
    ("scenarios:", "calendar: {weekly: {}}\nscenarios:", 2, "calendar", "open hour"),
    ("scenarios:", "calendar: {off: [2025-13-01]}\nscenarios:", 2, "calendar.off", "2025-13-01"),
    ("scenarios:", "calendar: weekdays\nscenarios:", 2, "calendar", "键值"),
    ("scenarios:", "calendar: {year: 2025}\nscenarios:", 2, "calendar", "weekly"),
    ("scenarios:", "calendar: {weekly: {mon: 8:30-9:99}}\nscenarios:", 2, "calendar.weekly.mon", "08:30-17:30"),
    ("scenarios:", "calendar: {off: [2025-10-08 - 2025-10-01]}\nscenarios:", 2, "calendar.off", "颠倒"),
    ("scenarios:", "calendar: {off: [1970-01-01 - 9999-12-31]}\nscenarios:", 2, "calendar.off", "超过一年"),
    (
        "scenarios:",
        "calendar: {special_days: {2025-06-03: [09:00-12:00, 11:00-13:00]}}\nscenarios:",
        2,
        "calendar",
        "overlap",
    ),
    (
        "scenarios:",
        "site: {parameters: {acknowledge_minutes: {major: 5}}}\nscenarios:",
        2,
        "site.parameters",
        "acknowledge_minutes.major: 10",
    ),
    ("reply: first", "set_parameters: {several_times: [2]}", 7, "when[1].set_parameters", "several_times: 10"),
    ("reply: first", "switch: {handler_per_section_1_4: maybe}", 7, "when[1].switch", "true"),
    (
        "reply: first",
        "service_down: escalation, until: 2025-03-04 10:30",
        7,
        "when[1].service_down.until",
        "later instant",
    ),
    ("reply: first", "absent: butler, until: 2025-03-04 11:00", 7, "when[1].absent.until", "later instant"),
    ("reply: first", "activate_pack: P004, version: 99", 7, "when[1].activate_pack.version", "99"),
    ("2025-03-04 11:00", "+99999999d", 7, "when[1].at", "太远"),
    ("2025-03-04 11:00", f"+{'9' * 5000}h", 7, "when[1].at", "+1h30m"),
    ("2025-03-04 11:00", "+99999d", 7, "when[1].at", "太远"),
    ("state: met}", "state: met}\n        count: -1", 10, "then[1].clock.count", "-1"),
    ("clock: {id: CK-CMP-10, state: met}", "no_clock: CK-CMP-10\n        count: 2", 10, "then[1].no_clock.count", "2"),
    ("reply: first", "service_down: escalashun, until: 12:00", 7, "when[1].service_down.service", "escalation"),
    ("reply: first", "service_down: escalation", 7, "when[1].service_down", "until"),
    ("reply: first", "activate_pack: P005", 7, "when[1].activate_pack.pack", "P004"),
    ("reply: first", "deliver_twice: order_isued", 7, "when[1].deliver_twice.fact", "order_issued"),
    ("reply: first", "refused: {wy: x}, reply: first", 7, "when[1].reply.refused", "why"),
    ("reply: first", "quality: 3", 7, "when[1]", "quality"),
    ("reply: first", "follow_up: {answer: satisfied, quality: 9}", 7, "when[1].follow_up.quality", "取值"),
)


@pytest.mark.parametrize(("was", "now", "line", "field", "says"), MISTAKES)
def test_a_mistake_is_named_with_its_line_and_what_would_be_right(
    was: str, now: str, line: int, field: str, says: str
) -> None:
    assert was in ONE
    findings = wrong(ONE.replace(was, now, 1))
    named = [one for one in findings if one.line == line and one.place.field.startswith(field) and says in str(one)]
    assert named, [str(one) for one in findings]


def test_the_scenario_is_named() -> None:
    (finding,) = wrong(ONE.replace("CK-CMP-10", "CK-CMP-1O"))
    assert str(finding).startswith("rows.yaml:9: AS-001 then[1].clock.id")
    assert "did you mean CK-CMP-10?" in str(finding)


def test_every_mistake_of_a_file_is_told_at_once() -> None:
    text = (
        ONE.replace("reply: first", "replay: first").replace("state: met", "stat: met").replace("severity", "severety")
    )
    assert len(wrong(text)) == 3


def test_an_id_twice_is_a_mistake() -> None:
    again = ONE.partition("scenarios:\n")[2]
    (finding,) = wrong(ONE + again)
    assert (finding.line, finding.place.scenario) == (10, "AS-001")


@pytest.mark.parametrize(
    "text", ["", "[]", "pack", "a: [", "a: !!python/object:os.system x", "\t", "{[a]: b}", "pack: \x07"]
)
def test_what_is_no_scenario_file_at_all_is_refused(text: str) -> None:
    assert wrong(text)


def test_depth_and_length_are_bounded() -> None:
    assert wrong("pack: " + "[" * 5000)
    assert wrong("pack: " + "[" * 60 + "]" * 60)
    assert wrong("#" * 2_000_001)


def test_an_endless_file_is_not_read_to_its_end() -> None:
    with pytest.raises(FileWrong, match="2000000 characters"):
        load(Path("/dev/zero"))


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileWrong, match="cannot be read"):
        load(tmp_path / "missing.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"pack: \xff\xfe")
    with pytest.raises(FileWrong, match="UTF-8"):
        load(tmp_path / "latin.yaml")


WORDS = st.sampled_from(
    (
        *("pack", "P001/3", "scenarios", "id", "given", "when", "then", "case", "clock", "at", "reply", "people"),
        *("[", "]", "{", "}", ":", "- ", "\n", "  ", ",", "'", "&a", "*a", "null", "2025-03-04 10:00", "CK-CMP-10"),
    )
)


def is_read_or_refused(text: str) -> bool:
    try:
        return bool(parsed(text, "rows.yaml", builtin_packs()))
    except FileWrong as refused:
        return bool(refused.findings)


@given(st.lists(WORDS, max_size=40).map("".join))
def test_whatever_a_file_holds_it_is_read_or_refused(words: str) -> None:
    assert is_read_or_refused(words)
    assert is_read_or_refused(ONE.replace("reply: first", words))
    assert is_read_or_refused(ONE + words)
