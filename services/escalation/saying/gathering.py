"""Fewer words for the past: what an import's clocks did at one instant is said in one fact.

A night of live work says each cause by itself. A year of history said that way would be millions of messages that
nobody waits for, so clocks armed at one instant share a fact, clocks ended at one instant share a fact, and a clock
without a number that began and ended at the same instant is not mentioned: it owed nothing and shows nothing.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from shared.contracts.escalation import ClockArmed, ClockStopped
from shared.contracts.fold import Say
from shared.contracts.pieces import Armed, Stopped

Place = tuple[type[ClockArmed] | type[ClockStopped], datetime | None]


def gathered(said: Sequence[Say]) -> list[Say]:
    """The same facts, those about clocks gathered by instant; where a clock ran twice at one they are left as said."""
    flashes = _flashes(said)
    places: dict[Place, list[Say]] = {}
    order: list[Place | Say] = []
    for say in said:
        if not isinstance(say.fact, ClockArmed | ClockStopped):
            order.append(say)
            continue
        place = (type(say.fact), say.at)
        if place not in places:
            order.append(place)
        places.setdefault(place, []).append(say)
    return [one for entry in order for one in ([entry] if isinstance(entry, Say) else _merged(places[entry], flashes))]


def _merged(says: Sequence[Say], flashes: frozenset[tuple[str, datetime]]) -> list[Say]:
    clocks = [clock for say in says for clock in _clocks(say) if (clock.clock, clock.start_at) not in flashes]
    if len({clock.clock for clock in clocks}) < len(clocks):
        return list(says)
    if not clocks:
        return []
    because = "+".join(dict.fromkeys(_because(say) for say in says))
    fact = type(says[0].fact).model_validate({"clocks": clocks, "because": because})
    return [Say(fact, at=says[0].at)]


def _flashes(said: Iterable[Say]) -> frozenset[tuple[str, datetime]]:
    """Clocks without a due instant that were armed and ended at one instant."""
    said = list(said)
    armed = {(c.clock, c.start_at, say.at) for say in said if isinstance(say.fact, ClockArmed) for c in say.fact.clocks}
    stopped = {
        (c.clock, c.start_at, say.at)
        for say in said
        if isinstance(say.fact, ClockStopped)
        for c in say.fact.clocks
        if c.due_at is None
    }
    return frozenset((clock, start) for clock, start, _ in armed & stopped)


def _clocks(say: Say) -> tuple[Armed, ...] | tuple[Stopped, ...]:
    assert isinstance(say.fact, ClockArmed | ClockStopped)
    return say.fact.clocks


def _because(say: Say) -> str:
    assert isinstance(say.fact, ClockArmed | ClockStopped)
    return say.fact.because
