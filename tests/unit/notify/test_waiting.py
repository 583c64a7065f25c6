"""Messages that wait for the morning (ESC-6), and what makes them pointless before it."""

from datetime import timedelta
from typing import Any

import pytest

from services.notify.commands import RecordOutcome
from services.notify.folds import FOLDS
from shared.contracts.dispatch import CaseClosed, CaseReopened
from shared.contracts.envelope import Fact, Heard
from shared.contracts.escalation import BreachAnnulled, ClockStopped, ClockWarned, RaiseAcknowledged
from shared.contracts.fold import SYSTEM, Ask, Moment, Step
from shared.contracts.intake import RequestAmended
from shared.contracts.notify import NoticeDropped
from shared.contracts.pieces import Stopped
from shared.rules.book import Book
from tests.support.notify_builders import CASE, GROUP, NOON, book, fold, heard, raised, received, told

AMENDED = RequestAmended(changed=("unit",), correction=True, by="desk")
MORNING = NOON + timedelta(hours=20)
CLOSED = CaseClosed(ending="satisfied", by="ann")
TAKEN = RaiseAcknowledged(raise_id="r1", by="bo", level=0)
STOPPED = ClockStopped(
    clocks=(Stopped(clock="CK-CMP-13", start_at=NOON, due_at=NOON, outcome="met"),), because="completed"
)
ANNULLED = BreachAnnulled(clock="CK-CMP-13", due_at=NOON, by_fact="m9")
WARNING = heard(
    ClockWarned(clock="CK-CMP-13", due_at=MORNING, warning="share", people=(told("ann", MORNING),)), id="m1"
)


@pytest.mark.parametrize(
    ("news", "fact", "because"),
    [
        pytest.param(raised(told("ann", MORNING)), CLOSED, "closed", id="a raise, closed overnight"),
        pytest.param(raised(told("ann", MORNING)), TAKEN, "acknowledged", id="a raise, taken overnight"),
        pytest.param(raised(told("ann", MORNING)), ANNULLED, "annulled", id="a breach that was none"),
        pytest.param(WARNING, STOPPED, "ended", id="a warning, met overnight"),
        pytest.param(WARNING, CLOSED, "closed", id="a warning, closed overnight"),
        pytest.param(raised(told("ann", MORNING)), STOPPED, None, id="a breach stays one, done or not"),
        pytest.param(
            raised(told("ann", MORNING)), TAKEN.model_copy(update={"raise_id": "r2"}), None, id="another raise taken"
        ),
        pytest.param(WARNING, TAKEN, None, id="a warning is nobody's to take"),
        pytest.param(raised(told("ann")), CLOSED, None, id="told already"),
    ],
)
def test_what_waits_for_the_morning_is_dropped_once_pointless(news: Heard, fact: Fact, because: Any) -> None:
    step = fold(received(), news, heard(fact, id="m2"), book=book("ann", robot=GROUP))[-1]
    dropped = [
        NoticeDropped(notice="m1.ann", person="ann", channel=channel, because=because)
        for channel in ("inbox", "wecom")
        if because
    ]
    assert [say.fact for say in step.say] == dropped
    assert step.unwant == (("m1/ann/inbox", "m1/ann/wecom") if because else ())


def test_a_raise_heard_after_the_end_does_not_wait_for_the_morning() -> None:
    late = fold(received(), heard(CLOSED, id="m2"), raised(told("ann", MORNING)), book=book("ann"))[-1]
    assert late.unwant == ("m1/ann/inbox",)
    assert late.state.waiting == ()


def test_reopened_the_case_waits_for_mornings_again() -> None:
    facts = (heard(CLOSED, id="m2"), heard(CaseReopened(because="customer", round=2, by="ann"), id="m3"))
    again = fold(received(), *facts, raised(told("ann", MORNING)), book=book("ann"))[-1]
    assert again.unwant == ()


def test_what_has_left_is_not_dropped() -> None:
    waiting = fold(received(), raised(told("ann", MORNING)), book=book("ann"))[-1].state
    outcome = RecordOutcome(notice="m1.ann", person="ann", channel="inbox", taken=True, code="0")
    ask = Ask(entities=(CASE,), command=outcome, actor=SYSTEM, at=MORNING)
    sent = FOLDS.kinds[0].obey(waiting, ask, Moment(at=MORNING, now=MORNING, book=Book()))
    assert isinstance(sent, Step)
    assert fold(heard(CLOSED, id="m2", at=MORNING), book=book("ann"), case=sent.state)[-1].say == ()


def test_a_retraction_reaches_people_after_the_end() -> None:
    step = fold(received(), raised(told("ann")), heard(CLOSED, id="m2"), heard(AMENDED, id="m3"), book=book("ann"))[-1]
    assert [(want.kind, want.payload["person"]) for want in step.want] == [("inbox", "ann")]
    assert step.unwant == ()
