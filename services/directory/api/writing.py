"""Several records in one transaction: all of them or none."""

from collections.abc import Sequence

from services.directory.api.shapes import Shaped
from services.directory.commands import PutRecord, obey
from services.directory.policy.access import sites_of
from shared.contracts.fold import Actor, Ask, Done, Moment, Refusal
from shared.process.service import ServiceProcess
from shared.runtime.engine import Submission
from shared.web.problems import Problem


def put_of(one: Shaped, *, follows: str | None = None) -> PutRecord:
    """The command that writes *one*, where given only on top of the record with the digest *follows*.

    Its sites follow from its body.
    """
    sites = sites_of(one.record, one.body)
    return PutRecord(record=one.record, key=one.key, version=one.version, body=one.body, sites=sites, follows=follows)


async def write_all(process: ServiceProcess, commands: Sequence[PutRecord], actor: Actor) -> dict[str, int]:
    """Write *commands* in order.

    Returns:
        How many were written and how many were unchanged.

    Raises:
        Problem: The first that is refused; then nothing was written.
    """
    await _foresee(process, commands, actor)
    answers = {"written": 0, "unchanged": 0}

    def count(done: Done) -> bytes:
        answers[done.why] += 1
        return b""

    submissions = [Submission(_ask(process, command, actor), count) for command in commands]
    await process.engine.obey(submissions)
    for submission in submissions:
        if isinstance(submission.answer, Refusal):
            raise Problem(submission.answer)
    return answers


def _ask(process: ServiceProcess, command: PutRecord, actor: Actor) -> Ask:
    return Ask(entities=(command.entity,), command=command, actor=actor, at=process.clock.now())


async def _foresee(process: ServiceProcess, commands: Sequence[PutRecord], actor: Actor) -> None:
    """Ask the fold itself, on the records as they stand, before anything is written."""
    async with process.db.connect() as conn:
        slots = await process.engine.unit.peek(conn, sorted({command.entity for command in commands}))
    states = {entity: slot.state for entity, slot in slots.items()}
    now = process.clock.now()
    for command in commands:
        verdict = obey(states.get(command.entity), _ask(process, command, actor), Moment(now, now, process.book))
        if isinstance(verdict, Refusal):
            raise Problem(verdict)
        states[command.entity] = verdict.state
