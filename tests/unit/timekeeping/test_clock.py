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
