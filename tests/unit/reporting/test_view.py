"""What facts make of a case, whatever the order between speakers."""

from itertools import combinations
from random import Random  # noqa: TID251  a seed given by hypothesis, nothing depends on chance

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.reporting.folds import FOLDS
from services.reporting.state.standing import is_open, status_of
from services.reporting.state.view import CaseView
from services.reporting.store.rows import encoded, row_of
from shared.contracts.dispatch import (
    CaseClosed,
    OrderAccepted,
    OrderCompleted,
    OrderReturned,
    OrderStarted,
    OrderTransferred,
)
from shared.contracts.envelope import Fact, Heard
from shared.contracts.fold import SYSTEM, Ask, Moment, Refusal
from shared.contracts.intake import (
    IncidentOpened,
    RequestAmended,
    RequestsLinked,
    RequestWithdrawn,
)
from shared.rules.book import Book
from tests.support.packs import local
from tests.support.reporting_builders import CASE, Log, directory, folded, received
from tests.support.reporting_life import DUE, START, issued, reclassified, upgraded, whole_life

BOOK = directory()


def shuffled_between_speakers(facts: list[Heard], seed: int) -> list[Heard]:
    """Any interleaving that keeps each speaker's own order."""
    chance = Random(seed)
    lanes: dict[str, list[Heard]] = {}
    for heard in facts:
        lanes.setdefault(heard.heading.speaker, []).append(heard)
    mixed = []
    while lanes:
        speaker = chance.choice(sorted(lanes))
        mixed.append(lanes[speaker].pop(0))
        if not lanes[speaker]:
            del lanes[speaker]
    return mixed


@settings(max_examples=60)
@given(st.integers(0, 2**32))
def test_the_order_between_speakers_makes_no_difference(seed: int) -> None:
    facts = whole_life()
    mixed = shuffled_between_speakers(facts, seed)
    assert row_of(CASE, folded(mixed, BOOK)) == row_of(CASE, folded(facts, BOOK))


def test_a_whole_life_ends_in_one_row() -> None:
    row = row_of(CASE, folded(whole_life(), BOOK))
    expected = {
        "status": "closed",
        "open": False,
        "severity": "major",
        "round": 2,
        "asked": 2,
        "answers": 2,
        "satisfied": 1,
        "satisfaction": "satisfied",
        "reopened": 1,
        "breaches": 1,
        "raises": 1,
        "resolve_outcome": "late",
        "resolve_due_at": local(DUE),
        "next_due_at": None,
        "handled_by": "p-li",
        "department": "d-eng",
        "responsible": "cleaning_dept",
        "month": "2025-03",
        "kind": "complaint",
        "validity": "valid",
        "first_reply_at": local("2025-03-04 10:10"),
        "form": {"area": "3", "seen": "no"},
        "flags": ["area=3", "solved_later", "visit=fail"],
    }
    assert {name: row[name] for name in expected} == expected


def test_a_row_names_nobody_in_words() -> None:
    told = received(START, private={"name": "王小明", "phone": "13800000000", "content": "楼道脏"})
    log = Log()
    log.say(told, START)
    written = encoded([row_of(CASE, folded(log.facts, BOOK))])
    assert "王小明" not in written
    assert "13800000000" not in written
    assert "楼道脏" not in written


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        pytest.param([], "received", id="nothing but the request"),
        pytest.param([issued()], "dispatched", id="an order left"),
        pytest.param([issued(), OrderAccepted(by="a")], "accepted", id="signed for"),
        pytest.param([issued(), OrderStarted(by="a")], "in_progress", id="begun"),
        pytest.param([issued(), OrderReturned(by="a", department="d")], "returned", id="given back"),
        pytest.param([issued(), OrderTransferred(by="a", was="d", department="e")], "dispatched", id="elsewhere"),
        pytest.param([issued(), OrderCompleted(by="a")], "resolved", id="done"),
        pytest.param([issued(), CaseClosed(ending="withdrawn", by="a")], "closed", id="ended"),
        pytest.param([RequestsLinked(incident="case-2", by="a")], "joined", id="under an incident"),
        pytest.param(
            [RequestsLinked(incident="case-2", by="a"), CaseClosed(ending="with_incident", by="a")],
            "closed",
            id="closed with its incident",
        ),
        pytest.param(
            [RequestsLinked(incident="case-2", by="a"), RequestsLinked(incident=None, by="a"), issued()],
            "dispatched",
            id="taken off again",
        ),
        pytest.param([RequestWithdrawn(by="a")], "received", id="withdrawn, dispatch not yet heard"),
    ],
)
def test_status(facts: list[Fact], status: str) -> None:
    log = Log()
    log.say(received(START), START)
    for fact in facts:
        log.say(fact, START)
    assert status_of(folded(log.facts, BOOK)) == status


