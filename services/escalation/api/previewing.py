"""What a calendar would do to the deadlines of some open cases, were it put in force now."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from services.escalation.api.showing import said, stamp
from services.escalation.policy.following import KEPT, Fate, Looked, follows_calendar, looked_at
from services.escalation.saying.hand import Hand
from services.escalation.state import Docket
from shared.contracts.fold import Moment
from shared.process.service import ServiceProcess
from shared.rules.model import ClockRule
from shared.timekeeping.calendar import Calendar
from shared.web.wording import Voice

AT_A_TIME = 50
"""Cases looked at before the loop is given to others."""


@dataclass(frozen=True, slots=True)
class Preview:
    """The calendar in question, as of now, for one reader."""

    calendar: Calendar
    now: datetime
    voice: Voice


@dataclass(slots=True)
class _Sum:
    moved: list[dict[str, Any]] = field(default_factory=list)
    kept: Counter[str] = field(default_factory=Counter)
    years: set[int] = field(default_factory=set)

    def add(self, preview: Preview, hand: Hand, rule: ClockRule, look: Looked) -> None:
        if look.fate in KEPT:
            self.kept[look.fate.value] += 1
            return
        self.years.update(look.fresh.provisional)
        if look.fate is Fate.MOVES:
            self.moved.append(
                {
                    "case": hand.case.id,
                    "number": hand.case.number,
                    "clock": look.clock.id,
                    "name": said(rule.name, preview.voice),
                    "due_at": stamp(look.clock.due_at),
                    "would_be": stamp(look.fresh.due_at),
                }
            )


async def previewed(process: ServiceProcess, preview: Preview, ids: Sequence[str]) -> dict[str, Any]:
    """What would move of the cases *ids*, what is kept and why, and the years nothing is known of."""
    found = _Sum()
    moment = Moment(at=preview.now, now=preview.now, book=process.book)
    for start in range(0, len(ids), AT_A_TIME):
        async with process.db.connect() as conn:
            slots = await process.engine.unit.peek(conn, list(ids[start : start + AT_A_TIME]))
        for entity in sorted(slots):
            docket = slots[entity].state
            if isinstance(docket, Docket) and docket.case is not None and not docket.case.closed:
                hand = Hand(docket.case, moment)
                for rule, look in _looks(preview, hand):
                    found.add(preview, hand, rule, look)
        await asyncio.sleep(0)
    return {
        "looked_at": len(ids),
        "moved": found.moved,
        "moved_total": len(found.moved),
        "kept": found.kept.total(),
        "kept_because": dict(sorted(found.kept.items())),
        "provisional": sorted(found.years),
    }


def _looks(preview: Preview, hand: Hand) -> Iterator[tuple[ClockRule, Looked]]:
    terms = replace(hand.terms, calendar=preview.calendar)
    for clock in hand.case.running:
        rule = hand.rule(clock.id)
        if rule is not None and follows_calendar(rule, clock):
            yield rule, looked_at(rule, clock, terms, at=preview.now, since=preview.now)
