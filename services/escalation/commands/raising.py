"""Raises taken and matters pushed up.

Source: requirements ESC-3, section 2.2; design.md §8.
"""

from services.escalation.commands.refusing import (
    no_such_raise,
    nobody_above,
    not_called,
    not_in_chain,
    over_already,
    taken_already,
    who_asks,
)
from services.escalation.commands.words import Acknowledge, PushUp
from services.escalation.policy.ladder import Raise, above, may_take, taken
from services.escalation.saying.hand import Hand
from services.escalation.saying.raises import raise_case, settle
from shared.contracts.escalation import PushedUp, RaiseAcknowledged, Why
from shared.contracts.fold import Ask, Refusal, Step


def push_up(hand: Hand, ask: Ask, command: PushUp) -> Step | Refusal:
    """Ask the next level of the chain; it has to acknowledge, or the matter climbs on."""
    if hand.case.closed:
        return over_already()
    chain = hand.pack.chain
    if command.to is not None and command.to not in chain:
        return not_in_chain(hand, command.to)
    to = command.to or next(iter(above(hand.pack, ask.actor.roles_at(hand.case.site))), None)
    if to is None:
        return nobody_above(hand)
    hand.say(PushedUp(by=who_asks(ask.actor), to=to, private=Why(text=command.reason)))
    if not hand.case.drill:
        raise_case(hand, "asked", (to,), climb_to=above(hand.pack, (to,)))
    return hand.step("pushed_up")


def acknowledge(hand: Hand, ask: Ask, command: Acknowledge) -> Step | Refusal:
    """Take a raise, and say what is decided."""
    one = next((one for one in hand.case.raises if one.id == command.raise_id), None)
    if one is None:
        return no_such_raise(hand)
    if one.taken_by:
        return taken_already(hand, one)
    if not may_take(hand.pack, one, person=who_asks(ask.actor), roles=ask.actor.roles_at(hand.case.site)):
        return not_called(hand, one)
    take(hand, one, who_asks(ask.actor), decided=command.text)
    return hand.step("acknowledged")


def take(hand: Hand, one: Raise, by: str, *, decided: str = "") -> None:
    """Mark the raise as taken and say so."""
    settle(hand, taken(one, by))
    hand.say(RaiseAcknowledged(raise_id=one.id, by=by, level=one.level, private=Why(text=decided)))
