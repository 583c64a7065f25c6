"""No sequence of allowed acts leaves a case of any built-in procedure without a next step or an end.

And whoever hears the facts knows what dispatch knows: marks, money, and which steps stand.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from random import Random  # noqa: TID251  seeded by whoever asks

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.dispatch.policy.lifecycle import Status
from services.dispatch.state import CaseState, progress
from shared.contracts.dispatch import CaseClosed, CaseReopened, StepTaken
from shared.contracts.envelope import Fact
from shared.packs.loader import builtin
from shared.rules.model import CaseType, Pack
from shared.rules.stepping import standing_marks
from shared.rules.steps import Gate, StepRule
from tests.support.wandering import DeadEnd, Wanderer

ALL = [pytest.param(pack, kind, id=f"{pack.id}-{kind.id}") for pack in builtin() for kind in pack.case_types.values()]
FEW = settings(max_examples=30)


@pytest.mark.parametrize(("pack", "kind"), ALL)
@FEW
@given(seed=st.integers(0, 10**6), moves=st.integers(0, 25))
def test_wherever_people_wander_there_is_a_way_to_the_end(pack: Pack, kind: CaseType, seed: int, moves: int) -> None:
    wanderer = Wanderer(pack, kind, Random(seed))
    wanderer.wander(moves)
    assert_heard(wanderer.hand.known, [say.fact for say in wanderer.hand.said])
    wanderer.ends()

    assert wanderer.closed
    assert_heard(wanderer.hand.known, [say.fact for say in wanderer.hand.said])


def assert_heard(state: CaseState, facts: list[Fact]) -> None:
    """What the facts alone say of the case is what dispatch keeps of it."""
    steps = [fact for fact in facts if isinstance(fact, StepTaken)]
    counts = {fact.step: fact.count for fact in steps}
    closed = [isinstance(fact, CaseClosed) for fact in facts if isinstance(fact, CaseClosed | CaseReopened)]

    assert counts == {id_: one.count for id_, one in state.work.taken.items()}
    assert (steps[-1].marks if steps else ()) == tuple(sorted(standing_marks(state.work.taken)))
    assert _held(steps) == {id_: sums.left for id_, sums in state.work.sums.items() if sums.left}
    assert (state.status is Status.CLOSED) == bool(closed and closed[-1])


def _held(steps: list[StepTaken]) -> Mapping[str, Decimal]:
    signs = {"pay": 1, "deduct": -1, "refund": -1, "settle": -1}
    moved: dict[str, Decimal] = {}
    for fact in steps:
        for entry in fact.money:
            moved[entry.item] = moved.get(entry.item, Decimal(0)) + signs[entry.move] * Decimal(entry.amount)
    return {item: left for item, left in moved.items() if left}


@pytest.mark.parametrize(("pack", "kind"), ALL[:3])
@given(seed=st.integers(0, 10**6))
@settings(max_examples=5)
def test_the_same_story_told_again_ends_in_the_same_state(pack: Pack, kind: CaseType, seed: int) -> None:
    first, again = (Wanderer(pack, kind, Random(seed)) for _ in range(2))
    for one in (first, again):
        one.wander(20)

    assert first.hand.known == again.hand.known
    assert [say.fact for say in first.hand.said] == [say.fact for say in again.hand.said]
    assert progress(first.hand.known).now == progress(again.hand.known).now


def test_a_procedure_without_an_end_is_found_out() -> None:
    pack, kind = ALL[0].values
    assert isinstance(pack, Pack)
    assert isinstance(kind, CaseType)
    text = kind.name
    never = StepRule("never", text, "x", after=("missing",), before=(Gate.ACCEPT,))
    missing = StepRule("missing", text, "x", after=("never",))
    stuck = replace(kind, steps=(never, missing))
    with pytest.raises(DeadEnd, match="waits for itself"):
        Wanderer(replace(pack, case_types={**pack.case_types, kind.id: stuck}), stuck, Random(1)).ends()
