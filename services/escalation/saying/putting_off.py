"""More time the customer agreed to: a later date for the answer, or handling that waits; and what he takes back of it.

Source: requirements section 3.43, OH-4, OH-7, X-41.
"""

from services.escalation.policy.agreeing import BY_AGREEMENT, Agreement
from services.escalation.policy.clockwork import Clock, agreed, moved, with_warning
from services.escalation.saying.clocks import show, with_last_call
from services.escalation.saying.hand import Hand
from shared.rules.changing import changed
from shared.rules.limits import CUSTOMER_LIMIT, DueWhy


def agree(hand: Hand, one: Agreement, *, because: str) -> None:
    """Move the clocks that follow *one* and keep it for those armed or reckoned later; none becomes earlier by it."""
    looked = ((clock, _followed(hand, clock, one)) for clock in hand.case.running)
    show(hand, [with_last_call(hand, later) for clock, later in looked if later is not clock], because)
    hand.change(agreements=(*hand.case.agreements, one))


def overrule(hand: Hand, *, by: str) -> None:
    """The customer has named a limit: what he had agreed to wait for longer ends with it, never before it."""
    limit, kept = hand.case.customer_limit, hand.case.agreements
    if limit is None or all(one.until <= limit for one in kept):
        return
    held = [clock for clock in hand.case.running if _held(hand, clock) and clock.due_at and clock.due_at > limit]
    because, fraction = str(DueWhy.OWNER_LIMIT), hand.pack.warn_fraction
    rules = ((clock, hand.rule(clock.id)) for clock in held if clock.start_at < limit)
    earlier = [
        moved(clock, rule, until=limit, at=hand.at, why=because, by=by, fraction=fraction)
        for clock, rule in rules
        if rule is not None
    ]
    show(hand, earlier, because)
    hand.change(agreements=tuple(changed(one, overruled=one.overruled or one.until > limit) for one in kept))


def _followed(hand: Hand, clock: Clock, one: Agreement) -> Clock:
    rule = hand.rule(clock.id)
    if rule is None or clock.breached:
        return clock
    later = agreed(clock, rule, one, before=hand.case.agreements, terms=hand.terms)
    return clock if later is clock else with_warning(later, rule, at=hand.at, fraction=hand.pack.warn_fraction)


def _held(hand: Hand, clock: Clock) -> bool:
    """Whether only the customer's word holds the clock at its due instant, and a limit of his own may."""
    rule = hand.rule(clock.id)
    by_him = clock.why in BY_AGREEMENT or (clock.fixed and clock.why == DueWhy.OWNER_LIMIT)
    return rule is not None and not clock.breached and by_him and CUSTOMER_LIMIT in rule.overridable_by
