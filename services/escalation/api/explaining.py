"""Why a clock is due when it is, and who would hear of it."""

from typing import Any

from services.escalation.api.showing import because, said, stamp, standing
from services.escalation.policy.audience import Reached, gather
from services.escalation.policy.clockwork import Clock
from services.escalation.saying.hand import Hand
from shared.rules.chain import ladder
from shared.rules.grading import handler_of
from shared.web.wording import Voice


def explained(hand: Hand, voice: Voice) -> list[dict[str, Any]]:
    """One entry a clock."""
    return [_explained(hand, clock, voice) for clock in hand.case.clocks]


def _explained(hand: Hand, clock: Clock, voice: Voice) -> dict[str, Any]:
    rule = hand.rule(clock.id)
    if rule is None:
        return {"clock": clock.id, "state": standing(clock, hand.at)}
    steps = ladder(hand.pack, rule, handler=handler_of(hand.case_type, hand.matter))
    found = gather(steps.told, hand.scene(day_based=clock.day_based))
    return {
        "clock": clock.id,
        "name": said(rule.name, voice),
        "source": rule.source,
        "state": standing(clock, hand.at),
        "starts_with": str(rule.start),
        "stops_with": [str(stop) for stop in rule.stop],
        "because": because(hand, clock, voice),
        "told": [_reached(one) for one in found.people],
        "empty_chairs": list(found.empty_chairs),
        "climb": list(steps.climb),
    }


def _reached(one: Reached) -> dict[str, Any]:
    return {"person": one.person, "role": one.role, "tell_at": stamp(one.tell_at), "why": list(one.why)}
