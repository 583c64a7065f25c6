"""An import says what its clocks did at one instant in one fact."""

from datetime import UTC, datetime, timedelta

from services.escalation.saying.gathering import gathered
from shared.contracts.escalation import ClockArmed, ClockBreached, ClockStopped
from shared.contracts.fold import Say
from shared.contracts.pieces import Armed, Stopped

T0 = datetime(2022, 1, 1, tzinfo=UTC)
T1 = T0 + timedelta(days=5)


def armed(clock: str, at: datetime, due: datetime | None = None) -> Say:
    one = Armed(clock=clock, start_at=at, due_at=due, basis="unset" if due is None else "days")
    return Say(ClockArmed(clocks=(one,), because="received"), at=at)


def stopped(clock: str, start: datetime, at: datetime, due: datetime | None = None) -> Say:
    outcome = "unset" if due is None else "met"
    one = Stopped.model_validate({"clock": clock, "start_at": start, "due_at": due, "outcome": outcome})
    return Say(ClockStopped(clocks=(one,), because="completed"), at=at)


def test_clocks_armed_at_one_instant_share_a_fact() -> None:
    (said,) = gathered([armed("A", T0, T1), armed("B", T0)])
    assert isinstance(said.fact, ClockArmed)
    assert [clock.clock for clock in said.fact.clocks] == ["A", "B"]


def test_a_clock_without_a_number_that_ends_as_it_begins_is_not_mentioned() -> None:
    assert gathered([armed("A", T0), stopped("A", T0, T0)]) == []


def test_a_clock_with_a_number_is_always_mentioned() -> None:
    said = gathered([armed("A", T0, T1), stopped("A", T0, T0, T1)])
    assert [type(say.fact) for say in said] == [ClockArmed, ClockStopped]


def test_other_instants_and_other_facts_keep_their_place() -> None:
    breach = Say(ClockBreached(clock="A", due_at=T1, severity="minor"), at=T1)
    said = [armed("A", T0, T1), breach, stopped("A", T0, T1 + timedelta(days=1), T1)]
    assert gathered(said) == said


def test_a_clock_that_ran_twice_at_one_instant_is_left_as_it_was_said() -> None:
    said = [armed("A", T0, T1), stopped("A", T0, T0, T1), armed("A", T0, T1)]
    assert sorted(map(repr, gathered(said))) == sorted(map(repr, said))
