"""Matters pushed to people, climbing, and coming to rest."""

from collections.abc import Iterable
from typing import Literal

from services.escalation.policy.audience import Audience, Reached, Scene, acknowledge_by, gather
from services.escalation.policy.clockwork import Clock
from services.escalation.policy.ladder import Raise, above, calmed, climb
from services.escalation.saying.clocks import cancel, end
from services.escalation.saying.hand import Hand
from shared.contracts.escalation import CaseRaised
from shared.contracts.pieces import Told
from shared.rules.chain import ladder
from shared.rules.changing import changed
from shared.rules.grading import acknowledgement, handler_of
from shared.rules.model import ClockRule, UpgradeRule
from shared.rules.words import PERSONS_OF_A_CASE

Reason = Literal["intake", "breach", "silence", "upgrade", "extension", "asked", "unreachable", "notice"]


def raise_case(  # noqa: PLR0913  a word of the raise each
    hand: Hand,
    reason: Reason,
    roles: tuple[str, ...],
    *,
    climb_to: tuple[str, ...],
    copy: tuple[str, ...] = (),
    clock: Clock | None = None,
    rule: str | None = None,
    scene: Scene | None = None,
) -> Raise:
    """Push the case to *roles* (who acknowledge) and *copy* (who only hear of it), past empty chairs at once.

    *rule* is the notice or upgrade of the pack that names them; *scene* where they are looked for, if not here and now.

    Nobody may be found at all: the raise stays open with nobody named, and is said all the same.
    """
    scene = scene or hand.scene(day_based=clock is not None and clock.day_based)
    audience, left, reached = gather(roles, scene), climb_to, roles
    in_chain = tuple(role for role in roles if role not in PERSONS_OF_A_CASE)
    if in_chain and set(in_chain) <= set(audience.empty_chairs):
        landing = climb(climb_to, scene)
        audience, left, reached = audience + landing.audience, landing.climb, (*roles, *landing.roles)
    one = Raise(
        id=f"{hand.case.id}-{hand.case.raised + 1}",
        reason=reason,
        clock=clock.id if clock else None,
        level=0,
        roles=reached,
        people=(),
        climb=left,
        due_at=clock.due_at if clock else None,
        rule=rule,
    )
    rung = _ring(hand, one, reason, audience, scene, said=reached, copy=copy)
    hand.change(raises=(*hand.case.raises, rung), raised=hand.case.raised + 1)
    return rung


def climb_on(hand: Hand, one: Raise, reason: Reason) -> str:
    """Take a raise to the next level somebody answers for.

    Returns:
        ``climbed``, or ``ladder_spent`` when nobody is left above.
    """
    clock = hand.case.clock(one.clock) if one.clock else None
    scene = hand.scene(day_based=clock is not None and clock.day_based)
    landing = climb(one.climb, scene)
    if not landing.roles and not landing.audience.empty_chairs:
        settle(hand, calmed(one))
        return "ladder_spent"
    risen = changed(one, level=one.level + 1, roles=(*one.roles, *landing.roles), climb=landing.climb)
    rung = _ring(hand, risen, reason, landing.audience, scene, said=landing.roles)
    hand.change(raises=(*(other for other in hand.case.raises if other.id != one.id), rung))
    return "climbed" if landing.roles else "ladder_spent"


def raise_breach(hand: Hand, clock: Clock, rule: ClockRule) -> None:
    """Tell the ladder of a missed clock (ESC-1)."""
    steps = ladder(hand.pack, rule, handler=handler_of(hand.case_type, hand.matter))
    raise_case(hand, "breach", steps.told, climb_to=steps.climb, clock=clock)


def tell_upgrade(hand: Hand, rule: UpgradeRule) -> None:
    """Tell whom the upgrade names, and end the clocks this telling meets."""
    told = hand.hushed
    if not told:
        climb_to = above(hand.pack, rule.tell)
        told = bool(raise_case(hand, "upgrade", rule.tell, climb_to=climb_to, rule=rule.id).people)
    if told:
        meet_told(hand, rule.clocks, because=rule.id)


def settle(hand: Hand, one: Raise) -> None:
    """Put a raise in the place of the one of the same id."""
    hand.change(raises=tuple(one if other.id == one.id else other for other in hand.case.raises))


def calm_all(hand: Hand) -> None:
    """Let every raise rest where it stands."""
    hand.change(raises=tuple(calmed(one) for one in hand.case.raises))


def told_to(people: Iterable[Reached]) -> tuple[Told, ...]:
    """People as facts name them."""
    return tuple(Told(person=one.person, role=one.role, tell_at=one.tell_at, why=one.why) for one in people)


def meet_told(hand: Hand, clocks: tuple[str, ...], *, because: str) -> None:
    """End told clocks; what an import's past told nobody knows, so it is neither met nor missed."""
    running = [clock for clock in hand.case.running if clock.id in clocks]
    if hand.imported:
        cancel(hand, running, because="history")
        return
    end(hand, running, because=because)


def _ring(
    hand: Hand,
    one: Raise,
    reason: Reason,
    audience: Audience,
    scene: Scene,
    *,
    said: tuple[str, ...],
    copy: tuple[str, ...] = (),
) -> Raise:
    answering = tuple(role for role in said if role not in PERSONS_OF_A_CASE) or said
    minutes, whose = acknowledgement(hand.pack, hand.case.severity, hand.site.parameters)
    by = acknowledge_by(audience, answering, scene=scene, minutes=minutes, now=hand.now)
    copies = gather(copy, hand.scene())
    called = [reached.person for reached in audience.people]
    informed = [reached.person for reached in copies.people if reached.person not in called]
    people = (*one.people, *called)
    known = (*one.copied, *informed)
    rung = changed(one, people=tuple(dict.fromkeys(people)), copied=known, acknowledge_by=by)
    hand.say(
        CaseRaised(
            reason=reason,
            clock=one.clock,
            rule=one.rule,
            raise_id=one.id,
            level=one.level,
            roles=(*said, *copy),
            people=told_to((audience + copies).people),
            copied=tuple(informed),
            empty_chairs=(audience + copies).empty_chairs,
            severity=hand.case.severity,
            acknowledge_by=by,
            acknowledge_why=whose if by is not None else "",
            due_at=one.due_at,
        )
    )
    return rung
