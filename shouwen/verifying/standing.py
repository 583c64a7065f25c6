"""What each site keeps at dispatch, against the steps of its cases in the log."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict
from typing import Any

from shouwen.door import Door
from shouwen.verifying.comparing import Cure, Difference
from shouwen.verifying.digests import Digests
from shouwen.verifying.log import LogReader
from shouwen.words import Words

DISPATCH = "dispatch"
SITE = "site-"
WHERE = "dispatch standing"
MOST = 4000
"""Steps of one site in one request."""


async def told_of_sites(
    door: Door, reader: LogReader, sites: Mapping[str, str | None], kept: Digests, *, complete: bool
) -> dict[str, dict[str, Any]]:
    """By site what dispatch is asked about it: every step in the log that reaches it.

    Args:
        door: The system.
        reader: Its log.
        sites: The site of every case.
        kept: What dispatch knows; sites that keep something are asked about even without any step in the log.
        complete: Whether the log still begins at its beginning.
    """
    taken = await reader.steps(frozenset(await door.read("/api/dispatch/books/standing")))
    letters: dict[str, list[Any]] = {entity.removeprefix(SITE): [] for entity in kept if entity.startswith(SITE)}
    for case, said in taken.items():
        if (site := sites.get(case)) is not None:
            letters.setdefault(site, []).extend(map(asdict, said))
    return {site: _asked(site, said, complete=complete) for site, said in sorted(letters.items())}


def _asked(site: str, said: list[dict[str, Any]], *, complete: bool) -> dict[str, Any]:
    """Of more than can be asked about at once the latest: a site that agrees with those is left as it is."""
    latest = sorted(said, key=lambda posted: str(posted["headers"].get("ce-time")))[-MOST:]
    return {"site": site, "letters": latest, "complete": complete and len(said) <= MOST}


async def standings(door: Door, asked: Mapping[str, dict[str, Any]]) -> AsyncIterator[Difference]:
    """What a site keeps and should not, or should and does not."""
    for site, told in asked.items():
        answer = await door.post("/api/dispatch/books/standing", told)
        for finding in answer["findings"]:
            what, stands, should = (finding[name] for name in ("what", "stands", "should"))
            words = Words(
                f"项目的“{what}”为 {stands}，按各步骤应为 {should}",
                f'the site has "{what}" at {stands}, its steps lead to {should}',
            )
            yield Difference(SITE + site, WHERE, words, DISPATCH, Cure.RETELL, what)
