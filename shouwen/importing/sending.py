"""Cases on their way: a few batches at a time, every answer accounted for."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from shouwen.door import Door
from shouwen.importing.judging import Case
from shouwen.importing.survey import Conflict, Reject, Survey
from shouwen.importing.telling import Teller
from shouwen.words import Words

IMPORTS = "/api/intake/imports"
IN_FLIGHT = 3
FROM_BEFORE = "(earlier import)"
PARTS = {
    "received_at": "received",
    "history/acts": "closed",
    "acts": "closed",
    "history/key": "key",
    "department_limit": "due",
    "customer_limit": "due",
    "caller/name": "caller",
    "caller/phone": "phone",
}
"""Which part of a row stands behind a field of the command."""


@dataclass(slots=True)
class Sent:
    """What became of the cases so far.

    Attributes:
        already: Brought by an earlier import; ``changed`` of them read differently now.
    """

    new: int = 0
    already: int = 0
    changed: int = 0

    @property
    def arrived(self) -> int:
        """Cases that are in the system."""
        return self.new + self.already


async def send(door: Door, survey: Survey, teller: Teller, *, batch: int) -> Sent:
    """Send every case of *survey*; what is refused joins its rejects, what differs from before its conflicts.

    Raises:
        Refused: The system does not take them; what was sent is safe there.
    """
    sent = Sent()
    batches = _batches(survey.cases, batch)

    async def carry() -> None:
        for cases in batches:
            await _send_batch(door, survey, cases, sent)
            teller.at(sent.arrived + len(survey.rejects) - before, f"rejects {len(survey.rejects)}")

    before = len(survey.rejects)
    try:
        async with asyncio.TaskGroup() as carriers:
            for _ in range(IN_FLIGHT):
                carriers.create_task(carry())
    except ExceptionGroup as several:
        raise several.exceptions[0] from None
    return sent


def _batches(cases: Sequence[Case], size: int) -> Iterator[Sequence[Case]]:
    return (cases[start : start + size] for start in range(0, len(cases), size))


async def _send_batch(door: Door, survey: Survey, cases: Sequence[Case], sent: Sent) -> None:
    answers = (await door.post(IMPORTS, [case.body for case in cases]))["rows"]
    refused = [(case, row) for case, row in zip(cases, answers, strict=True) if row["outcome"] == "refused"]
    for case, row in zip(cases, answers, strict=True):
        _account(survey, case, row, sent)
    if refused:
        await _ask_why(door, survey, refused, sent)


def _account(survey: Survey, case: Case, row: dict[str, Any], sent: Sent) -> None:
    sent.new += row["outcome"] == "imported"
    if row["outcome"] == "already":
        sent.already += 1
        if row["differs"]:
            sent.changed += 1
            differs = tuple((_column(survey, name), FROM_BEFORE, "") for name in row["differs"])
            survey.conflicts.append(Conflict(case.line, case.key, None, differs))


async def _ask_why(door: Door, survey: Survey, refused: Sequence[tuple[Case, dict[str, Any]]], sent: Sent) -> None:
    """Ask again in English: a refusal leaves nothing behind, and its reason is wanted in both languages."""
    bodies = [case.body for case, _ in refused]
    answers = (await door.post(IMPORTS, bodies, language="en"))["rows"]
    for (case, chinese), english in zip(refused, answers, strict=True):
        if english["outcome"] != "refused":
            _account(survey, case, english, sent)
            continue
        column = _column(survey, str(chinese.get("field", "")))
        words = Words(_reason(chinese), _reason(english))
        survey.rejects.append(Reject(case.line, case.key, column, "", words))


def _column(survey: Survey, field: str) -> str:
    """The file's own column behind a field of the command, or the field where none is."""
    name = field.strip("/")
    part = next((part for start, part in PARTS.items() if name.startswith(start)), name)
    return survey.layout.column(part) if part in survey.layout.places else name


def _reason(answer: dict[str, Any]) -> str:
    return " ".join(str(answer[name]) for name in ("detail", "hint") if answer.get(name)) or str(answer["why"])
