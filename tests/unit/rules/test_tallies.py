"""How many there are: what is added, taken, and refused because there are fewer."""

import pytest

from shared.organisation.records import Named
from shared.rules.tallies import TallyMove, TallyRule, TooFew, tallied

IN = TallyRule("there", "came", TallyMove.ADD)
OUT = TallyRule("there", "went", TallyMove.TAKE, Named("柜中没有这么多", "the cabinet has fewer"))


def test_what_is_added_can_be_taken_away_to_the_last_one() -> None:
    assert tallied((IN, OUT), {"came": "3", "went": "5"}, {"there": 2, "elsewhere": 7}) == {"there": 0, "elsewhere": 7}


@pytest.mark.parametrize(("there", "shown"), [(2, "现有 2"), (0, "现有 0")])
def test_no_more_is_taken_than_there_is_and_the_refusal_says_how_many(there: int, shown: str) -> None:
    found = tallied((OUT,), {"went": "3"}, {"there": there} if there else {})
    assert isinstance(found, TooFew)
    assert (found.field, found.wrong.zh) == ("went", f"柜中没有这么多（{shown}）")
    assert f"there are {there}" in found.wrong.en


def test_of_several_moves_all_are_carried_out_or_none() -> None:
    before = {"there": 1}
    assert isinstance(tallied((IN, OUT), {"came": "1", "went": "3"}, before), TooFew)
    assert before == {"there": 1}


def test_a_field_left_empty_moves_nothing() -> None:
    assert tallied((OUT,), {}, {"there": 1}) == {"there": 1}
