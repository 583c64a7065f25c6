"""Clocks and notices that begin with a date on a form."""

from collections.abc import Mapping

from services.escalation.policy.clockwork import Clock, wind
from services.escalation.saying.clocks import annul, arm, cancel, show, with_last_call
from services.escalation.saying.hand import Hand
from services.escalation.state import Pending
from shared.rules.clocks import Promise
from shared.rules.counting import begins
from shared.rules.indexing import set_off_by
from shared.rules.words import StartFact
from shared.timekeeping.calendar import local_date

Promised = Mapping[str, Promise]


def follow_dates(hand: Hand, fields: frozenset[str], promised: Promised | None = None) -> None:
    """Arm what begins with the dates in *fields*, as soon as they are known, and move it when they change."""
    for field in sorted(hand.index.dates & fields):
        _follow(hand, field, promised)


def _follow(hand: Hand, field: str, promised: Promised | None) -> None:
    start = set_off_by(StartFact.DATE, field)
    instant = begins(hand.case.form.get(field), hand.site.zone)
    left = {key: at for key, at in hand.case.starts.items() if key != start}
    hand.change(starts=left if instant is None else {**left, start: instant})
    _await(hand, start)
    rules = {rule.id: rule for rule in hand.index.starting.get(start, ())}
    running = [clock for clock in hand.case.running if clock.id in rules]
    if instant is None:
        cancel(hand, running, because="date_gone")
        return
    _move(hand, [clock for clock in running if clock.start_at != instant], start)
    matter, runs = hand.matter, {clock.id for clock in running}
    fresh = [rule for key, rule in rules.items() if key not in runs and rule.when.holds(matter)]
    arm(hand, [(rule, instant) for rule in fresh], start, promised)


def _move(hand: Hand, clocks: list[Clock], start: str) -> None:
    """Reckon clocks anew from the date as it is now; a breach of the date before was none."""
    anew, instant, terms = [], hand.case.starts[start], hand.terms
    for clock in clocks:
        rule = hand.rule(clock.id)
        if rule is None:
            continue
        if clock.breached:
            annul(hand, clock)
        anew.append(with_last_call(hand, wind(rule, start=instant, at=hand.at, terms=terms)))
    show(hand, anew, start)


def _await(hand: Hand, start: str) -> None:
    """Set the notices for the instant the date begins; a day that has begun already is told at once."""
    ids = sorted(rule.id for rule in hand.index.notices.get(start, ()))
    if not ids:
        return
    instant, zone = hand.case.starts.get(start), hand.site.zone
    kept = tuple(one for one in hand.case.pending if one.rule not in ids)
    coming = instant is not None and local_date(instant, zone) >= local_date(hand.at, zone)
    fresh = (Pending(key, max(instant, hand.at)) for key in ids if instant is not None and coming)
    hand.change(pending=(*kept, *fresh))
