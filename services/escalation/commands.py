"""What people ask of escalation: to take a raise, to get more time, to give it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from services.escalation.policy.clockwork import Clock, moved
from services.escalation.policy.extension import Verdict, Wish, approving_role, latest, verdict
from services.escalation.policy.ladder import Raise, above, calmed, may_take, taken
from services.escalation.saying.clocks import call_assignee, show
from services.escalation.saying.hand import Hand
from services.escalation.saying.raises import raise_case, settle
from services.escalation.state import Docket
from shared.contracts.escalation import ExtensionDecided, ExtensionRequested, RaiseAcknowledged, Told, Why
from shared.contracts.fields import Command, Instant, Line, Reason
from shared.contracts.fold import Actor, Ask, Moment, Refusal, Step
from shared.contracts.wording import Text, text
from shared.rules.model import ClockRule
from shared.rules.words import ASKER, ASSIGNEE


class Acknowledge(Command):
    """I take it: a person named in the raise, or one above him."""

    raise_id: Line


class RequestExtension(Command):
    """More time is needed for a clock.

    Attributes:
        until: Later than the present due instant.
    """

    clock: Line
    until: Instant
    reason: Reason


class DecideExtension(Command):
    """More time is given or not; also possible without anybody having asked.

    Attributes:
        until: Needed to approve what nobody asked for; otherwise what was asked.
    """

    clock: Line
    decision: Literal["approve", "refuse"]
    until: Instant | None = None
    reason: Reason


def obey(docket: Docket | None, ask: Ask, moment: Moment) -> Step | Refusal:
    """Carry out one command, or say what is possible instead."""
    act = COMMANDS.get(type(ask.command))
    if docket is None or docket.case is None or act is None:
        return Refusal(why="unknown", text=text("没有找到这个编号"), status=404)
    return act(Hand(docket.case, moment), ask, ask.command)


def _acknowledge(hand: Hand, ask: Ask, command: Acknowledge) -> Step | Refusal:
    one = next((one for one in hand.case.raises if one.id == command.raise_id), None)
    if one is None:
        return _no_such_raise(hand)
    if one.taken_by:
        return _taken_already(hand, one)
    if not may_take(hand.pack, one, person=_who(ask.actor), roles=ask.actor.roles_at(hand.case.site)):
        return _not_called(hand, one)
    _take(hand, one, _who(ask.actor))
    return hand.step("acknowledged")


def _request(hand: Hand, ask: Ask, command: RequestExtension) -> Step | Refusal:
    clock = hand.case.clock(command.clock)
    rule = hand.rule(command.clock)
    barred = _not_extendable(hand, clock, rule) or _too_early_or_late(hand, clock, command.until)
    if barred is not None:
        return barred
    assert clock is not None
    assert rule is not None
    assert rule.extend is not None
    if any(wish.clock == clock.id for wish in hand.case.wishes):
        return _asked_already()
    by = _who(ask.actor)
    hand.say(
        ExtensionRequested(
            clock=clock.id, until=command.until, by=by, approver=rule.extend, private=Why(text=command.reason)
        )
    )
    raise_id = _call_approver(hand, rule.extend, clock)
    hand.change(wishes=(*hand.case.wishes, Wish(clock.id, command.until, by, raise_id)))
    return hand.step("extension_requested")


def _decide(hand: Hand, ask: Ask, command: DecideExtension) -> Step | Refusal:
    clock, rule = hand.case.clock(command.clock), hand.rule(command.clock)
    barred = _not_extendable(hand, clock, rule)
    if barred is not None:
        return barred
    assert clock is not None
    assert rule is not None
    wish = next((wish for wish in hand.case.wishes if wish.clock == clock.id), None)
    role = approving_role(hand.pack, rule, ask.actor.roles_at(hand.case.site))
    if role is None or _who(ask.actor) == hand.case.assignee:
        return _may_not_decide(hand, rule, own=role is not None)
    until = command.until or (wish.until if wish else None)
    if command.decision == "refuse":
        return _refuse(hand, ask, command, clock, role) if wish else _nothing_asked()
    if until is None:
        return _field("/until", text("没有人提出延期申请，请写明延到什么时候"))
    return _too_early_or_late(hand, clock, until) or _approve(hand, ask, command, clock, rule, until, role)


def _approve(
    hand: Hand, ask: Ask, command: DecideExtension, clock: Clock, rule: ClockRule, until: datetime, role: str
) -> Step:
    assert clock.due_at is not None
    judged = verdict(approve=True, at=hand.at, due_at=clock.due_at)
    hand.say(_decided(hand, ask, command, clock, judged, until, role))
    _settle_wish(hand, clock, _who(ask.actor))
    if judged is Verdict.APPROVED_LATE:
        hand.put(replace(clock, late_until=until))
        for one in hand.case.raises:
            if one.clock == clock.id:
                settle(hand, calmed(one))
        return hand.step("approved_late")
    fraction = hand.pack.warn_fraction
    longer = moved(clock, rule, until=until, at=hand.at, why="extended", fraction=fraction)
    show(hand, [replace(longer, day_based=clock.day_based)], "extended")
    call_assignee(hand)
    return hand.step("approved")


def _refuse(hand: Hand, ask: Ask, command: DecideExtension, clock: Clock, role: str) -> Step:
    assert clock.due_at is not None
    hand.say(_decided(hand, ask, command, clock, Verdict.REFUSED, clock.due_at, role))
    _settle_wish(hand, clock, _who(ask.actor))
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
            "by": _who(ask.actor),
            "people": _concerned(hand, clock, decided_by=_who(ask.actor)),
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
            _take(hand, asked, by)
    hand.change(wishes=tuple(wish for wish in hand.case.wishes if wish.clock != clock.id))


def _take(hand: Hand, one: Raise, by: str) -> None:
    settle(hand, taken(one, by))
    hand.say(RaiseAcknowledged(raise_id=one.id, by=by, level=one.level))


def _call_approver(hand: Hand, approver: str, clock: Clock) -> str:
    if hand.hushed:
        return ""
    climb_to = above(hand.pack, (approver,)) if approver in hand.pack.chain else ()
    return raise_case(hand, "extension", (approver,), climb_to=climb_to, clock=replace(clock, day_based=False)).id


def _not_extendable(hand: Hand, clock: Clock | None, rule: ClockRule | None) -> Refusal | None:
    extendable = tuple(one.id for one in hand.case.running if _extendable(hand, one))
    if clock is None or rule is None or not clock.running:
        return _field("/clock", text("这个案件没有正在计时的 {clock}", clock=clock.id if clock else "?"), extendable)
    if rule.extend is None:
        return _field("/clock", text("制度没有允许延长 {clock}", clock=clock.id), extendable)
    if clock.due_at is None:
        return _field("/clock", text("{clock} 还没有期限，请先约定时间", clock=clock.id), extendable)
    return None


def _extendable(hand: Hand, clock: Clock) -> bool:
    rule = hand.rule(clock.id)
    return rule is not None and rule.extend is not None and clock.due_at is not None


def _too_early_or_late(hand: Hand, clock: Clock | None, until: datetime) -> Refusal | None:
    assert clock is not None
    assert clock.due_at is not None
    least = max(clock.due_at, hand.at) if clock.breached else clock.due_at
    if until <= least:
        return _field("/until", text("新的期限必须晚于 {least}", least=least))
    most = latest(hand.pack, hand.site.parameters, due_at=clock.due_at)
    if most is not None and until > most:
        return _field("/until", text("一次最多延到 {most}", most=most))
    return None


def _field(field: str, sentence: Text, possible: tuple[str, ...] = ()) -> Refusal:
    listed = text("可以延期的有：{clocks}", clocks="、".join(possible)) if possible else None
    return Refusal(why="bad_field", text=sentence, status=422, field=field, hint=listed)


def _asked_already() -> Refusal:
    sentence = text("现在不能申请延期：已有一份申请等待决定")
    return Refusal(why="asked_already", text=sentence, state="extension_pending", possible=("decide_extension",))


def _nothing_asked() -> Refusal:
    sentence = text("现在不能驳回延期：没有待决定的申请")
    return Refusal(why="nothing_asked", text=sentence, state="no_extension_pending", possible=("request_extension",))


def _may_not_decide(hand: Hand, rule: ClockRule, *, own: bool) -> Refusal:
    if own:
        sentence = text("经办人不能批准自己的延期")
        return Refusal(why="own_extension", text=sentence, status=403, hint=_approvers(hand, rule))
    sentence = text("您的岗位不能决定 {clock} 的延期", clock=rule.id)
    return Refusal(why="wrong_role", text=sentence, status=403, hint=_approvers(hand, rule))


def _approvers(hand: Hand, rule: ClockRule) -> Text:
    assert rule.extend is not None
    higher = above(hand.pack, (rule.extend,)) if rule.extend in hand.pack.chain else ()
    return text("可以决定的岗位：{roles}", roles=_roles(hand, (rule.extend, *higher)))


def _no_such_raise(hand: Hand) -> Refusal:
    waiting = tuple(one.id for one in hand.case.raises if not one.taken_by)
    hint = text("等待确认的有：{raises}", raises="、".join(waiting)) if waiting else None
    return Refusal(why="unknown_raise", text=text("这个案件没有这次升级"), status=422, field="/raise_id", hint=hint)


def _taken_already(hand: Hand, one: Raise) -> Refusal:
    sentence = text("现在不能确认：{who} 已经确认", who=_name(hand, one.taken_by))
    return Refusal(why="acknowledged_already", text=sentence, state="acknowledged")


def _not_called(hand: Hand, one: Raise) -> Refusal:
    people = "、".join(_name(hand, person) for person in one.people)
    higher = _roles(hand, above(hand.pack, one.roles))
    sentence = text("只有被通知的人或其上级可以确认")
    hint = text("被通知的人：{people}；上级岗位：{roles}", people=people or "—", roles=higher)
    return Refusal(why="not_called", text=sentence, status=403, hint=hint)


def _roles(hand: Hand, roles: tuple[str, ...]) -> str:
    named = (hand.pack.roles.get(role) for role in roles)
    return "、".join(f"{name.zh} {name.en}" for name in named if name) or "—"


def _name(hand: Hand, person: str) -> str:
    known = hand.moment.book.staff.person(person)
    return known.name if known else person


def _who(actor: Actor) -> str:
    return actor.person or actor.account


COMMANDS: dict[type[Command], Callable[[Hand, Ask, Any], Step | Refusal]] = {
    Acknowledge: _acknowledge,
    RequestExtension: _request,
    DecideExtension: _decide,
}
