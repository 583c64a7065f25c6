"""Matters of a load: judged by the very fold that will open them, then brought as cases in batches."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from services.intake.commands import AlreadyImported, ImportCase, Numbered, entity_of, obey
from services.intake.commands.going_live import as_of, brought, source_of
from services.intake.policy.masters.custody import MATTERS
from services.intake.policy.masters.findings import Finding
from services.intake.policy.masters.records import Matter, Place
from services.intake.ports import Numbers
from services.intake.ports.loads import Job, Read, Register, Told
from shared.contracts.fold import Actor, Ask, Grant, Moment, Refusal
from shared.contracts.wording import Text, text
from shared.organisation.records import Named
from shared.runtime.engine import Engine, Submission
from shared.web.problems import body_of_errors
from shared.web.wording import Voice

TOGETHER = 100
CHINESE, ENGLISH = Voice("zh"), Voice("en")
FIELDS = {"customer_limit": "due_at", "demand": "note", "caller/name": "contact", "caller/phone": "phone"}
"""Columns of the sheet by the fields of the command where they are called otherwise."""


@dataclass(frozen=True, slots=True)
class Matters:
    """Judges and brings.

    Attributes:
        line_of: Key, command and case id as a row of a load.
    """

    engine: Engine
    numbers: Numbers
    line_of: Callable[[str, str, str], str]

    async def judge(self, job: Job, read: Read, now: datetime) -> list[Finding]:
        """What stands against the matters of a file; those that are right join its rows."""
        refused: list[Finding] = []
        for some in _batches(read.matters):
            lines = [self._judged(job, matter, now, refused) for matter in some]
            await asyncio.to_thread(_append, read.rows, "".join(lines))
        return refused

    def _judged(self, job: Job, matter: Matter, now: datetime, refused: list[Finding]) -> str:
        try:
            command = brought(matter, job.site, now)
        except ValidationError as wrong:
            refused.append(_invalid(matter.at, wrong))
            return ""
        answer = obey(None, _ask(job, command, 0, now), Moment(at=now, now=now, book=self.engine.book))
        if isinstance(answer, Refusal):
            refused.append(_finding(matter.at, answer))
            return ""
        return self.line_of(matter.id, command.model_dump_json(), entity_of(source_of(job.site), matter.id))

    async def bring(self, job: Job, register: Register, told: Told) -> int:
        """Make cases of the matters of an applied load, from where it stood; answers how many were refused even so."""
        assert job.applied_at is not None
        after, done, refused = job.matters_after, job.done, 0
        while rows := await register.matters(job, after, TOGETHER):
            commands = [as_of(ImportCase.model_validate_json(body), job.applied_at) for _, body in rows]
            findings = await self._carry_out(job, commands)
            after, done, refused = rows[-1][0], done + len(rows), refused + len(findings)
            await register.matters_done(job, after, done, findings)
            told(done, job.total)
        return refused

    async def _carry_out(self, job: Job, commands: Sequence[ImportCase]) -> list[Finding]:
        numbers = await self.numbers.take(len(commands))
        now = self.engine.clock.now()
        submissions = [
            Submission(_ask(job, command, number, now), lambda _done: b"{}")
            for command, number in zip(commands, numbers, strict=True)
        ]
        await self.engine.obey(submissions)
        answered = ((command.history.key, one.answer) for command, one in zip(commands, submissions, strict=True))
        return [
            _finding(Place(key, 0), answer)
            for key, answer in answered
            if isinstance(answer, Refusal) and not isinstance(answer, AlreadyImported)
        ]


def _ask(job: Job, command: ImportCase, number: int, now: datetime) -> Ask:
    """Asked in the name of whoever loads the file, who was found to administer the site when he did."""
    actor = Actor(account=job.account, name=job.by, grants=(Grant(job.site, "admin"),))
    entity = entity_of(command.history.source, command.history.key)
    return Ask(entities=(entity,), command=Numbered(command, number), actor=actor, at=now, right="admin")


def _batches(matters: Sequence[Matter]) -> Iterator[Sequence[Matter]]:
    return (matters[start : start + TOGETHER] for start in range(0, len(matters), TOGETHER))


def _append(path: Path, lines: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(lines)


def _finding(at: Place, refusal: Refusal) -> Finding:
    hint = refusal.hint or text("请改正后重新上传")
    return Finding(
        sheet=at.sheet,
        row=at.row,
        letter="",
        column=_column(refusal.field or ""),
        value="",
        code=refusal.why,
        wrong=_said(refusal.text),
        right=_said(hint),
    )


def _invalid(at: Place, wrong: ValidationError) -> Finding:
    errors: list[Mapping[str, Any]] = list(wrong.errors(include_url=False))
    said = [body_of_errors(errors, voice)["errors"][0] for voice in (CHINESE, ENGLISH)]
    return Finding(
        sheet=at.sheet,
        row=at.row,
        letter="",
        column=_column(said[0]["field"]),
        value="",
        code="invalid",
        wrong=Named(said[0]["detail"], said[1]["detail"]),
        right=_said(text("请改正后重新上传")),
    )


def _column(field: str) -> Named:
    """What the sheet calls the field of a command."""
    name = field.strip("/")
    column = FIELDS.get(name, name)
    return next((each.name for each in MATTERS.columns if each.id == column), Named(name, name))


def _said(sentence: Text) -> Named:
    return Named(CHINESE.say(sentence), ENGLISH.say(sentence))
