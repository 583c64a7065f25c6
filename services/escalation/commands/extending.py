"""More time asked for and decided.

Source: requirements ESC-4; design.md §8.
"""

from dataclasses import replace
from datetime import datetime

from services.escalation.commands.raising import take
from services.escalation.commands.refusing import asked_already, bad_field, may_not_decide, nothing_asked, who_asks
from services.escalation.commands.words import DecideExtension, RequestExtension
from services.escalation.policy.clockwork import Clock, moved
from services.escalation.policy.extension import Verdict, Wish, approving_role, latest, verdict
from services.escalation.policy.ladder import above, calmed
from services.escalation.saying.clocks import call_assignee, show, within_outside
from services.escalation.saying.hand import Hand
from services.escalation.saying.raises import raise_case, settle
from shared.contracts.escalation import ExtensionDecided, ExtensionRequested, Why
from shared.contracts.fold import Ask, Refusal, Step
from shared.contracts.pieces import Told
from shared.contracts.wording import text
from shared.organisation.people import who
from shared.rules.chain import may_extend
from shared.rules.model import ClockRule
from shared.rules.words import ASKER, ASSIGNEE


def request_extension(hand: Hand, ask: Ask, command: RequestExtension) -> Step | Refusal:
    """Ask for more time; whoever may give it is told."""
    clock = hand.case.clock(command.clock)
    rule = hand.rule(command.clock)
    barred = _not_extendable(hand, clock, rule) or _too_early_or_late(hand, clock, command.until)
    if barred is not None:
        return barred
    assert clock is not None
    assert rule is not None
    assert rule.extend is not None
    if any(wish.clock == clock.id for wish in hand.case.wishes):
        return asked_already()
    by = who_asks(ask.actor)
    hand.say(
        ExtensionRequested(
            clock=clock.id, until=command.until, by=by, approver=rule.extend, private=Why(text=command.reason)
        )
    )
    raise_id = _call_approver(hand, rule.extend, clock)
    hand.change(wishes=(*hand.case.wishes, Wish(clock.id, command.until, by, raise_id)))
    return hand.step("extension_requested")


def decide_extension(hand: Hand, ask: Ask, command: DecideExtension) -> Step | Refusal:
    """Give more time or not; the role decides whether one may."""
    clock, rule = hand.case.clock(command.clock), hand.rule(command.clock)
    barred = _not_extendable(hand, clock, rule)
    if barred is not None:
        return barred
    assert clock is not None
    assert rule is not None
    wish = next((wish for wish in hand.case.wishes if wish.clock == clock.id), None)
    role = _deciding_role(hand, ask, rule)
    if role is None or who_asks(ask.actor) == hand.case.assignee:
        return may_not_decide(hand, rule, own=role is not None)
    until = command.until or (wish.until if wish else None)
    if command.decision == "refuse":
        return _refuse(hand, ask, command, clock, role) if wish else nothing_asked()
    if until is None:
        return bad_field("/until", text("没有人提出延期申请，请写明延到什么时候"))
    return _too_early_or_late(hand, clock, until) or _approve(hand, ask, command, clock, rule, until, role)


def _deciding_role(hand: Hand, ask: Ask, rule: ClockRule) -> str | None:
    """The role by which the asker may decide: his own, or that of somebody he stands in for; None: he may not."""
    own = approving_role(hand.pack, rule, ask.actor.roles_at(hand.case.site))
    if own is not None or ask.actor.person is None:
        return own
    staff = hand.moment.book.staff
    for role in (one for one in (rule.extend, *hand.pack.chain) if one and may_extend(hand.pack, rule, one)):
        found = who(role, site=hand.site, at=hand.at, staff=staff)
        if any(answer.person.id == ask.actor.person for answer in found.persons):
            return role
    return None


def _approve(
    hand: Hand, ask: Ask, command: DecideExtension, clock: Clock, rule: ClockRule, until: datetime, role: str
) -> Step:
    assert clock.due_at is not None
    judged = verdict(approve=True, at=hand.at, due_at=clock.due_at)
    hand.say(_decided(hand, ask, command, clock, judged, until, role))
    _settle_wish(hand, clock, who_asks(ask.actor))
    if judged is Verdict.APPROVED_LATE:
        hand.put(replace(clock, late_until=until))
        for one in hand.case.raises:
            if one.clock == clock.id:
                settle(hand, calmed(one))
        return hand.step("approved_late")
    by, fraction = who_asks(ask.actor), hand.pack.warn_fraction
    longer = moved(clock, rule, until=until, at=hand.at, why="extended", by=by, fraction=fraction)
    show(hand, [replace(longer, day_based=clock.day_based)], "extended")
    call_assignee(hand)
    return hand.step("approved")


