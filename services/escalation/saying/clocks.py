"""Clocks armed, met, moved and taken away, with the facts that tell it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import cast

from services.escalation.policy.audience import last_call_at, role_among
from services.escalation.policy.clockwork import (
    Clock,
    Ending,
    cancelled,
    disproved,
    met,
    wind,
)
from services.escalation.policy.ladder import Raise, calmed
from services.escalation.saying.hand import Hand
from shared.contracts.escalation import BreachAnnulled, ClockArmed, ClockBreached, ClockStopped
from shared.contracts.fold import Say
from shared.contracts.pieces import Armed, Stopped, Told
from shared.rules.changing import changed
from shared.rules.clocks import DueWhy, Promise
from shared.rules.indexing import STEP, set_off_by
from shared.rules.model import ClockRule
from shared.rules.words import Basis, StartFact, StopFact

Start = tuple[ClockRule, datetime]
_JUDGED = frozenset({Ending.MET, Ending.LATE})


def begin(hand: Hand, start: str, promised: Mapping[str, Promise] | None = None) -> None:
    """Arm what *start* starts now (`shared.rules.indexing.set_off_by`); a clock that runs already is not moved."""
    hand.change(starts={**hand.case.starts, start: hand.at})
    rules = hand.index.starting.get(start)
    if rules:
        running, matter = {clock.id for clock in hand.case.running}, hand.matter
        fresh = (rule for rule in rules if rule.id not in running and rule.when.holds(matter))
        arm(hand, [(rule, hand.at) for rule in fresh], start, promised)


def begin_after(hand: Hand, missed: Clock) -> None:
    """Arm what the breach of another clock starts, as of its due instant."""
    assert missed.due_at is not None
    start = set_off_by(StartFact.MISSED, missed.id)
    matter = hand.matter
    rules = [rule for rule in hand.index.starting.get(start, ()) if rule.when.holds(matter)]
    if rules:
        hand.change(starts={**hand.case.starts, start: missed.due_at})
        arm(hand, [(rule, missed.due_at) for rule in rules], StartFact.MISSED.value)


def arm(
    hand: Hand, starts: Iterable[Start], because: str, promised: Mapping[str, Promise] | None = None
) -> tuple[Clock, ...]:
    """Arm clocks from their starts and say so in one fact; nothing is armed on a closed case."""
    if hand.case.closed:
        return ()
    terms, known = hand.terms, promised or {}
    owed = ((rule, start) for rule, start in starts if not (hand.case.opens_incident and _asks(rule)))
    clocks = [wind(rule, start=start, at=hand.at, terms=terms, promised=known.get(rule.id)) for rule, start in owed]
    return show(hand, [with_last_call(hand, clock) for clock in clocks], because)


def _asks(rule: ClockRule) -> bool:
    """Whether nothing but asking the customer afterwards meets the clock; an incident has no customer of its own."""
    return rule.stop == (StopFact.FOLLOWED_UP,)


def show(hand: Hand, clocks: Iterable[Clock], because: str) -> tuple[Clock, ...]:
    """Put running clocks into the case and say with which due instants they run."""
    put = tuple(clocks)
    if put:
        hand.put(*put)
        hand.say(ClockArmed(clocks=tuple(_armed(hand, clock) for clock in put), because=because))
    return put


def meet(hand: Hand, *stops: str) -> None:
    """End every clock that one of *stops* meets; one whose recorded breach it disproves is annulled."""
    before = hand.case.stops
    first = {stop: hand.at if stop.startswith(STEP) else before.get(stop, hand.at) for stop in stops}
    hand.change(stops={**before, **first})
    meets = frozenset[str]().union(*(hand.index.stopping.get(stop, frozenset()) for stop in stops))
    if meets:
        listed = (clock for clock in hand.case.clocks if clock.id in meets)
        end(hand, [one for one in listed if one.running or _disproved_late(one, hand.at)], because=stops[0])


def end(hand: Hand, clocks: Iterable[Clock], *, because: str, at: datetime | None = None) -> None:
    """End clocks by an act at *at* (default: the hand's instant) and say so in one fact."""
    instant, listed = at or hand.at, list(clocks)
    for clock in listed:
        if disproved(clock, instant):
            annul(hand, clock)
    listed = [_missed(hand, clock, instant) for clock in listed]
    stop(hand, [met(clock, at=instant, by=because) for clock in listed], because)


def cancel(hand: Hand, clocks: Iterable[Clock], *, because: str) -> None:
    """Take clocks away and say so in one fact; what was asked or raised about them rests."""
    stop(hand, [cancelled(clock, at=hand.at, by=because) for clock in clocks], because)


def annul(hand: Hand, clock: Clock) -> None:
    """Take a recorded breach back; its raises are dropped, and those who were told hear of it."""
    assert clock.due_at is not None
    dropped = [one for one in hand.case.raises if (one.clock, one.reason) == (clock.id, "breach")]
    hand.change(raises=tuple(one for one in hand.case.raises if one not in dropped))
    start = set_off_by(StartFact.MISSED, clock.id)
    owed = {rule.id for rule in hand.index.starting.get(start, ())}
    cancel(hand, [one for one in hand.case.running if one.id in owed], because="annulled")
    hand.change(starts={key: at for key, at in hand.case.starts.items() if key != start})
    people = retracted(hand, dropped)
    hand.say(BreachAnnulled(clock=clock.id, due_at=clock.due_at, by_fact=hand.cause, people=people))


def retracted(hand: Hand, dropped: Iterable[Raise]) -> tuple[Told, ...]:
    """Everybody *dropped* raises had told, who is now told that there was no cause."""
    scene = hand.scene()
    told = {person: one.roles for one in dropped for person in (*one.people, *one.copied)}
    roles = {person: role_among(person, those, scene) for person, those in told.items()}
    return tuple(Told(person=person, role=role, tell_at=hand.at, why=(role,)) for person, role in roles.items())


def rereckon(hand: Hand, because: str, promised: Mapping[str, Promise] | None = None) -> None:
    """Reckon running clocks anew after a limit or their start changed.

    Those set by a decision stay, and so do those no limit can touch: what was promised holds, whatever the calendar
    says by now.
    """
    terms, known, anew = hand.terms, promised or {}, []
    for clock in hand.case.running:
        rule = hand.rule(clock.id)
        if rule is None or not _reckoned_anew(hand, rule, clock, known):
            continue
        start = hand.case.received_at if _starts_anew(hand, rule, clock) else clock.start_at
        fresh = wind(rule, start=start, at=hand.at, terms=terms, promised=known.get(rule.id))
        if (fresh.due_at, fresh.start_at) == (clock.due_at, clock.start_at):
            continue
        if clock.breached:
            annul(hand, clock)
        anew.append(with_last_call(hand, fresh))
    show(hand, anew, because)


def rejudge(hand: Hand, promised: Mapping[str, Promise]) -> None:
    """Judge clocks that have ended by the first ear as it is known now; what was in time may have been late (§9.1)."""
    for clock in hand.case.clocks:
        rule = hand.rule(clock.id)
        if rule is None or clock.ending not in _JUDGED or clock.fixed or not _starts_anew(hand, rule, clock):
            continue
        start, known = hand.case.received_at, promised.get(rule.id)
        fresh = wind(rule, start=start, at=hand.at, terms=hand.terms, promised=known)
        if clock.breached:
            annul(hand, clock)
        cancel(hand, [changed(clock, breached=False)], because="correction")
        end(hand, show(hand, [fresh], "correction"), because=clock.ended_by, at=clock.ended_at)


def within_outside(hand: Hand, rule: ClockRule, until: datetime) -> datetime:
    """*until*, but no promise later than an outside line expects its answer (§9.7)."""
    outside = hand.case.outside
    return min(until, outside) if rule.promise and outside is not None else until


def call_assignee(hand: Hand) -> None:
    """Set the last call of every running day-based clock for whoever is assigned now."""
    clocks = [clock for clock in hand.case.running if clock.day_based and not clock.breached]
    hand.put(*(with_last_call(hand, clock) for clock in clocks))


def with_last_call(hand: Hand, clock: Clock) -> Clock:
    """The clock with the last call for whoever is assigned now, if it has one."""
    if not clock.day_based or clock.due_at is None or hand.case.assignee is None:
        return clock
    rule = hand.rule(clock.id)
    if rule is None or not rule.warn:
        return clock
    instant = last_call_at(hand.case.assignee, hand.scene(), due_at=clock.due_at)
    return changed(clock, last_call_at=instant)


def _reckoned_anew(hand: Hand, rule: ClockRule, clock: Clock, promised: Mapping[str, Promise]) -> bool:
    if clock.fixed:
        return False
    if _starts_anew(hand, rule, clock):
        return True
    if clock.breached:
        return False
    by_form = bool(rule.overridable_by) or rule.basis is Basis.MIDPOINT
    return by_form or clock.id in promised or _outside_says(hand, rule, clock)


def _outside_says(hand: Hand, rule: ClockRule, clock: Clock) -> bool:
    """Whether the deadline of an outside line sets the due instant, or did."""
    outside = hand.case.outside
    if clock.why == DueWhy.OUTSIDE_DEADLINE:
        return outside != clock.due_at
    return bool(rule.promise and outside) and (clock.due_at is None or clock.due_at > cast("datetime", outside))


def _starts_anew(hand: Hand, rule: ClockRule, clock: Clock) -> bool:
    """Whether the clock began at a first ear that has been corrected since."""
    was = hand.case.starts.get(StartFact.RECEIVED.value)
    return rule.start is StartFact.RECEIVED and clock.start_at == was != hand.case.received_at


def _disproved_late(clock: Clock, at: datetime) -> bool:
    return clock.ending in {Ending.LATE, Ending.CANCELLED} and disproved(clock, at)


def stop(hand: Hand, ended: list[Clock], because: str) -> None:
    """Put ended clocks into the case and say so; what was asked or raised about them rests."""
    if not ended:
        return
    hand.put(*ended)
    ids = {clock.id for clock in ended}
    about = {one.clock for one in hand.case.raises} | {wish.clock for wish in hand.case.wishes}
    if about & ids:
        hand.change(
            raises=tuple(calmed(one) if one.clock in ids else one for one in hand.case.raises),
            wishes=tuple(wish for wish in hand.case.wishes if wish.clock not in ids),
        )
    hand.say(ClockStopped(clocks=tuple(_stopped(clock) for clock in ended), because=because))


def _missed(hand: Hand, clock: Clock, at: datetime) -> Clock:
    """A clock armed after its due instant had passed and ended in the same breath was breached all the same."""
    if clock.breached or clock.due_at is None or at <= clock.due_at:
        return clock
    rule = hand.rule(clock.id)
    soft = rule is not None and rule.soft
    fact = ClockBreached(clock=clock.id, due_at=clock.due_at, severity=hand.case.severity, silent=True, soft=soft)
    hand.said.append(Say(fact, at=clock.due_at))
    begin_after(hand, clock)
    return changed(clock, breached=True)


def _stopped(clock: Clock) -> Stopped:
    return Stopped.model_validate(
        {
            "clock": clock.id,
            "start_at": clock.start_at,
            "due_at": clock.due_at,
            "outcome": str(clock.ending),
        }
    )


def _armed(hand: Hand, clock: Clock) -> Armed:
    rule = hand.rule(clock.id)
    assert rule is not None
    return Armed(
        clock=clock.id,
        start_at=clock.start_at,
        due_at=clock.due_at,
        warn_at=clock.warn_at,
        basis=str(rule.basis),
        promise=str(rule.promise) if rule.promise else None,
        why=clock.why,
        product_default=rule.product_default,
        source=rule.source,
        calendar=clock.calendar,
    )
