"""More time the customer agreed to: a later date for the answer, or handling that waits.

Source: requirements section 3.43, OH-4, OH-7.
"""

from datetime import datetime

from services.escalation.policy.clockwork import moved, takes_agreed_limit
from services.escalation.saying.clocks import deferred, show, with_last_call, within_outside
from services.escalation.saying.hand import Hand
from shared.rules.words import Basis


def agree(hand: Hand, until: datetime, *, consent: str, by: str) -> None:
    """Move the clocks that follow a consent to *until*; none becomes earlier by it."""
    fraction, anew = hand.pack.warn_fraction, []
    for clock in hand.case.running:
        rule = hand.rule(clock.id)
        if rule is None or not takes_agreed_limit(rule, clock, consent=consent):
            continue
        later = within_outside(hand, rule, until)
        if rule.basis is not Basis.UNSET and (clock.due_at is None or later > clock.due_at):
            anew.append(moved(clock, rule, until=later, at=hand.at, why="consent", by=by, fraction=fraction))
    show(hand, anew, f"consent {consent}")


def defer(hand: Hand, until: datetime, *, by: str) -> None:
    """Let handling wait until then: what was due before is due then, and nothing becomes earlier."""
    hand.change(deferred_until=until, deferred_by=by)
    looked = ((clock, deferred(hand, clock)) for clock in hand.case.running)
    show(hand, [with_last_call(hand, later) for clock, later in looked if later is not clock], "deferred")
