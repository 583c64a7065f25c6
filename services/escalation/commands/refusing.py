"""Refusals of escalation in words, and the names in them."""

from services.escalation.policy.ladder import Raise, above
from services.escalation.saying.hand import Hand
from shared.contracts.fold import Actor, Refusal
from shared.contracts.wording import Text, text
from shared.rules.model import ClockRule


def bad_field(field: str, sentence: Text, possible: tuple[str, ...] = ()) -> Refusal:
    """A field that cannot be so; *possible* lists what could stand there."""
    listed = text("可以延期的有：{clocks}", clocks="、".join(possible)) if possible else None
    return Refusal(why="bad_field", text=sentence, status=422, field=field, hint=listed)


def asked_already() -> Refusal:
    """An extension of this clock waits for a decision."""
    sentence = text("现在不能申请延期：已有一份申请等待决定")
    return Refusal(why="asked_already", text=sentence, state="extension_pending", possible=("decide_extension",))


def nothing_asked() -> Refusal:
    """There is nothing to refuse."""
    sentence = text("现在不能驳回延期：没有待决定的申请")
    return Refusal(why="nothing_asked", text=sentence, state="no_extension_pending", possible=("request_extension",))


def may_not_decide(hand: Hand, rule: ClockRule, *, own: bool) -> Refusal:
    """Not the role for it, or his own."""
    if own:
        sentence = text("经办人不能批准自己的延期")
        return Refusal(why="own_extension", text=sentence, status=403, hint=_approvers(hand, rule))
    sentence = text("您的岗位不能决定 {clock} 的延期", clock=rule.id)
    return Refusal(why="wrong_role", text=sentence, status=403, hint=_approvers(hand, rule))


def _approvers(hand: Hand, rule: ClockRule) -> Text:
    assert rule.extend is not None
    higher = above(hand.pack, (rule.extend,)) if rule.extend in hand.pack.chain else ()
    return text("可以决定的岗位：{roles}", roles=_roles_named(hand, (rule.extend, *higher)))


def no_such_raise(hand: Hand) -> Refusal:
    """No raise of that id; those that wait are named."""
    waiting = tuple(one.id for one in hand.case.raises if not one.taken_by)
    hint = text("等待确认的有：{raises}", raises="、".join(waiting)) if waiting else None
    return Refusal(why="unknown_raise", text=text("这个案件没有这次升级"), status=422, field="/raise_id", hint=hint)


def taken_already(hand: Hand, one: Raise) -> Refusal:
    """Somebody else has taken it."""
    sentence = text("现在不能确认：{who} 已经确认", who=_name_of(hand, one.taken_by))
    return Refusal(why="acknowledged_already", text=sentence, state="acknowledged")


def not_called(hand: Hand, one: Raise) -> Refusal:
    """Neither named in the raise nor above it."""
    people = "、".join(_name_of(hand, person) for person in one.people)
    higher = _roles_named(hand, above(hand.pack, one.roles))
    sentence = text("只有被通知的人或其上级可以确认")
    hint = text("被通知的人：{people}；上级岗位：{roles}", people=people or "—", roles=higher)
    return Refusal(why="not_called", text=sentence, status=403, hint=hint)


def _roles_named(hand: Hand, roles: tuple[str, ...]) -> str:
    named = (hand.pack.roles.get(role) for role in roles)
    return "、".join(f"{name.zh} {name.en}" for name in named if name) or "—"


def _name_of(hand: Hand, person: str) -> str:
    known = hand.moment.book.staff.person(person)
    return known.name if known else person


def who_asks(actor: Actor) -> str:
    """The person behind the account, else the account."""
    return actor.person or actor.account


def over_already() -> Refusal:
    """A closed case has nobody to be asked."""
    sentence = text("现在不能上报：已经结案")
    return Refusal(why="closed", text=sentence, state="closed", possible=("reopen",))


def not_in_chain(hand: Hand, role: str) -> Refusal:
    """Only a role of the chain can be asked."""
    sentence, hint = text("{role} 不在责任链上", role=role), _chain(hand)
    return Refusal(why="not_in_chain", text=sentence, status=422, field="/to", hint=hint)


def nobody_above(hand: Hand) -> Refusal:
    """The asker stands at the top of the chain."""
    sentence = text("责任链上没有更高一级")
    return Refusal(why="nobody_above", text=sentence, hint=_chain(hand))


def _chain(hand: Hand) -> Text:
    named = (f"{role} {hand.pack.roles[role].zh}" for role in hand.pack.chain)
    return text("责任链：{roles}", roles="、".join(named))
