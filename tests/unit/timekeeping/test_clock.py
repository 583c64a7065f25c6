from datetime import UTC, datetime, timedelta

import pytest

from shared.timekeeping.clock import Clock, SystemClock
from tests.support.clock import HandClock


def test_the_system_clock_answers_in_utc() -> None:
    assert SystemClock().now().tzinfo is UTC


def test_a_correction_replaces_the_one_before() -> None:
    corrected, plain = SystemClock(), SystemClock()
    corrected.correct(timedelta(days=9))
    corrected.correct(timedelta(days=-2))

    assert timedelta(days=-2) <= corrected.now() - plain.now() + timedelta(hours=1) < timedelta(days=-1)


@pytest.mark.parametrize(
    ("theirs", "after", "apart"),
    [
        pytest.param(0.5, 1.0, 0.0, id="in the middle of the question"),
        pytest.param(0.1, 5.0, 0.0, id="this process was held up while it asked"),
        pytest.param(3.0, 1.0, 2.0, id="surely ahead, by what the question does not explain"),
        pytest.param(-3.0, 1.0, -3.0, id="surely behind"),
        pytest.param(3.0, 0.0, 3.0, id="an answer at once leaves no doubt"),
    ],
)
def test_clocks_are_apart_only_by_what_asking_does_not_explain(theirs: float, after: float, apart: float) -> None:
    before = datetime(2025, 3, 4, tzinfo=UTC)
    found = SystemClock.apart(before, before + timedelta(seconds=theirs), before + timedelta(seconds=after))
    assert found == timedelta(seconds=apart)


def test_a_hand_clock_stands_still_until_moved() -> None:
    hand = HandClock(datetime(2025, 3, 4, tzinfo=UTC))
    clock: Clock = hand

    assert clock.now() == clock.now() == datetime(2025, 3, 4, tzinfo=UTC)
    hand.advance(timedelta(minutes=5))
    assert clock.now() == datetime(2025, 3, 4, 0, 5, tzinfo=UTC)
    hand.set(datetime(2025, 1, 1, tzinfo=UTC))
    assert clock.now() == datetime(2025, 1, 1, tzinfo=UTC)


def test_a_hand_clock_wants_a_zone() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        HandClock(datetime(2025, 3, 4))  # noqa: DTZ001 - the mistake under test
