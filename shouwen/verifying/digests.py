"""What each service says it has said and heard of every entity."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from shouwen.door import Door

PAGE = 5000


@dataclass(frozen=True, slots=True)
class Digest:
    """One entity at one service.

    Attributes:
        said: Last version it spoke, with the chain over all its messages.
        heard: The same for every speaker it listened to.
        waiting: Messages parked until a predecessor arrives.
    """

    said: int
    chain: int
    heard: dict[str, tuple[int, int]]
    waiting: int


Digests = dict[str, Digest]


async def page(door: Door, service: str, *, after: str, most: int = PAGE) -> Digests:
    """The entities of *service* behind *after*, at most *most*, in order of id."""
    rows = await door.read(f"/api/{service}/digest", after=after, limit=most)
    return {row["entity"]: _digest(row) for row in rows}


async def pages(
    door: Door, service: str, *, after: str = "", upto: str | None = None, most: int = PAGE
) -> AsyncIterator[Digests]:
    """Page by page of *most* behind *after*, to the end or until *upto* has been passed."""
    while found := await page(door, service, after=after, most=most):
        yield found
        after = max(found)
        if len(found) < most or (upto is not None and after >= upto):
            return


async def sites(door: Door) -> dict[str, str | None]:
    """The site of every case reporting has a row of."""
    whole: dict[str, str | None] = {}
    after = ""
    while found := await door.read("/api/reporting/rows", after=after, limit=PAGE):
        whole |= {row["entity"]: row["site"] for row in found}
        after = found[-1]["entity"]
    return whole


def _digest(row: dict[str, Any]) -> Digest:
    said, chain = row["said"]
    heard = {speaker: (version, link) for speaker, (version, link) in row["heard"].items()}
    return Digest(said, chain, heard, row["waiting"])