def _refuse(hand: Hand, ask: Ask, command: DecideExtension, clock: Clock, role: str) -> Step:
    assert clock.due_at is not None
    hand.say(_decided(hand, ask, command, clock, Verdict.REFUSED, clock.due_at, role))
    _settle_wish(hand, clock, who_asks(ask.actor))
    return hand.step("refused")


def _decided(
    hand: Hand, ask: Ask, command: DecideExtension, clock: Clock, judged: Verdict, due_at: datetime, role: str
) -> ExtensionDecided:
    assert clock.due_at is not None
    return ExtensionDecided.model_validate(
        {
            "clock": clock.id,
            "decision": judged.value,
            "was_due_at": clock.due_at,
            "due_at": due_at,
            "role": role,
            "by": who_asks(ask.actor),
            "people": _concerned(hand, clock, decided_by=who_asks(ask.actor)),
            "private": Why(text=command.reason),
        }
    )


def _concerned(hand: Hand, clock: Clock, *, decided_by: str) -> tuple[Told, ...]:
    """Who waits for the decision: he who asked, else the assignee. He is told at once, whatever the clock."""
    asked = next(((wish.by, ASKER) for wish in hand.case.wishes if wish.clock == clock.id), None)
    person, role = asked or (hand.case.assignee, ASSIGNEE)
    if person is None or person == decided_by or hand.case.drill:
        return ()
    if hand.moment.book.staff.person(person) is None:  # an account of a machine has no inbox
        return ()
    return (Told(person=person, role=role, tell_at=hand.at, why=(role,)),)


def _settle_wish(hand: Hand, clock: Clock, by: str) -> None:
    """The decision answers the raise that asked for it."""
    for wish in (wish for wish in hand.case.wishes if wish.clock == clock.id):
        asked = next((one for one in hand.case.raises if one.id == wish.raise_id), None)
        if asked is not None and not asked.taken_by:
            take(hand, asked, by)
    hand.change(wishes=tuple(wish for wish in hand.case.wishes if wish.clock != clock.id))


def _call_approver(hand: Hand, approver: str, clock: Clock) -> str:
    if hand.hushed:
        return ""
    climb_to = above(hand.pack, (approver,)) if approver in hand.pack.chain else ()
    return raise_case(hand, "extension", (approver,), climb_to=climb_to, clock=replace(clock, day_based=False)).id


def _not_extendable(hand: Hand, clock: Clock | None, rule: ClockRule | None) -> Refusal | None:
    extendable = tuple(one.id for one in hand.case.running if _extendable(hand, one))
    if clock is None or rule is None or not clock.running:
        return bad_field("/clock", text("这个案件没有正在计时的 {clock}", clock=clock.id if clock else "?"), extendable)
    if rule.extend is None:
        return bad_field("/clock", text("制度没有允许延长 {clock}", clock=clock.id), extendable)
    if clock.due_at is None:
        return bad_field("/clock", text("{clock} 还没有期限，请先约定时间", clock=clock.id), extendable)
    return None


def _extendable(hand: Hand, clock: Clock) -> bool:
    rule = hand.rule(clock.id)
    return rule is not None and rule.extend is not None and clock.due_at is not None


def _too_early_or_late(hand: Hand, clock: Clock | None, until: datetime) -> Refusal | None:
    assert clock is not None
    assert clock.due_at is not None
    least = max(clock.due_at, hand.at) if clock.breached else clock.due_at
    if until <= least:
        return bad_field("/until", text("新的期限必须晚于 {least}", least=least))
    rule = hand.rule(clock.id)
    allowed = within_outside(hand, rule, until) if rule is not None else until
    if allowed < until:
        return bad_field("/until", text("外部来件要求在 {most} 之前办结", most=allowed))
    most = latest(hand.pack, hand.site.parameters, due_at=clock.due_at)
    if most is not None and until > most:
        return bad_field("/until", text("一次最多延到 {most}", most=most))
    return None
