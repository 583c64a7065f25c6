"""An entity is folded again from the log only where the fold says what was said, in the same words and order."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from shared.contracts.dispatch import CaseClosed, DispatchFact, OrderStarted
from shared.contracts.envelope import Fact, Heading, Heard
from shared.contracts.fold import Folds, Moment, Say, Step
from shared.contracts.ids import RealIds
from shared.contracts.intake import ConsentRecorded, RequestWithdrawn
from shared.process.replaying import NotProvable, Replay
from shared.rules.book import Book
from shared.runtime.folding import Folding
from shared.storage.letters import Letter
from shared.storage.slots import Slot
from shared.storage.unit import Work
from tests.support.packs import local
from tests.support.toy import FUSE, HEARER, Counter

CASE = "case-a"
NINE = local("2025-03-04 09:00")
CONSENT = ConsentRecorded(consent="CN-2", by="x")
POISON = CONSENT.model_copy(update={"consent": "poison"})


def letter(fact: Fact, version: int, at: datetime = NINE, entity: str = CASE) -> Letter:
    """A fact heard, as the log has it."""
    name = f"{fact.wire_kind()}-{version}"
    return written(Heading(name, fact.wire_kind(), entity, at, version, entity), fact)


def written(heading: Heading, fact: Fact) -> Letter:
    body = fact.model_dump_json().encode()
    return Letter(heading, fact.subject(heading), heading.headers(), body, Heard(heading, fact))


def lived(letters: Sequence[Letter]) -> tuple[Work, list[Letter]]:
    """What the toy hearer makes of *letters*, and the log as it stands afterwards."""
    folding, work = Folding(HEARER, Book(), RealIds()), Work({CASE: Slot(CASE)})
    log: list[Letter] = []
    for each in letters:
        said = len(work.spoken)
        folding.hear(work, each, NINE)
        log += [each, *(written(spoken.heading, spoken.fact) for spoken in work.spoken[said:])]
    return work, log


def again(log: Sequence[Letter], folds: Folds = HEARER) -> Work:
    return Replay(folds, Book(), log, NINE).of(CASE)


def test_what_only_heard_is_the_same_again() -> None:
    live, log = lived([letter(CONSENT, 1), letter(RequestWithdrawn(by="x"), 2)])
    work = again(log)
    slot, was = work.slots[CASE], live.slots[CASE]
    assert (slot.state, slot.said, slot.said_chain, slot.heard) == (was.state, was.said, was.said_chain, was.heard)
    assert work.spoken == []
    assert len(work.applied) == 2


def test_the_log_may_hold_a_consequence_before_its_cause() -> None:
    live, log = lived([letter(CONSENT, 1), letter(CONSENT, 2)])
    first, said, second, more = log
    assert again([first, more, second, said]).slots[CASE].said_chain == live.slots[CASE].said_chain


def _burn(state: Counter | None, heard: Heard, _moment: Moment) -> Step:
    return Step(why="lit", state=replace(state or Counter(), due_at=heard.heading.at + FUSE))


def _fire(state: Counter, _moment: Moment) -> Step:
    return Step(why="fuse", state=replace(state, due_at=None), say=(Say(OrderStarted(by="time")),))


KIND = replace(HEARER.kinds[0], react=_burn, fire=_fire, due=lambda state: state.due_at)
FUSED = Folds(service="dispatch", hears=("intake",), kinds=(KIND,))


def test_what_time_alone_made_it_say_is_said_at_its_instant() -> None:
    folding, live = Folding(FUSED, Book(), RealIds()), Work({CASE: Slot(CASE)})
    heard = letter(CONSENT, 1)
    folding.hear(live, heard, NINE)
    folding.tick(live, NINE + FUSE + timedelta(hours=1))
    [said] = [written(spoken.heading, spoken.fact) for spoken in live.spoken]
    assert said.heading.at == NINE + FUSE
    assert again([heard, said], FUSED).slots[CASE].said_chain == live.slots[CASE].said_chain


def test_an_act_of_a_person_is_not_made_up() -> None:
    _, log = lived([letter(CONSENT, 1)])
    act = written(Heading("act", "dispatch.order_started", CASE, NINE, 2, CASE), OrderStarted(by="9"))
    with pytest.raises(NotProvable, match="act_of_a_person 2"):
        again([*log, act])


def other_words(log: list[Letter], fact: DispatchFact) -> list[Letter]:
    return [written(one.heading, fact) if one.heading.speaker == "dispatch" else one for one in log]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        pytest.param(lambda log: other_words(log, OrderStarted(by="9")), "said_otherwise 1", id="in other words"),
        pytest.param(
            lambda log: other_words(log, CaseClosed(ending="satisfied", by="x")), "said_otherwise 1", id="another fact"
        ),
        pytest.param(lambda log: log[:1], "said_more 1", id="something it does not hold"),
        pytest.param(lambda log: log[2:], "gap 1", id="without the beginning"),
        pytest.param(lambda log: [log[0], *log[2:]], "gap 1", id="with a hole in what it said"),
        pytest.param(lambda log: [*log[:2], log[3]], "said_otherwise 2", id="without the cause"),
        pytest.param(lambda log: [log[0], log[1], letter(CONSENT, 3)], "gap 2", id="with a hole in what it heard"),
        pytest.param(
            lambda log: [log[0], log[1], letter(POISON, 2)],
            "bad_letter 2",
            id="with a letter that is poison",
        ),
        pytest.param(lambda log: [letter(CONSENT, 1, entity="case-b"), *log], "several_entities 1", id="of another"),
    ],
)
def test_what_the_fold_does_not_say_is_not_taken(change: object, why: str) -> None:
    _, log = lived([letter(CONSENT, 1), letter(CONSENT, 2)])
    assert callable(change)
    with pytest.raises(NotProvable, match=why):
        again(change(log))
