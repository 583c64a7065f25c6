"""A whole comparison: log, every service, and the rows of reporting."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from shouwen.door import Door
from shouwen.verifying.comparing import Difference, Services, against_log, between, rows_against
from shouwen.verifying.digests import every, holdings
from shouwen.verifying.hearing import who_hears
from shouwen.verifying.log import LogReader

SETTLE = 2.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a comparison found.

    Attributes:
        complete: Whether the log still begins at its beginning.
    """

    differences: tuple[Difference, ...]
    messages: int
    entities: int
    complete: bool


async def verify_system(door: Door, reader: LogReader) -> Verdict:
    """Compare; what differs is looked at once more two seconds later, so that messages under way can arrive.

    Raises:
        Refused: The system does not answer, or the token may not see everything.
    """
    first = await _look(door, reader)
    if not first.differences:
        return first
    await asyncio.sleep(SETTLE)
    again = await _look(door, reader)
    suspects = {(difference.entity, difference.where) for difference in first.differences}
    lasting = (each for each in again.differences if (each.entity, each.where) in suspects)
    return Verdict(tuple(lasting), again.messages, again.entities, again.complete)


async def _look(door: Door, reader: LogReader) -> Verdict:
    hears = who_hears()
    log = await reader.envelopes()
    requests = await reader.requests()
    services: Services = {name: await every(door, name) for name in hears}
    rows = await holdings(door)
    found: list[Difference] = [*between(services, hears)]
    for speaker, said in services.items():
        found += against_log(log, speaker, said)
    found += rows_against(requests, rows, services["reporting"], complete=log.complete)
    entities = len(set().union(*services.values()))
    return Verdict(tuple(_in_order(found)), log.messages, entities, log.complete)


def _in_order(found: Sequence[Difference]) -> list[Difference]:
    return sorted(found, key=lambda difference: (difference.entity, difference.where))
