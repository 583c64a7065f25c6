import pytest

from tests.support.stories import actual, story

STORY = """
- {at: 2025-03-04 10:20, by: service_center, accept: }
- {at: 2025-03-04 10:30, assign: service_center}
- {at: 2025-03-04 10:40, start: }
- {at: 2025-03-04 11:30, reply: first}
- {at: 2025-03-05 09:00, ask_extension: {clock: CK-CMP-11, until: 2025-03-08 24:00}}
- {at: 2025-03-05 10:00, approve_extension: CK-CMP-11}
- {at: 2025-03-07 16:00, complete: 已修好}
- {at: 2025-03-07 17:00, by: butler, follow_up: unsatisfied}
- {at: 2025-03-08 09:00, accept: }
"""
HOLDS = (
    "clock: {id: CK-CMP-10, state: late, due: 2025-03-04 11:00, basis: hours, promise: reply, why: counted}",
    "clock: {id: CK-CMP-11, state: met, due: 2025-03-08 24:00, extended_by: head_butler, product_default: false}",
    "{at: 2025-03-04 10:05, clock: CK-CMP-10, state: running, warn: 2025-03-04 10:48}",
    "{at: 2025-03-04 11:15, clock: CK-CMP-10, state: breached}",
    "no_clock: CK-CMP-13",
    "breach: {clock: CK-CMP-10, at: 2025-03-04 11:00, due: 2025-03-04 11:00}",
    "{breach: , count: 1}",
    "no_breach: CK-CMP-11",
    "no_annulled: CK-CMP-10",
    "told: {who: head_butler, about: raised, why: breach, clock: CK-CMP-10, at: 2025-03-04 11:00}",
    "told: {who: head_butler, why: extension, contains: 申请延期}",
    "told: {who: service_center, about: decided, contains: approved}",
    "{not_told: branch_gm}",
    "raise: {reason: breach, level: 0, roles: [assignee, first_receiver, head_butler], acknowledged: false}",
    "raise: {reason: extension, acknowledged_by: head_butler, empty_chairs: []}",
    "raise: {reason: breach, level: 0, people: [service_center, butler, head_butler]}",
    "no_raise: upgrade",
    "no_upgrade: major",
    "order: {department: service_center, round: 2, number: 2}",
    "{order: , count: 2}",
    "follow_up: {who: butler, method: visit, round: 1, answer: unsatisfied, satisfied: false, open: false}",
    "{at: 2025-03-07 16:30, follow_up: {who: [butler], open: true, answer: null, due: null}}",
    "promise: {clock: CK-CMP-11, kind: resolve, basis: days}",
    "state: {status: accepted, round: 2, pack: P001/3, orders: 2, department: service_center}",
    "{at: 2025-03-04 10:35, state: {assignee: service_center, first_receiver: butler, late_entry: false}}",
    "severity: minor",
    "validity: unjudged",
    "pack: P001/3",
    "possible: [assign, start, reply, complete, return, transfer]",
    "possible: complete",
    "ending: null",
    "fact: {kind: reply_given, by: service_center, method: phone}",
    "fact: {kind: clock_armed, because: received}",
    "fact: {kind: order_completed, private.text: 已修好}",
    "{fact: case_reopened, count: 1}",
    "no_fact: case_closed",
    "register: {id: R-24, received: 1, rows: 1, categories: {service: 1, other: 0}, totals: {reopened: 1}}",
    "register: {id: R-27, month: 2025-03, from: 2025-02-28 24:00, to: 2025-03-31 24:00}",
    "register: {id: R-25, month: 2025-W10, compiled_by: service_assistant, reported_to: [head_butler, chief_butler]}",
    "row: {register: R-27, month: 2025-03, severity: minor, on_time: met, extended_by: head_butler, date: 2025-03-04}",
)
FAILS = (
    ("clock: {id: CK-CMP-10, due: 2025-03-04 11:00:00.001}", "due", "2025-03-04 11:00"),
    ("clock: {id: CK-CMP-10, state: met}", "state", "late"),
    ("clock: {id: CK-CMP-11, extended_by: chief_butler}", "extended_by", "head_butler"),
    ("clock: {id: CK-CMP-13}", "id", "—"),
    ("no_clock: CK-CMP-10", "count", "1"),
    ("breach: {clock: CK-CMP-10, at: 2025-03-04 11:01}", "at", "2025-03-04 11:00"),
    ("{breach: , count: 2}", "count", "1"),
    ("no_breach: CK-CMP-10", "count", "1"),
    ("annulled: CK-CMP-10", "clock", "—"),
    ("told: {who: branch_gm}", "who", "— ("),
    ("told: {who: head_butler, why: breach, at: 2025-03-04 11:30}", "at", "2025-03-04 11:00"),
    ("told: {who: head_butler, contains: 不存在的话}", "contains", "【"),
    ("not_told: head_butler", "count", ""),
    ("raise: {reason: breach, roles: [head_butler]}", "roles", "assignee, first_receiver, head_butler"),
    ("raise: {reason: breach, level: 0, acknowledged: true}", "acknowledged", "false"),
    ("upgrade: major", "to", "—"),
    ("order: {department: service_center, round: 3}", "round", ""),
    ("{order: , count: 1}", "count", "2"),
    ("follow_up: {who: butler, answer: satisfied}", "answer", "unsatisfied"),
    ("promise: {clock: CK-CMP-11, kind: reply}", "kind", "resolve"),
    ("state: {status: closed}", "status", "accepted"),
    ("severity: major", "severity", "minor"),
    ("validity: valid", "validity", "unjudged"),
    ("pack: P004", "pack", "P001/3"),
    ("possible: [complete]", "possible", "assign, complete"),
    ("ending: satisfied", "ending", "—"),
    ("fact: {kind: reply_given, method: visit}", "method", "phone"),
    ("fact: {kind: order_completed, private.text: 未修好}", "private.text", "已修好"),
    ("no_fact: reply_given", "count", "1"),
    ("register: {id: R-24, received: 2}", "received", "1"),
    ("register: {id: R-24, reported_to: [head_butler]}", "reported_to", "chief_butler"),
    ("register: {id: R-24, compiled_by: butler}", "compiled_by", "service_assistant"),
    ("register: {id: R-24, categories: {service: 0}}", "categories", "service: 1"),
    ("row: {register: R-27, month: 2025-03, severity: major}", "severity", "minor"),
    ("row: {register: R-27, month: 2025-02, severity: minor}", "register", "—"),
    ("no_row: {register: R-27, month: 2025-03, severity: minor}", "count", "1"),
    ("register: {id: R-27, month: 2025-W10}", "register", "YYYY-MM"),
)


@pytest.mark.parametrize("check", HOLDS)
def test_what_was_seen_is_found(check: str) -> None:
    verdict = story(f"- {check}", when=STORY)
    assert verdict.passed, verdict.failures


@pytest.mark.parametrize(("check", "field", "seen"), FAILS)
def test_what_was_not_seen_is_shown_beside_what_was(check: str, field: str, seen: str) -> None:
    verdict = story(f"- {check}", when=STORY)
    assert not verdict.passed
    assert seen in actual(verdict, field)


@pytest.mark.parametrize(("percent", "holds"), [("50", True), ("50.0", True), ("49.9", False), ("null", False)])
def test_a_measure_is_what_reporting_works_out(percent: str, holds: bool) -> None:  # noqa: FBT001
    given = "[{name: A, received: 2025-03-04 10:00}, {name: B, received: 2025-03-04 11:00}]"
    when = """
    - {at: 12:00, case: A, by: property_manager, judge: {validity: invalid, criteria: [not_ours]}}
    - {at: 12:00, case: B, judge: valid}
    """
    then = (
        f"- measure: {{id: K-01, month: 2025-03, window: calendar, numerator: 1, denominator: 2, percent: {percent}}}"
    )
    assert story(then, when=when, given=given, pack="P000").passed is holds
