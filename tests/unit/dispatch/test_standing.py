"""What reaches beyond one case: numbers of a site, names on its rolls, dates kept for later forms."""

from dataclasses import replace
from typing import Any

import pytest

from services.dispatch.commands import Accept, Complete, FollowUp, entities_of
from services.dispatch.folds import CASE, SITE
from services.dispatch.policy.standing import UNTOUCHED, SiteState, differing
from services.dispatch.reactions.sites import Taken, reaching_steps, retold
from services.dispatch.state import site_entity
from shared.contracts.dispatch import StepTaken
from shared.contracts.fold import Ask, Moment, Refusal, Step
from shared.organisation.records import Named
from shared.rules.forms import FieldKind, FormField
from tests.support.dispatch_builders import SITE as SITE_ID
from tests.support.dispatch_builders import TUESDAY, WORKER, Hand, actor, request
from tests.support.standing_builders import BAR, ISSUE, LIFT, SIGN, SORRY
from tests.support.step_builders import ASKED, NAME, WORKERS, case_of, refused, step, take


def next_case(first: Hand, name: str = "2") -> Hand:
    """Another case at the same site, which finds what the first one left there."""
    other = Hand(first.book, "case-" + name * 32, standing=first.standing)
    other.hear(request().model_copy(update={"number": f"SZ1-20250304-{name}"}))
    return other


def test_a_number_is_given_when_the_step_turns_out_so_and_the_next_case_has_the_next() -> None:
    one = case_of(SIGN)
    one.does(take("sign=refused"))
    assert (one.last().form, one.standing) == ({}, SiteState())

    one.does(take("sign=approved"))
    two = next_case(one).does(take("sign=approved"))

    assert one.last().form == {"no": "GS-SZ1-2025-001"}
    assert two.last().form == {"no": "GS-SZ1-2025-002"}
    assert two.standing == SiteState(serials={"GS-SZ1-2025-{number}": 2})


def test_a_refused_step_takes_no_number() -> None:
    hand = case_of(SIGN)

    verdict = refused(hand, take("sign=approved", form={"no": "GS-7"}))

    assert (verdict.status, verdict.why, verdict.field) == (422, "form_given", "/form/no")
    assert hand.standing is None
    assert hand.does(take("sign=approved")).last().form == {"no": "GS-SZ1-2025-001"}


def test_a_name_barred_in_one_case_is_barred_in_the_next_until_it_is_lifted() -> None:
    one = case_of(BAR, LIFT, ISSUE).does(take("bar", form={"who": "陈工 440301199001011234"}))
    two = next_case(one)

    verdict = refused(two, take("issue", form={"workers": "李工\n陈 工"}))
    two.does(take("lift", form={"whom": "陈工"}), take("issue", form={"workers": "李工\n陈工"}))

    assert (verdict.status, verdict.why, verdict.field) == (422, "on_roll", "/form/workers")
    assert verdict.text.gaps == {"wrong": SORRY}
    assert verdict.hint is not None
    assert "SZ1-20250304-001" in str(verdict.hint.gaps)
    assert "证件" in verdict.hint.sentence
    assert two.standing == SiteState()


def test_what_the_site_keeps_says_who_put_it_there_in_which_case_and_when() -> None:
    hand = case_of(BAR).does(take("bar", form={"who": "陈工"}))

    assert hand.standing is not None
    (listed,) = hand.standing.rolls["barred"]
    assert (listed.name, listed.case, listed.number, listed.step) == ("陈工", hand.case, "SZ1-20250304-001", "bar")
    assert (listed.by, listed.at, listed.personal) == ("p-1", hand.at, True)
    assert hand.known.work.rolls == {}


def test_only_steps_that_reach_the_site_are_folded_with_it() -> None:
    hand = case_of(SIGN, BAR, step("plain", form=(replace(WORKERS, id="x"),)))
    case, site = hand.case, site_entity(SITE_ID)

    reached = {word: entities_of(case, hand.known, take(word), hand.book) for word in ("sign", "bar", "plain", "ghost")}

    assert reached == {"sign": (case, site), "bar": (case, site), "plain": (case,), "ghost": (case,)}
    assert entities_of(case, hand.known, Accept(), hand.book) == (case,)
    assert entities_of(case, None, take("sign"), hand.book) == (case,)


def test_a_step_folded_without_its_site_is_put_off() -> None:
    hand = case_of(SIGN)
    ask = Ask(entities=(hand.case,), command=take("sign=approved"), actor=actor("lead"), at=TUESDAY)

    verdict = CASE.obey(hand.known, ask, Moment(TUESDAY, TUESDAY, hand.book))

    assert isinstance(verdict, Refusal)
    assert (verdict.status, verdict.why) == (409, "changed_meanwhile")