LATER = "2025-03-06 10:00"


@pytest.mark.parametrize(
    ("first", "second", "severity"),
    [
        pytest.param(reclassified("minor", LATER), upgraded(DUE), "minor", id="the later decision"),
        pytest.param(reclassified("minor", DUE), upgraded(LATER), "major", id="the later upgrade"),
    ],
)
def test_severity_is_the_value_in_force_last_whoever_said_it(first: Fact, second: Fact, severity: str) -> None:
    log = Log()
    log.say(received(START), START)
    log.say(first, START)
    log.say(second, START)
    for order in (log.facts, [log.facts[0], log.facts[2], log.facts[1]]):
        view = folded(order, BOOK)
        assert view.graded is not None
        assert view.graded.severity == severity


def test_an_amendment_changes_what_it_names_and_nothing_else() -> None:
    log = Log()
    log.say(received(START), START)
    earlier = local("2025-02-28 23:30")
    log.say(RequestAmended(changed=("received_at", "unit"), received_at=earlier, by="p-li"), START)
    row = row_of(CASE, folded(log.facts, BOOK))
    assert (row["month"], row["unit"], row["channel"]) == ("2025-02", None, "phone")


def test_a_reopened_case_is_open_and_not_complete() -> None:
    facts = whole_life()[:-3]
    view = folded(facts, BOOK)
    assert is_open(view)
    assert view.handling.completed_at is None


def test_an_incident_is_known_by_either_fact() -> None:
    log = Log()
    log.say(received(START), START)
    log.say(IncidentOpened(site="s000", area="3栋", cause="flood", by="p-li"), START)
    opening = folded(log.facts, BOOK).opening
    assert opening is not None
    assert opening.opens_incident


@pytest.mark.parametrize("fact", [reclassified("minor", START), RequestWithdrawn(by="a")])
def test_facts_before_the_request_change_nothing_but_what_they_alone_know(fact: Fact) -> None:
    log = Log()
    log.say(fact, START)
    assert folded(log.facts, BOOK).opening is None


@pytest.mark.parametrize(
    ("change", "ready"),
    [
        pytest.param({}, True, id="all known"),
        pytest.param({"site": "nowhere"}, False, id="site not heard of yet"),
        pytest.param({"pack_version": 9}, False, id="pack version not heard of yet"),
    ],
)
def test_a_case_waits_for_its_site_and_pack(change: dict[str, object], ready: bool) -> None:  # noqa: FBT001
    log = Log()
    assert FOLDS.ready(log.say(received(START, **change), START), BOOK) is ready


def test_nobody_can_ask_anything_of_a_number() -> None:
    ask = Ask(entities=(CASE,), command=None, actor=SYSTEM, at=local(START))
    verdict = FOLDS.kinds[0].obey(CaseView(), ask, Moment(at=local(START), now=local(START), book=Book()))
    assert isinstance(verdict, Refusal)


def test_pairs_of_speakers_swap_freely() -> None:
    facts = whole_life()
    whole = row_of(CASE, folded(facts, BOOK))
    for first, second in combinations(("intake", "dispatch", "escalation", "notify"), 2):
        order = [first, second]
        mixed = sorted(
            facts, key=lambda h: order.index(h.heading.speaker) if h.heading.speaker in order else len(order)
        )
        assert row_of(CASE, folded(mixed, BOOK)) == whole
