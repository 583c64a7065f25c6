"""Bring cases of the past: every row gets its own answer, one bad row hurts no other."""

import json
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from fastapi import Body, FastAPI, Request
from pydantic import ValidationError

from services.intake.api.means import Means
from services.intake.commands import AlreadyImported, ImportCase, Numbered, entity_of
from shared.contracts.fold import Actor, Ask, Done, Refusal
from shared.contracts.intake import RequestReceived
from shared.runtime.engine import Submission
from shared.web.problems import body_of, body_of_errors, voice_of
from shared.web.wording import Voice

ROWS_MOST = 500
TOGETHER = 100

Answers = dict[int, dict[str, Any]]


def add(api: FastAPI, means: Means) -> None:
    """Add the route."""

    @api.post("/imports")
    async def bring(
        request: Request, rows: Annotated[list[dict[str, Any]], Body(max_length=ROWS_MOST)]
    ) -> dict[str, Any]:
        """Import up to 500 cases; a source and key known before changes nothing and names what differs."""
        actor, voice = await means.process.surface.actor(request), voice_of(request)
        answers: Answers = {}
        commands = list(_readable(rows, answers, voice))
        for start in range(0, len(commands), TOGETHER):
            await _carry_out(means, actor, commands[start : start + TOGETHER], answers, voice)
        return {"rows": [{"row": row} | answers[row] for row in range(len(rows))]}


def _readable(rows: Sequence[dict[str, Any]], answers: Answers, voice: Voice) -> Iterator[tuple[int, ImportCase]]:
    for row, given in enumerate(rows):
        try:
            yield row, ImportCase.model_validate(given)
        except ValidationError as wrong:
            errors = body_of_errors(list(wrong.errors(include_url=False)), voice)["errors"]
            answers[row] = {"outcome": "refused", "why": "invalid"} | errors[0]


async def _carry_out(
    means: Means, actor: Actor, commands: Sequence[tuple[int, ImportCase]], answers: Answers, voice: Voice
) -> None:
    numbers = await means.numbers.take(len(commands))
    now = means.process.clock.now()
    submissions = [
        Submission(
            Ask(
                entities=(entity_of(command.history.source, command.history.key),),
                command=Numbered(command, number),
                actor=actor,
                at=now,
                right="admin",
            ),
            _imported,
        )
        for (_, command), number in zip(commands, numbers, strict=True)
    ]
    await means.process.engine.obey(submissions)
    for (row, _), submission in zip(commands, submissions, strict=True):
        answers[row] = _answer(submission, voice)


def _imported(done: Done) -> bytes:
    fact = done.facts[0][1]
    assert isinstance(fact, RequestReceived)
    return json.dumps({"outcome": "imported", "case": done.entity, "number": fact.number}).encode()


def _answer(submission: Submission, voice: Voice) -> dict[str, Any]:
    answer = submission.answer
    entity = submission.ask.entities[0]
    if isinstance(answer, AlreadyImported):
        return {"outcome": "already", "case": entity, "why": answer.why, "differs": list(answer.differs)}
    if isinstance(answer, Refusal):
        said = body_of(answer, voice)
        members = ("detail", "hint", "errors") if answer.more else ("detail", "hint")
        shown = {key: said[key] for key in members if key in said}
        return {"outcome": "refused", "why": answer.why, "field": answer.field or "/"} | shown
    told: dict[str, Any] = json.loads(answer or b"{}")
    return told
