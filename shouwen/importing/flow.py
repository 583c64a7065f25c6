"""An import from the first line read to the last fact heard."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from shouwen.door import Door
from shouwen.importing.founding import Founded, ensure_directory
from shouwen.importing.mapping import Mapping
from shouwen.importing.papers import Papers
from shouwen.importing.sending import Sent, send
from shouwen.importing.survey import Survey
from shouwen.importing.telling import Teller, telling
from shouwen.verifying.hearing import who_hears
from shouwen.verifying.settling import settled
from shouwen.words import Words

LOOK_EVERY = 0.5
STUCK_AFTER = 60.0

SENDING = Words("导入", "importing")
CATCHING_UP = Words("各服务跟上", "catching up")
SETTLING = Words("核对已听全", "checking that all was heard")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be imported, and how.

    Attributes:
        now: When the import began; nobody is told of what fell due before.
        batch: Cases in one request.
    """

    file: Path
    mapping: Mapping
    papers: Papers
    now: datetime
    batch: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it.

    Attributes:
        seconds: From the first case sent to the last fact heard.
        caught_up: Whether every service has heard everything.
    """

    survey: Survey
    sent: Sent
    made: Founded
    seconds: float
    caught_up: bool


async def carry_out(door: Door, plan: Plan, survey: Survey, console: Console) -> Outcome:
    """Bring a surveyed file into the system behind *door*; the papers are written before and after.

    Raises:
        Refused: The system does not take it; running the same again goes on where it stopped.
    """
    plan.papers.write(survey)
    made = await ensure_directory(door, plan.mapping, survey)
    there = await _count(door, plan.mapping.source)
    began = time.perf_counter()
    try:
        with telling(console, SENDING, len(survey.cases)) as teller:
            sent = await send(door, survey, teller, batch=plan.batch)
    finally:
        plan.papers.write(survey)
    with telling(console, CATCHING_UP, sent.new) as teller:
        await _counted(lambda: _count(door, plan.mapping.source), there, sent.new, teller)
    with telling(console, SETTLING, sent.arrived) as teller:
        whole = await settled(door, who_hears(), lambda under_way: teller.at(0, f"{under_way} under way"))
        teller.at(sent.arrived)
    return Outcome(survey, sent, made, time.perf_counter() - began, whole)


async def _counted(count: Callable[[], Awaitable[int]], there: int, new: int, teller: Teller) -> None:
    """Wait until reporting shows *new* cases more than it had, or has stood still for a minute.

    A source may have been imported before, other years of it included; what still lacks is found by the digests.
    """
    most, moved_at = -1, time.perf_counter()
    while most < new and time.perf_counter() - moved_at < STUCK_AFTER:
        shown = await count() - there
        if shown > most:
            most, moved_at = shown, time.perf_counter()
        teller.at(min(shown, new))
        if shown < new:
            await asyncio.sleep(LOOK_EVERY)


async def _count(door: Door, source: str) -> int:
    totals: dict[str, Any] = await door.read("/api/reporting/registers/totals", source=source, group="site")
    return int(totals["total"])
