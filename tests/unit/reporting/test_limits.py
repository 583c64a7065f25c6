"""Which limit a case is judged by, and which clock the board counts down to."""

import pytest

from services.reporting.state.standing import limit_of, next_due
from shared.contracts.dispatch import CaseClosed
from shared.contracts.envelope import Fact
from shared.contracts.escalation import BreachAnnulled, ClockArmed, ClockBreached, ClockStopped, ExtensionDecided
from tests.support.packs import local
from tests.support.reporting_builders import Log, armed, directory, folded, stopped

START, DUE = "2025-03-04 10:00", "2025-03-05 10:00"
BOOK = directory()
LATER = "2025-03-06 10:00"
ARMED = ClockArmed(clocks=(armed("CK-CMP-02", START, DUE),), because="received")
BREACHED = ClockBreached(clock="CK-CMP-02", due_at=local(DUE), severity="minor")


def ended(outcome: str, due: str = DUE) -> ClockStopped:
    return ClockStopped(clocks=(stopped("CK-CMP-02", START, due, outcome),), because="completed")


def extended(decision: str) -> ExtensionDecided:
    return ExtensionDecided.model_validate(
        {
            "clock": "CK-CMP-02",
            "decision": decision,
            "was_due_at": local(DUE),
            "due_at": local(LATER),
            "role": "r",
            "by": "p-li",
        }
    )


@pytest.mark.parametrize(
    ("facts", "due", "outcome", "breaches"),
    [
        pytest.param([ARMED], DUE, None, 0, id="running: not judged yet"),
        pytest.param([ARMED, ended("met")], DUE, "met", 0, id="kept"),
        pytest.param([ARMED, BREACHED], DUE, "late", 1, id="passed"),
        pytest.param([ARMED, BREACHED, ended("late")], DUE, "late", 1, id="passed, then done"),
        pytest.param(
            [
                ARMED,
                BREACHED,
                BreachAnnulled(clock="CK-CMP-02", due_at=local(DUE), by_fact="x"),
                ended("met"),
            ],
            DUE,
            "met",
            0,
            id="a breach disproved counts net",
        ),
        pytest.param([ARMED, ended("cancelled")], None, None, 0, id="withdrawn before the limit"),
        pytest.param([ARMED, BREACHED, ended("cancelled")], DUE, "late", 1, id="withdrawn after it"),
        pytest.param([ARMED, extended("approved"), ended("met", LATER)], LATER, "met", 0, id="extended"),
        pytest.param([ARMED, extended("refused"), BREACHED], DUE, "late", 1, id="extension refused"),
        pytest.param([ARMED, BREACHED, extended("approved_late")], DUE, "late", 1, id="AS-015 approved late"),
        pytest.param(
            [ClockArmed(clocks=(armed("CK-CMP-02", START, None),), because="received")],
            None,
            None,
            0,
            id="no number, no limit",
        ),
    ],
)
def test_the_limit_a_case_is_judged_by(facts: list[Fact], due: str | None, outcome: str | None, breaches: int) -> None:
    log = Log()
    for fact in facts:
        log.say(fact, START)
    view = folded(log.facts, BOOK)
    limit = limit_of(view, "resolve")
    assert (limit.due_at, limit.outcome) == (local(due) if due else None, outcome)
    assert view.watch.breaches == breaches


def test_of_clocks_started_together_the_one_due_first_is_the_limit() -> None:
    log = Log()
    both = (armed("CK-B", START, LATER), armed("CK-A", START, DUE))
    log.say(ClockArmed(clocks=both, because="received"), START)
    assert limit_of(folded(log.facts, BOOK), "resolve").due_at == local(DUE)


def test_a_clock_armed_anew_replaces_the_one_that_ran() -> None:
    log = Log()
    log.say(ARMED, START)
    log.say(ClockArmed(clocks=(armed("CK-CMP-02", START, LATER),), because="amended"), START)
    view = folded(log.facts, BOOK)
    assert [clock.due_at for clock in view.watch.clocks] == [local(LATER)]


def test_the_board_counts_down_to_the_earliest_running_clock_until_the_case_closes() -> None:
    log = Log()
    clocks = (armed("CK-LATE", START, LATER), armed("CK-SOON", START, DUE), armed("CK-NONE", START, None))
    log.say(ClockArmed(clocks=clocks, because="received"), START)
    due = next_due(folded(log.facts, BOOK))
    assert due is not None
    assert due.clock == "CK-SOON"
    log.say(CaseClosed(ending="completed", by="a"), START)
    assert next_due(folded(log.facts, BOOK)) is None
