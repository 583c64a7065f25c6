"""Who is told, who is not, and what is said about it."""

from datetime import timedelta
from typing import Any

import pytest

from services.notify.commands import RecordOutcome
from services.notify.folds import FOLDS, keys, ready
from services.notify.state import Case
from shared.contracts.dispatch import CaseReopened, OrderIssued, OrderTransferred
from shared.contracts.envelope import Fact, Heard
from shared.contracts.escalation import ClockWarned, ExtensionDecided, SeverityUpgraded
from shared.contracts.fold import SYSTEM, Ask, Moment, Refusal, Step
from shared.contracts.intake import RequestAmended, RequestClassified, RequestsLinked
from shared.contracts.notify import NobodyReachable, NoticeDelivered, NoticeFailed, NoticeSent
from shared.rules.book import Book
from shared.storage.slots import StateCodec
from tests.support.notify_builders import CASE, GROUP, NOON, book, fold, heard, raised, received, told
from tests.support.organisation import ENGINEER

AMENDED = RequestAmended(changed=("unit",), correction=True, by="desk")
LINKED = RequestsLinked(incident=None, was="case-1", correction=True, by="desk")
REOPENED = CaseReopened(because="false_completion", round=2, correction=True, by="lead")
ORDER = OrderIssued(site="s1", order="o1", number=1, department=ENGINEER)


def classified(*, severity: str = "major", correction: bool = True, hours: int = 1) -> RequestClassified:
    return RequestClassified(
        case_type="complaint",
        category="noise",
        severity=severity,
        validity="valid",
        correction=correction,
        effective_at=NOON + timedelta(hours=hours),
        by="desk",
    )


def channels(step: Step) -> list[tuple[str, str]]:
    return [(want.kind, want.payload["person"]) for want in step.want]


def test_everybody_a_raise_names_gets_it_in_the_inbox_at_his_own_hour() -> None:
    morning = NOON + timedelta(hours=8)
    step = fold(received(), raised(told("ann"), told("bo", morning)), book=book("ann", "bo"))[-1]
    assert [(want.key, want.recipient, want.not_before) for want in step.want] == [
        ("m1/ann/inbox", "ann", NOON),
        ("m1/bo/inbox", "bo", morning),
    ]


def test_who_gets_a_copy_is_not_asked_to_acknowledge() -> None:
    step = fold(received(), raised(told("ann"), told("bo"), copied=("bo",)), book=book("ann", "bo"))[-1]
    said = {want.payload["person"]: len(want.payload["sentences"]) for want in step.want}
    assert said == {"ann": 2, "bo": 1}


def test_a_person_named_twice_is_told_once() -> None:
    step = fold(received(), raised(told("ann"), told("ann")), book=book("ann"))[-1]
    assert channels(step) == [("inbox", "ann")]


def test_people_of_one_group_share_a_bundle_and_the_url_stays_in_the_directory() -> None:
    step = fold(received(), raised(told("ann"), told("bo")), book=book("ann", "bo", robot=GROUP))[-1]
    robots = [want for want in step.want if want.kind == "wecom"]
    assert [want.key for want in robots] == ["m1/ann/wecom", "m1/bo/wecom"]
    assert len({want.recipient for want in robots}) == 1
    assert "secret" not in repr(step.want)


@pytest.mark.parametrize("role", [ENGINEER, "assignee", "first_receiver", "head_of_everything"])
def test_the_group_of_his_post_hears_whoever_is_told_as_himself(role: str) -> None:
    named = told("ann").model_copy(update={"role": role})
    step = fold(received(), raised(named), book=book("ann", robot=GROUP))[-1]
    as_himself = role in (ENGINEER, "assignee", "first_receiver")
    assert channels(step) == [("inbox", "ann"), ("wecom", "ann")][: 1 + as_himself]


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        pytest.param("breach", (NobodyReachable(raise_id="r1"),), id="an empty chair"),
        pytest.param("unreachable", (), id="a raise about silence does not complain of silence again"),
    ],
)
def test_a_raise_without_people_is_said_aloud_once(reason: str, said: tuple[Fact, ...]) -> None:
    step = fold(received(), raised(reason=reason), book=book())[-1]
    assert tuple(say.fact for say in step.say) == said
    assert step.want == ()


@pytest.mark.parametrize(
    ("first", "why"),
    [
        pytest.param(received(drill=True), "drill", id="drill"),
        pytest.param(received(quiet_until=NOON), "told_nobody_about_the_past", id="import"),
    ],
)
@pytest.mark.parametrize(
    "fact",
    [
        pytest.param(raised(told("ann")), id="raise"),
        pytest.param(raised(), id="raise to nobody"),
        pytest.param(heard(ORDER), id="order"),
    ],
)
def test_drills_and_the_past_are_told_to_nobody(first: Heard, why: str, fact: Heard) -> None:
    step = fold(first, fact, book=book("ann"))[-1]
    assert (step.why, step.want, step.say) == (why, (), ())


def test_an_import_speaks_again_after_its_quiet_time() -> None:
    later = NOON + timedelta(seconds=1)
    step = fold(received(quiet_until=NOON), raised(told("ann"), at=later), book=book("ann"))[-1]
    assert channels(step) == [("inbox", "ann")]


def test_a_silent_warning_is_not_passed_on() -> None:
    warning = ClockWarned(clock="c", due_at=NOON, warning="share", people=(told("ann"),), silent=True)
    assert fold(received(), heard(warning), book=book("ann"))[-1].why == "silent"


