"""Handling may wait where the customer agreed; nothing is put off further than that."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.escalation.commands import DecideExtension
from shared.contracts.dispatch import CaseDeferred, OrderIssued
from shared.contracts.fold import Refusal
from shared.contracts.intake import ConsentRecorded, RequestAmended
from shared.contracts.origins import Outer
from shared.rules.model import ClockRule
from shared.rules.words import Basis, PromiseKind, StartFact
from tests.support.escalation_builders import Folded, actor
from tests.support.made_packs import begun, book_of, clock, pack_of
from tests.support.packs import local

NIGHT = "2025-03-04 02:15"
HANDLE = clock("CK-H", StartFact.RECEIVED, Basis.HOURS, 4, promise=PromiseKind.RESOLVE, pausable=True, extend="lead")
REPLY = clock("CK-R", StartFact.RECEIVED, Basis.HOURS, 1, promise=PromiseKind.REPLY, pausable=True)
HARD = clock("CK-X", StartFact.RECEIVED, Basis.HOURS, 2)
LATER = clock("CK-L", StartFact.ISSUED, Basis.HOURS, 1, pausable=True)


def case(*clocks: ClockRule, cap: int | None = None, **fields: Any) -> Folded:
    pack = pack_of(*clocks, parameters={"extension_cap_days": cap} if cap else {})
    return begun(book_of(pack), NIGHT, **fields)


def deferral(until: str) -> CaseDeferred:
    return CaseDeferred(until=local(until), consent="CN-1", by="p-desk")


def test_oh_7_handling_waits_and_the_reply_does_not() -> None:
    folded = case(HANDLE, REPLY, HARD)
    folded.hear(deferral("2025-03-04 08:30"), "2025-03-04 02:20")
    assert folded.due("CK-H") == local("2025-03-04 12:25")
    assert folded.due("CK-R") == local("2025-03-04 03:15")
    assert folded.due("CK-X") == local("2025-03-04 04:15")
    found = folded.case.clock("CK-H")
    assert found is not None
    assert (found.why, found.by) == ("deferred", "p-desk")


def test_a_clock_that_starts_while_it_waits_begins_with_the_handling() -> None:
    folded = case(LATER)
    folded.hear(deferral("2025-03-04 08:30"), "2025-03-04 02:20")
    folded.hear(OrderIssued(site="s1", order="o", number=1, department="engineering_dept"), "2025-03-04 02:30")
    assert folded.due("CK-L") == local("2025-03-04 09:30")
    folded.hear(OrderIssued(site="s1", order="o", number=2, department="engineering_dept"), "2025-03-04 02:40")
    assert folded.due("CK-L") == local("2025-03-04 09:30")


def test_what_was_missed_is_not_put_off() -> None:
    folded = case(HANDLE)
    folded.past("2025-03-04 06:15")
    folded.hear(deferral("2025-03-04 08:30"), "2025-03-04 06:20")
    assert folded.due("CK-H") == local("2025-03-04 06:15")


def outer(deadline: str) -> Outer:
    return Outer(line="12345", number="A-1", deadline=local(deadline))


def test_no_consent_and_no_extension_reaches_past_the_outside_line() -> None:
    folded = case(HANDLE, outer=outer("2025-03-04 08:00"))
    folded.hear(deferral("2025-03-04 09:30"), "2025-03-04 02:20")
    assert folded.due("CK-H") == local("2025-03-04 08:00")
    folded.hear(ConsentRecorded(consent="CN-1", until=local("2025-03-04 12:00"), by="x"), "2025-03-04 02:30")
    assert folded.due("CK-H") == local("2025-03-04 08:00")
    wanted = DecideExtension(clock="CK-H", decision="approve", until=local("2025-03-04 09:00"), reason="x")
    refused = folded.ask(wanted, actor("lead", "lead"), "2025-03-04 02:40")
    assert isinstance(refused, Refusal)
    assert refused.field == "/until"


@pytest.mark.parametrize(
    ("deadline", "expected"),
    [
        pytest.param("2025-03-04 05:00", "2025-03-04 05:00", id="earlier than ours"),
        pytest.param("2025-03-05 05:00", "2025-03-04 06:15", id="later than ours"),
    ],
)
def test_an_outside_line_named_afterwards_moves_the_promise(deadline: str, expected: str) -> None:
    folded = case(HANDLE)
    folded.hear(RequestAmended(changed=("outer",), outer=outer(deadline), by="x"), "2025-03-04 02:30")
    assert folded.due("CK-H") == local(expected)
    folded.hear(RequestAmended(changed=("outer",), outer=None, by="x"), "2025-03-04 02:40")
    assert folded.due("CK-H") == local("2025-03-04 06:15")


@settings(max_examples=60)
@given(
    waits=st.lists(st.integers(-60, 3000), min_size=1, max_size=4),
    asked=st.lists(st.integers(1, 6000), max_size=4),
    cap=st.none() | st.integers(1, 3),
)
def test_a_wait_and_an_extension_never_exceed_their_caps(waits: list[int], asked: list[int], cap: int | None) -> None:
    folded = case(HANDLE, REPLY, HARD, cap=cap)
    start, longest = local(NIGHT), 0
    for minute in waits:
        before = folded.due("CK-H")
        assert before is not None
        until = start + timedelta(minutes=minute)
        folded.hear(CaseDeferred(until=until, consent="CN-1", by="x"), NIGHT)
        longest = max(longest, minute)
        assert folded.due("CK-H") == max(before, start + timedelta(hours=4, minutes=longest))
    for minute in asked:
        before = folded.due("CK-H")
        assert before is not None
        wanted = DecideExtension(clock="CK-H", decision="approve", until=start + timedelta(minutes=minute), reason="x")
        folded.ask(wanted, actor("lead", "lead"), NIGHT)
        after = folded.due("CK-H")
        assert after is not None
        assert before <= after
        assert cap is None or after <= before + timedelta(days=cap)
    assert (folded.due("CK-R"), folded.due("CK-X")) == (start + timedelta(hours=1), start + timedelta(hours=2))
