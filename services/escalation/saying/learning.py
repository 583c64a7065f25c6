"""What forms and steps say of a case: flags that conditions ask for, dates and numbers that clocks run by."""

from collections.abc import Iterable, Mapping

from services.escalation.saying.breaching import judge
from services.escalation.saying.clocks import cancel, rereckon
from services.escalation.saying.dates import follow_dates
from services.escalation.saying.hand import Hand
from services.escalation.saying.rearming import plan_upgrades, rearm
from shared.rules.indexing import STEP


def learn(hand: Hand, form: Mapping[str, str], *, because: str) -> None:
    """Take in what a step or a follow-up has filled in: dates and limits follow, counts are judged."""
    read = {field: value for field, value in form.items() if field in hand.index.fields}
    if not read:
        return
    hand.change(form={**hand.case.form, **read})
    rereckon(hand, because)
    follow_dates(hand, frozenset(read))
    judge(hand, frozenset(read))


def correct(hand: Hand, form: Mapping[str, str]) -> frozenset[str]:
    """Put the form of intake in the place of what it was; returns the fields that differ now."""
    index, before = hand.index, hand.case.form
    others = {field: value for field, value in before.items() if field not in index.of_intake}
    fresh = {field: value for field, value in form.items() if field in index.fields}
    hand.change(form={**others, **fresh})
    return frozenset(field for field in before.keys() | fresh.keys() if before.get(field) != hand.case.form.get(field))


def mark(hand: Hand, marks: Iterable[str], *, kept: frozenset[str], because: str) -> None:
    """Let *marks* stand, and of those before only the ones whose word is in *kept*; clocks follow what they ask for."""
    before = frozenset(hand.case.marks)
    fresh = tuple(marks)
    words = {_word(one) for one in fresh}
    stand = (one for one in hand.case.marks if _word(one) in kept and _word(one) not in words)
    hand.change(marks=tuple(sorted({*stand, *fresh})))
    if hand.index.asked & (before ^ frozenset(hand.case.marks)):
        rearm(hand, because)
        plan_upgrades(hand)


def undo(hand: Hand, steps: Iterable[str]) -> None:
    """Forget that *steps* were taken: what they started ends, and they may start and stop clocks again."""
    gone = {STEP + step for step in steps}
    if not gone:
        return
    begun = {rule.id for start, rules in hand.index.starting.items() if _word(start) in gone for rule in rules}
    cancel(hand, [clock for clock in hand.case.running if clock.id in begun], because="reopened")
    starts = {start: at for start, at in hand.case.starts.items() if _word(start) not in gone}
    stops = {stop: at for stop, at in hand.case.stops.items() if _word(stop) not in gone}
    hand.change(starts=starts, stops=stops)


def _word(mark_: str) -> str:
    return mark_.partition("=")[0]
