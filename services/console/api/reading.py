"""A case from four services at once, as up to date as the reader's own last act."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.console.api.means import Means, Refused, Visit
from services.console.policy.tellings import telling
from services.console.ports import Answer
from shared.rules.book import Book

NOT_YET = 404
HEAR_WITHIN = 2.0
ASK_EVERY = 0.05

Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reading:
    """What each service knows of a case; empty where it has not heard of it yet, or does not answer.

    Attributes:
        reckonings: How each due instant came about, by clock; empty where escalation does not answer.
        outward: Who outside the house is to be told what, what is still to be done first.
        behind: Services whose part is missing or older than the reader's last act.
    """

    intake: Told
    dispatch: Told
    escalation: Told
    report: Told
    reckonings: Mapping[str, Told]
    outward: Sequence[Told]
    behind: tuple[str, ...]

    @property
    def possible(self) -> dict[str, tuple[str, ...]]:
        """Acts possible now, by service."""
        parts = {"intake": self.intake, "dispatch": self.dispatch, "escalation": self.escalation}
        return {name: tuple(part.get("possible", ())) for name, part in parts.items()}


async def read(means: Means, visit: Visit, case: str, at_least: str | None) -> Reading:
    """Read a case.

    Raises:
        Refused: Intake, which has every case, does not have this one for the reader.
    """
    intake = await _part(means, visit, f"/api/intake/requests/{case}", at_least)
    if not intake.ok:
        raise Refused(intake)
    dispatch, (escalation, explained), report, outward = await asyncio.gather(
        _heard(means, visit, f"/api/dispatch/cases/{case}", at_least),
        _clocks(means, visit, f"/api/escalation/cases/{case}", at_least),
        _heard(means, visit, f"/api/reporting/cases/{case}", at_least),
        means.gateway.get(visit.caller, f"/api/notify/cases/{case}/outward"),
    )
    tellings = [_telling(one, means.book) for one in outward.body.get("items", ())]
    parts = {"intake": intake, "dispatch": dispatch, "escalation": escalation, "reporting": report}
    behind = tuple(name for name, part in parts.items() if not part.ok or not _current(part.body))
    told = [part.body if part.ok else {} for part in parts.values()]
    return Reading(told[0], told[1], told[2], told[3], explained, sorted(tellings, key=_seen_to), behind)


def _telling(one: Told, book: Book) -> Told:
    """A telling with where it is recorded, and who did that by name."""
    by = (one["seen_to"] or {}).get("by", "")
    person = book.staff.person(by)
    return {**one, "path": telling(one["id"]).path, "by": person.name if person else by}


def _seen_to(one: Told) -> bool:
    return one["seen_to"] is not None


def _current(body: Told) -> bool:
    return bool(body.get("current", body.get("fresh", True)))


async def _clocks(means: Means, visit: Visit, path: str, at_least: str | None) -> tuple[Answer, dict[str, Told]]:
    """The case with its clocks, and then, as up to date, how each due instant came about."""
    answer = await _heard(means, visit, path, at_least)
    explained = await means.gateway.get(visit.caller, f"{path}/explain") if answer.ok else answer
    return answer, {str(one["clock"]): one for one in explained.body.get("clocks", ()) if "pieces" in one}


async def _part(means: Means, visit: Visit, path: str, at_least: str | None) -> Answer:
    return await means.gateway.get(visit.caller, path, {"at_least": at_least})


async def _heard(means: Means, visit: Visit, path: str, at_least: str | None) -> Answer:
    """Ask until the service has heard of the case at all; for a fresh case that takes a moment."""
    deadline = asyncio.get_running_loop().time() + HEAR_WITHIN
    while True:
        answer = await _part(means, visit, path, at_least)
        if answer.status != NOT_YET or asyncio.get_running_loop().time() > deadline:
            return answer
        await asyncio.sleep(ASK_EVERY)
