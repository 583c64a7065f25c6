"""A clock that was not met: recorded, what it starts is started, and the ladder hears of it."""

from services.escalation.policy.clockwork import Clock, judged
from services.escalation.saying.clocks import annul, begin_after, show, stop
from services.escalation.saying.hand import Hand
from services.escalation.saying.notices import announce
from services.escalation.saying.raises import raise_breach
from shared.contracts.escalation import ClockBreached
from shared.rules.changing import changed
from shared.rules.counting import number_kept
from shared.rules.model import ClockRule
from shared.rules.words import StartFact

COUNTED = "count"
"""How facts about a clock that is judged by a number name their cause."""


def breach(hand: Hand, missed: Clock) -> Clock:
    """Record that a clock was not met by its due instant."""
    clock, rule = changed(missed, breached=True, warn_at=None, last_call_at=None), hand.rule(missed.id)
    assert clock.due_at is not None
    hand.put(clock)
    soft = rule is not None and rule.soft
    hand.say(
        ClockBreached(clock=clock.id, due_at=clock.due_at, severity=hand.case.severity, silent=hand.hushed, soft=soft)
    )
    begin_after(hand, clock)
    if rule is not None and not hand.hushed:
        raise_breach(hand, clock, rule)
        announce(hand, StartFact.MISSED, after=clock.id)
    return clock


def judge(hand: Hand, fields: frozenset[str], *, correcting: bool = False) -> None:
    """Judge the clocks that count instead of keeping time, where their number is among *fields*.

    Each number is a turn of its own, unless it corrects the one before.
    """
    for field in hand.index.counts.keys() & fields:
        for rule in hand.index.counts[field]:
            if rule.when.holds(hand.matter):
                _judge(hand, rule, correcting=correcting)


def _judge(hand: Hand, rule: ClockRule, *, correcting: bool) -> None:
    kept, before = number_kept(hand.rule(rule.id) or rule, hand.limits), hand.case.clock(rule.id)
    if kept is None or (correcting and before is not None and before.breached is not kept):
        return
    if correcting and before is not None and before.breached:
        annul(hand, before)
        stop(hand, [judged(before, kept=True, at=hand.at, by=COUNTED)], COUNTED)
        return
    (clock,) = show(hand, [Clock(rule.id, hand.at, hand.at)], COUNTED)
    stop(hand, [judged(clock if kept else breach(hand, clock), kept=kept, at=hand.at, by=COUNTED)], COUNTED)
