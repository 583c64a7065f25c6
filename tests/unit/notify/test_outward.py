"""What people outside the house are to be told: owed until staff see to it, once."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.notify.commands import SeeTo, obey
from services.notify.policy.outward import USUALLY_WITHIN
from services.notify.state import Case
from shared.contracts.escalation import NoticeWanted
from shared.contracts.fold import Actor, Ask, Grant, Moment, Refusal, Step
from shared.contracts.notify import NoticeSeenTo
from shared.packs.loader import builtin_pack
from tests.support.notify_builders import CASE, NOON, book, fold, heard, received, told

LATER = NOON + timedelta(hours=1)
DESK = Actor("desk", "前台", person="p-desk", grants=(Grant("s1", "desk"),))
GUEST = Actor("guest", "客", grants=(Grant("s1", "view"),))
NAMED = Actor("ann", "安", person="ann", grants=(Grant("s1", "view"),))
STRANGER = Actor("far", "远", grants=(Grant("s2", "desk"),))


def wanted(**more: Any) -> NoticeWanted:
    return NoticeWanted(rule="N-27", to=("borrower",), means=("phone", "visit"), people=(told("ann"),), **more)


def owing(*facts: Any) -> Case:
    state: Case = fold(received(), *facts, book=book("ann"))[-1].state
    return state


def see(case: Case | None, actor: Actor = DESK, at: datetime = LATER, **said: Any) -> Step | Refusal:
    command = SeeTo(**({"notice": "m1"} | said))
    ask = Ask(entities=(CASE,), command=command, actor=actor, at=at, right="view")
    return obey(case, ask, Moment(at=at, now=at, book=book("ann")))


def done(case: Case, **said: Any) -> NoticeSeenTo:
    step = see(case, **said)
    assert isinstance(step, Step), step
    fact = step.say[0].fact
    assert isinstance(fact, NoticeSeenTo)
    assert (step.state.owed, step.state.settled) == ((), ("m1",))
    return fact


def why(verdict: Step | Refusal) -> tuple[str, str | None, int]:
    assert isinstance(verdict, Refusal), verdict
    return verdict.why, verdict.field, verdict.status


def test_a_telling_is_owed_from_when_they_may_be_called_and_within_a_day_by_the_products_default() -> None:
    morning = NOON + timedelta(hours=20)
    (owed,) = owing(heard(wanted(not_before=morning, zh="请还钥匙", en="Keys, please"))).owed
    assert (owed.id, owed.rule, owed.to, owed.people) == ("m1", "N-27", ("borrower",), ("ann",))
    assert (owed.zh, owed.en) == ("请还钥匙", "Keys, please")
    assert (owed.due_at, owed.usual) == (morning + USUALLY_WITHIN, True)


def test_a_pack_that_names_the_minutes_is_followed() -> None:
    known, pack = book("ann"), builtin_pack("P004")
    known.put_pack(pack)
    opened = received()
    told_of = {"pack": "P004", "pack_version": pack.version, "case_type": "notice", "category": "urgent"}
    request = heard(opened.fact.model_copy(update=told_of), id="m0")
    fact = NoticeWanted(rule="N-19-BOARD", to=("owners",), means=("board",))
    (owed,) = fold(request, heard(fact), book=known)[-1].state.owed
    assert (owed.due_at, owed.usual) == (NOON + timedelta(minutes=30), False)
    assert owed.zh == "张贴紧急公示"


def test_a_telling_heard_before_its_request_is_owed_once_that_is_heard() -> None:
    steps = fold(heard(wanted()), received(), book=book("ann"))
    assert [len(step.state.owed) for step in steps] == [0, 1]


def test_a_telling_nobody_in_the_house_was_asked_for_is_owed_all_the_same() -> None:
    fact = NoticeWanted(rule="N-27", to=("borrower",), means=("phone",))
    assert len(owing(heard(fact)).owed) == 1


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param((received(), heard(wanted(silent=True))), id="silent"),
        pytest.param((received(drill=True), heard(wanted())), id="a drill"),
    ],
)
def test_nobody_outside_is_told_of_what_is_hushed(facts: tuple[Any, ...]) -> None:
    assert fold(*facts, book=book("ann"))[-1].state.owed == ()


def test_staff_record_how_when_to_whom_and_by_whom_it_was_told() -> None:
    fact = done(owing(heard(wanted())), means="visit", told_at=NOON, to="王小明", text="今晚还")
    assert (fact.notice, fact.rule, fact.outcome, fact.means) == ("m1", "N-27", "told", "visit")
    assert (fact.told_at, fact.by, fact.late, fact.due_at) == (NOON, "p-desk", False, NOON + USUALLY_WITHIN)
    assert (fact.private.to, fact.private.text) == ("王小明", "今晚还")


def test_one_word_records_the_usual_means_now() -> None:
    fact = done(owing(heard(wanted())))
    assert (fact.means, fact.told_at) == ("phone", None)


@pytest.mark.parametrize(
    ("said", "late"),
    [
        pytest.param({"at": NOON + USUALLY_WITHIN}, False, id="at the due instant"),
        pytest.param({"at": NOON + USUALLY_WITHIN + timedelta(seconds=1)}, True, id="after it"),
        pytest.param({"at": NOON + 2 * USUALLY_WITHIN, "told_at": NOON}, False, id="recorded late, told in time"),
        pytest.param(
            {"at": NOON + 2 * USUALLY_WITHIN, "outcome": "not_needed", "text": "已还"}, False, id="not needed"
        ),
    ],
)
def test_late_is_judged_by_when_they_were_told(said: dict[str, Any], *, late: bool) -> None:
    assert done(owing(heard(wanted())), **said).late is late


def test_what_is_not_needed_any_more_says_why_and_no_means() -> None:
    case = owing(heard(wanted()))
    assert why(see(case, outcome="not_needed")) == ("reason_missing", "/text", 422)
    fact = done(case, outcome="not_needed", text="钥匙已还")
    assert (fact.outcome, fact.means, fact.private.text) == ("not_needed", None, "钥匙已还")


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        pytest.param({"told_at": LATER + timedelta(hours=1)}, ("in_the_future", "/told_at", 422), id="future"),
        pytest.param({"told_at": NOON - timedelta(hours=1)}, ("too_early", "/told_at", 422), id="before it was wanted"),
        pytest.param({"notice": "m9"}, ("unknown", None, 404), id="no such notice"),
        pytest.param({"actor": GUEST}, ("no_right", None, 403), id="no right"),
        pytest.param({"actor": STRANGER}, ("unknown", None, 404), id="another site's"),
    ],
)
def test_what_cannot_be_right_is_refused(said: dict[str, Any], refusal: tuple[str, str | None, int]) -> None:
    assert why(see(owing(heard(wanted())), **said)) == refusal


def test_nothing_is_owed_by_a_case_nobody_has_heard_of() -> None:
    assert why(see(None)) == why(see(Case())) == ("unknown", None, 404)


def test_whoever_was_asked_to_may_without_the_right_of_the_desk() -> None:
    assert done(owing(heard(wanted())), actor=NAMED).by == "ann"


def test_a_telling_is_seen_to_once_and_the_next_one_stands_for_itself() -> None:
    step = see(owing(heard(wanted()), heard(wanted(), id="m2")))
    assert isinstance(step, Step)
    assert [one.id for one in step.state.owed] == ["m2"]
    assert why(see(step.state)) == ("already_seen_to", None, 409)
    assert isinstance(see(step.state, notice="m2"), Step)
