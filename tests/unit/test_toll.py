"""When too many die: the rule alone."""

import pytest

from shared.contracts.envelope import Heading
from shared.runtime.settling import NEVER
from shared.runtime.toll import LATELY, MANY, EverythingDies, Toll
from shared.storage.letters import Dead, Letter


def dead(*entities: str) -> list[Dead]:
    return [Dead(Letter(Heading(e, "intake.x", e, NEVER, 1, e), "", {}, b""), "poison") for e in entities]


def different(number: int) -> list[Dead]:
    return dead(*map(str, range(number)))


@pytest.mark.parametrize(
    ("letters", "died"),
    [
        pytest.param(200, different(100), id="half of a batch"),
        pytest.param(MANY - 1, different(MANY - 1), id="all of a small batch"),
        pytest.param(200, dead(*["a"] * 150), id="one entity"),
        pytest.param(1, [], id="nobody"),
    ],
)
def test_this_is_bad_luck(letters: int, died: list[Dead]) -> None:
    Toll().weigh(letters, died)


@pytest.mark.parametrize(
    ("letters", "died"), [pytest.param(200, 101, id="more than half"), pytest.param(MANY, MANY, id="all of twenty")]
)
def test_this_is_the_reader(letters: int, died: int) -> None:
    toll = Toll()
    with pytest.raises(EverythingDies, match=f"{died} of {letters} letters would die: poison"):
        toll.weigh(letters, different(died))
    assert not toll.stopped, "only the reader can say that it has stopped, as it alone goes on again"


def test_small_batches_add_up() -> None:
    toll = Toll()
    toll.count(LATELY, [])
    for number in range(LATELY // 2):
        toll.weigh(1, dead(str(number)))
        toll.count(1, dead(str(number)))
    with pytest.raises(EverythingDies):
        toll.weigh(1, dead("last"))


def test_what_lies_long_back_is_forgotten() -> None:
    toll = Toll()
    toll.count(MANY - 1, different(MANY - 1))
    toll.count(LATELY, [])
    toll.weigh(MANY - 1, different(MANY - 1))


def test_while_stopped_half_of_a_trial_is_enough() -> None:
    toll = Toll()
    toll.stopped = "because"
    toll.weigh(10, different(5))
    with pytest.raises(EverythingDies):
        toll.weigh(10, different(6))


def test_a_pardon_wears_off_with_what_lives_too() -> None:
    toll = Toll()
    toll.pardoned = 100
    toll.count(100, [])
    with pytest.raises(EverythingDies):
        toll.weigh(50, different(50))


def test_a_pardon_covers_as_many_as_it_says() -> None:
    toll = Toll()
    toll.pardoned = 100
    toll.weigh(100, different(100))
    toll.count(100, different(100))
    assert toll.pardoned == 0
    with pytest.raises(EverythingDies):
        toll.weigh(50, different(50))