@pytest.mark.parametrize(
    ("fact", "template"),
    [
        pytest.param(ORDER, "新工单", id="N-01 order issued"),
        pytest.param(ORDER.model_copy(update={"round": 2}), "第 {round} 次处理", id="N-01 second handling"),
        pytest.param(OrderTransferred(by="d", was="x", department=ENGINEER), "转到贵部门", id="N-01 transferred"),
        pytest.param(
            ClockWarned(clock="c", due_at=NOON, warning="last_call", people=(told("ann"),)),
            "下班前",
            id="ESC-6 last call",
        ),
        pytest.param(
            ClockWarned(clock="c", due_at=NOON, warning="share", people=(told("ann"),)), "到期", id="ESC-2 warning"
        ),
    ],
)
def test_the_department_or_the_assignee_hears(fact: Fact, template: str) -> None:
    step = fold(received(), heard(fact), book=book("ann"))[-1]
    assert channels(step) == [("inbox", "ann")]
    assert template in step.want[0].payload["sentences"][0]["template"]


@pytest.mark.parametrize(
    "fact",
    [
        pytest.param(AMENDED, id="amended"),
        pytest.param(LINKED, id="unlinked"),
        pytest.param(REOPENED, id="false completion"),
        pytest.param(classified(), id="reclassified"),
    ],
)
def test_a_correction_reaches_exactly_those_told_before(fact: Fact) -> None:
    people = book("ann", "bo")
    silent, loud = (
        fold(received(), heard(fact, id="m2"), book=people)[-1],
        fold(received(), raised(told("ann")), heard(fact, id="m2"), book=people)[-1],
    )
    assert silent.want == ()
    assert channels(loud) == [("inbox", "ann")]
    assert "有更正" in loud.want[0].payload["sentences"][0]["template"]


@pytest.mark.parametrize("decision", ["approved", "approved_late", "refused"])
def test_n_13_whoever_asked_for_more_time_hears_the_decision(decision: Any) -> None:
    asker = told("ann").model_copy(update={"role": "asker"})
    fact = ExtensionDecided(
        clock="CK-CMP-13",
        decision=decision,
        was_due_at=NOON,
        due_at=NOON + timedelta(hours=20),
        role="boss",
        by="bo",
        people=(asker,),
    )
    step = fold(received(), heard(fact), book=book("ann", "bo", robot=GROUP))[-1]
    assert channels(step) == [("inbox", "ann"), ("wecom", "ann")]
    assert "延期" in step.want[0].payload["sentences"][0]["template"]


def test_an_ordinary_change_is_no_correction() -> None:
    plain = classified(correction=False)
    assert fold(received(), raised(told("ann")), heard(plain, id="m2"), book=book("ann"))[-1].want == ()


def test_a_raise_heard_before_the_request_is_told_once_the_case_is_known() -> None:
    early, late = fold(raised(told("ann")), received(), book=book("ann"))
    assert (early.why, early.want) == ("held_until_received", ())
    assert [want.key for want in late.want] == ["m1/ann/inbox"]
    assert late.state.held == ()


@pytest.mark.parametrize("upgrade_first", [True, False], ids=["upgrade heard first", "upgrade heard last"])
def test_of_two_speakers_of_severity_the_latest_effect_wins(upgrade_first: bool) -> None:  # noqa: FBT001
    upgrade = SeverityUpgraded(rule="UP-1", was="major", severity="emergency", effective_at=NOON + timedelta(hours=2))
    both = [heard(upgrade, id="m2"), heard(classified(severity="minor", hours=1), id="m3")]
    step = fold(received(), *(both if upgrade_first else both[::-1]), book=book())[-1]
    assert step.state.about.severity == "emergency"


@pytest.mark.parametrize(
    ("change", "fact"),
    [
        pytest.param({}, NoticeDelivered(notice="n", person="ann", channel="inbox"), id="inbox"),
        pytest.param(
            {"channel": "wecom", "evidence": "ok", "bundled": 3},
            NoticeSent(notice="n", person="ann", channel="wecom", evidence="ok", bundled=3),
            id="robot",
        ),
        pytest.param(
            {"channel": "wecom", "taken": False, "code": "93000", "attempts": 1},
            NoticeFailed(notice="n", person="ann", channel="wecom", code="93000"),
            id="robot refused for good",
        ),
    ],
)
def test_what_became_of_a_message_is_said(change: dict[str, Any], fact: Fact) -> None:
    plain = {"notice": "n", "person": "ann", "channel": "inbox", "taken": True, "code": "0"}
    ask = Ask(entities=(CASE,), command=RecordOutcome(**plain | change), actor=SYSTEM, at=NOON)
    verdict = FOLDS.kinds[0].obey(Case(), ask, Moment(at=NOON, now=NOON, book=Book()))
    assert isinstance(verdict, Step)
    assert [say.fact for say in verdict.say] == [fact]


def test_other_commands_are_refused() -> None:
    ask = Ask(entities=(CASE,), command="dance", actor=SYSTEM, at=NOON)
    verdict = FOLDS.kinds[0].obey(Case(), ask, Moment(at=NOON, now=NOON, book=Book()))
    assert isinstance(verdict, Refusal)
    assert verdict.status == 404


def test_a_state_with_news_held_back_survives_storage() -> None:
    state = fold(raised(told("ann")), book=book("ann"))[-1].state
    codec = StateCodec(FOLDS.kinds[0])
    assert codec.decode(codec.encode(state), 1) == state


def test_a_request_waits_until_its_site_is_known() -> None:
    assert ready(received(), book())
    assert not ready(received(), Book())


def test_a_fact_touches_the_case_it_belongs_to() -> None:
    assert keys(received()) == (CASE,)
