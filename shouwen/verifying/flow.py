"""A whole comparison: log, every service, their books, and the rows of reporting."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from shouwen.door import Door
from shouwen.verifying.books import ledger, notices, pending, scanned
from shouwen.verifying.comparing import Difference, Services, against_log, between, rows_against
from shouwen.verifying.digests import Digests, pages, sites
from shouwen.verifying.hearing import who_hears
from shouwen.verifying.log import LogReader
from shouwen.verifying.standing import DISPATCH, standings, told_of_sites

SETTLE = 2.0
DIRECTORY = "directory"
"""Hears nobody and says nothing on the log; its books are looked into all the same."""

Progress = Callable[[str, int], None]


def silently(_what: str, _count: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a comparison found.

    Attributes:
        complete: Whether the log still begins at its beginning.
        services: What each service says of its entities.
        given_up: How many letters and versions people have given up; they are no differences any more.
    """

    differences: tuple[Difference, ...]
    messages: int
    entities: int
    complete: bool
    services: Services = field(default_factory=dict, repr=False)
    given_up: int = 0


async def verify_system(door: Door, reader: LogReader, tell: Progress = silently, *, settle: float = SETTLE) -> Verdict:
    """Compare; what differs is looked at once more a little later, so that messages under way can arrive.

    Args:
        door: The system.
        reader: Its log.
        tell: Called with what is being read and how much of it has been.
        settle: Seconds until the second look.

    Raises:
        Refused: The system does not answer, or the token may not see everything.
    """
    first = await _look(door, reader, tell)
    if not first.differences:
        return first
    await asyncio.sleep(settle)
    again = await _look(door, reader, tell)
    suspects = {(difference.entity, difference.where) for difference in first.differences}
    lasting = (each for each in again.differences if (each.entity, each.where) in suspects)
    return replace(again, differences=tuple(lasting))


async def _look(door: Door, reader: LogReader, tell: Progress) -> Verdict:
    hears = who_hears()
    given_up = await _given_up(door, hears)
    reader.aside.update(one["id"] for _, one in given_up if not one["lost"])
    lost = frozenset((service, one["entity"], one["speaker"]) for service, one in given_up if one["lost"])
    log = await reader.envelopes(lambda count: tell("EV", count))
    requests = await reader.requests()
    services: Services = {name: await _digests(door, name, tell) for name in hears}
    rows = await sites(door)
    found: list[Difference] = [*between(services, hears, lost)]
    for speaker, said in services.items():
        found += against_log(log, speaker, said, lost)
    found += rows_against(requests, rows, complete=log.complete)
    asked = await told_of_sites(door, reader, rows | requests, services[DISPATCH], complete=log.complete)
    found += [difference async for difference in standings(door, asked)]
    for name in (DIRECTORY, *hears):
        found += await _books(door, name, tell)
    async for count, amiss in ledger(door):
        found += amiss
        tell("ledger", count)
    async for count, amiss in notices(door, reader):
        found += amiss
        tell("notices", count)
    entities = len(set().union(*services.values()))
    return Verdict(tuple(_in_order(found)), log.messages, entities, log.complete, services, len(given_up))


async def _given_up(door: Door, hears: Iterable[str]) -> list[tuple[str, dict[str, Any]]]:
    """What people gave up at each service."""
    return [(service, one) for service in hears for one in await door.read(f"/api/{service}/parked/given-up")]


async def _digests(door: Door, service: str, tell: Progress) -> Digests:
    whole: Digests = {}
    async for page in pages(door, service):
        whole |= page
        tell(service, len(whole))
    return whole


async def _books(door: Door, service: str, tell: Progress) -> list[Difference]:
    found, seen = await pending(door, service), 0
    async for looked_at, amiss in scanned(door, service):
        seen += looked_at
        found += amiss
        tell(f"{service} books", seen)
    return found


def _in_order(found: Sequence[Difference]) -> list[Difference]:
    return sorted(found, key=lambda difference: (difference.entity, difference.where))
