"""What a pack asks to be told: by name of its rule, outside the house, about duties that come round."""

from datetime import timedelta

from services.notify.channels.rendering import both_languages
from shared.contracts.escalation import (
    BreachAnnulled,
    CaseRaised,
    NoticeWanted,
    Reminded,
    SeverityUpgraded,
    UpgradeAnnulled,
)
from shared.packs.loader import builtin_pack
from tests.support.notify_builders import NOON, book, fold, heard, raised, received, told
from tests.support.organisation import ENGINEER

LATER = NOON + timedelta(hours=3)


def test_a_raise_by_a_notice_names_its_rule() -> None:
    fact = CaseRaised(
        reason="notice",
        rule="N-99",
        raise_id="r1",
        level=0,
        roles=(ENGINEER,),
        people=(told("ann"),),
        severity="major",
    )
    zh, en = both_languages(fold(received(), heard(fact), book=book("ann"))[-1].want[0].payload)
    assert "N-99，请知悉并处理" in zh
    assert "N-99; please take note" in en


def test_a_rule_of_the_pack_is_called_by_its_name() -> None:
    directory = book("ann")
    pack = builtin_pack("P001/3")
    directory.put_pack(pack)
    notice = pack.case_types["complaint"].raises_at_intake[0]
    opened = received()
    fact = heard(opened.fact.model_copy(update={"pack_version": pack.version}), id="m0")
    wanted = NoticeWanted(rule=notice.id, to=("customer",), means=("phone",), people=(told("ann"),))
    zh, en = both_languages(fold(fact, heard(wanted), book=directory)[-1].want[0].payload)
    assert notice.name.zh in zh
    assert notice.name.en in en


def test_staff_are_told_what_somebody_outside_is_to_hear_and_from_when() -> None:
    wanted = NoticeWanted(
        rule="N-18",
        to=("owners", "authority"),
        means=("phone", "board"),
        zh="停水到 18 点",
        en="No water until 18:00",
        not_before=LATER,
        people=(told("ann"),),
    )
    step = fold(received(), heard(wanted), book=book("ann"))[-1]
    zh, en = both_languages(step.want[0].payload)
    assert [want.recipient for want in step.want] == ["ann"]
    assert "请告知业主、主管部门（电话、公告栏）：停水到 18 点请在 2025-03-04 15:00 之后联系。" in zh
    assert "please tell owners, authority (phone, notice board): No water until 18:00 Not before" in en


def test_a_silent_notice_and_a_silent_reminder_are_told_to_nobody() -> None:
    people = (told("ann"),)
    for fact in (
        NoticeWanted(rule="N-18", to=("owners",), people=people, silent=True),
        Reminded(rule="PL-1", due_at=LATER, people=people, silent=True),
    ):
        assert fold(received(), heard(fact), book=book("ann"))[-1].want == ()


def test_a_duty_that_comes_round_reminds_those_who_have_to_do_it() -> None:
    fact = Reminded(rule="PL-1", due_at=LATER, people=(told("ann"), told("bob")))
    step = fold(received(), heard(fact), book=book("ann", "bob"))[-1]
    assert {want.recipient for want in step.want} == {"ann", "bob"}
    assert "“PL-1”应于 2025-03-04 15:00 前完成" in both_languages(step.want[0].payload)[0]


def annulled(*names: str) -> BreachAnnulled:
    return BreachAnnulled(clock="CK-CMP-13", due_at=NOON, by_fact="m9", people=tuple(map(told, names)))


def test_whoever_heard_of_a_breach_hears_that_there_was_none() -> None:
    step = fold(received(), raised(told("ann")), heard(annulled("ann"), id="m2"), book=book("ann"))[-1]
    zh, en = both_languages(step.want[0].payload)
    assert step.want[0].recipient == "ann"
    assert "“CK-CMP-13”并未超时" in zh
    assert "was not overdue after all" in en


def test_a_breach_told_to_nobody_yet_is_taken_back_and_not_retracted() -> None:
    facts = (received(), raised(told("ann", LATER), told("bob")), heard(annulled("ann", "bob"), id="m2"))
    step = fold(*facts, book=book("ann", "bob"))[-1]
    assert [want.recipient for want in step.want] == ["bob"]
    assert step.unwant == ("m1/ann/inbox",)


def test_a_breach_nobody_was_told_of_is_annulled_in_silence() -> None:
    step = fold(received(), heard(annulled(), id="m2"), book=book("ann"))[-1]
    assert (step.why, step.want) == ("breach_annulled", ())


def test_whoever_heard_of_an_upgrade_hears_that_it_had_no_cause() -> None:
    up = SeverityUpgraded(rule="UP-1", was="minor", severity="major", effective_at=NOON)
    people = (told("ann", LATER), told("bob"))
    back = UpgradeAnnulled(rule="UP-1", was="major", severity="minor", effective_at=NOON, by_fact="m9", people=people)
    facts = (received(), heard(up, id="m1"), raised(*people, reason="upgrade"), heard(back, id="m3"))
    step = fold(*facts, book=book("ann", "bob"))[-1]
    assert step.state.about.severity == "minor"
    assert [want.recipient for want in step.want] == ["bob"]
    assert len(step.unwant) == 1
    zh, en = both_languages(step.want[0].payload)
    assert "升级已撤销" in zh
    assert "the upgrade is withdrawn" in en