@pytest.mark.parametrize("command", [Accept(), take("sign=approved")], ids=["an act", "a step"])
def test_a_site_is_no_case(command: Any) -> None:
    hand = case_of(SIGN)
    site = site_entity(SITE_ID)
    ask = Ask(entities=(site,), command=command, actor=WORKER, at=TUESDAY)
    moment = Moment(TUESDAY, TUESDAY, hand.book, beside={site: SiteState()})

    verdict = SITE.obey(SiteState(), ask, moment)

    assert isinstance(verdict, Refusal)
    assert verdict.why == "unknown"


def test_the_site_keeps_nothing_of_a_step_its_case_refuses() -> None:
    hand = case_of(SIGN)
    entities = entities_of(hand.case, hand.known, take("sign=approved"), hand.book)
    ask = Ask(entities=entities, command=take("sign=nonsense"), actor=actor("lead"), at=TUESDAY)
    moment = Moment(TUESDAY, TUESDAY, hand.book, beside={hand.case: hand.known, entities[1]: None})

    assert not isinstance(SITE.obey(None, ask, moment), Step)


LENT = FormField("lent_on", NAME, FieldKind.DATE)
BACK = FormField("back_on", Named("归还日期", "Returned on"), FieldKind.DATE, not_before=("lent_on", "received"))


@pytest.mark.parametrize("at_intake", [True, False], ids=["at intake", "in a step"])
def test_a_date_of_an_earlier_form_holds_later_ones_up(*, at_intake: bool) -> None:
    back = step("back", form=(BACK,))
    if at_intake:
        hand = case_of(back, asked=(LENT,), form={"lent_on": "2025-03-06"})
    else:
        hand = case_of(step("lend", form=(LENT,)), back).does(take("lend", form={"lent_on": "2025-03-06"}))

    verdict = refused(hand, take("back", form={"back_on": "2025-03-05"}))

    assert (verdict.status, verdict.why, verdict.field) == (422, "form_too_early", "/form/back_on")
    hand.does(take("back", form={"back_on": "2025-03-06"}))


def test_answers_of_the_customer_are_held_against_dates_too() -> None:
    hand = case_of(follow_up=replace(ASKED, form=(replace(BACK, id="seen_on"),))).does(Accept(), Complete())

    verdict = refused(hand, FollowUp(answer="satisfied", method="visit", form={"seen_on": "2025-03-03"}), actor("lead"))

    assert (verdict.why, verdict.field) == ("form_too_early", "/form/seen_on")


def story() -> tuple[list[Hand], list[Taken]]:
    """Two cases of one site, with numbers, a name barred, lifted and barred again; and what was said of their steps."""
    one = case_of(SIGN, BAR, LIFT, ISSUE).does(take("bar", form={"who": "陈工\n李工"}), take("sign=approved"))
    two = next_case(one)
    two.at = one.at
    two.does(take("lift", form={"whom": "陈工"}), take("issue", form={"workers": "陈工"}))
    two.does(take("bar", form={"who": "陈工"}), take("sign=approved"))
    said = [
        Taken(hand.case, say.at or hand.at, say.fact)
        for hand in (one, two)
        for say in hand.said
        if isinstance(say.fact, StepTaken)
    ]
    return [one, two], said


def test_what_a_site_keeps_is_told_again_from_what_was_said_whatever_the_order_it_comes_in() -> None:
    (one, two), said = story()
    cases = {hand.case: hand.known for hand in (one, two)}

    assert two.standing is not None
    assert len(two.standing.rolls["barred"]) == 2
    assert retold(UNTOUCHED, reversed(said), cases, one.book) == two.standing
    assert {step for step in reaching_steps(one.book) if step in {"sign", "bar", "lift", "issue"}} == {
        "sign",
        "bar",
        "lift",
        "issue",
    }


def test_what_was_said_lately_changes_nothing_of_a_sound_site_and_mends_a_damaged_one() -> None:
    (one, two), said = story()
    cases = {hand.case: hand.known for hand in (one, two)}
    sound = two.standing
    assert sound is not None
    lately = said[2:]
    damaged = SiteState({"barred": sound.rolls["barred"][:1]}, {**sound.serials, "GS-SZ1-2025-{number}": 1})

    assert retold(sound, lately, cases, one.book) == sound
    assert retold(damaged, lately, cases, one.book) == sound
    series, roll = differing(damaged, sound)
    assert series == ("GS-SZ1-2025-{number}", "1", "2")
    assert roll == ("barred", "1", f"2 ({two.known.number})")


def test_a_case_that_has_become_another_since_still_accounts_for_its_steps() -> None:
    (one, two), said = story()
    kinds = one.book.pack(one.known.pack, one.known.pack_version).case_types
    other = next(id_ for id_ in kinds if id_ != one.known.case_type)
    cases = {hand.case: replace(hand.known, case_type=other) for hand in (one, two)}

    assert retold(UNTOUCHED, said, cases, one.book) == two.standing
