"""A case from four services at once, as up to date as the reader's own last act."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.console.api.means import Means, Refused, Visit
from services.console.ports import Answer

NOT_YET = 404
HEAR_WITHIN = 2.0
ASK_EVERY = 0.05

Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reading:
    """What each service knows of a case; empty where it has not heard of it yet, or does not answer.

    Attributes:
        reckonings: How each due instant came about, by clock; empty where escalation does not answer.
        behind: Services whose part is missing or older than the reader's last act.
    """

    intake: Told
    dispatch: Told
    escalation: Told
    report: Told
    reckonings: Mapping[str, Told]
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
    dispatch, (escalation, explained), report = await asyncio.gather(
        _heard(means, visit, f"/api/dispatch/cases/{case}", at_least),
        _clocks(means, visit, f"/api/escalation/cases/{case}", at_least),
        _heard(means, visit, f"/api/reporting/cases/{case}", at_least),
    )
    parts = {"intake": intake, "dispatch": dispatch, "escalation": escalation, "reporting": report}
    behind = tuple(name for name, part in parts.items() if not part.ok or not _current(part.body))
    told = [part.body if part.ok else {} for part in parts.values()]
    return Reading(told[0], told[1], told[2], told[3], explained, behind)


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
