"""Dead letters as administrators see them: what died and why, what waits behind it, what can be done about it.

Source: design.md §5 (settling).
"""

import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any

import structlog
from fastapi import FastAPI, Query, Request
from nats.aio.client import Client
from sqlalchemy import text as sql

from shared.contracts.fields import Command, Reason
from shared.contracts.fold import Actor
from shared.contracts.wording import text
from shared.process.advisories import advisories
from shared.process.burials import Burial, Burials, StillDead, tombstone_of
from shared.runtime.engine import Engine, is_passing
from shared.runtime.folding import heard_entities
from shared.storage.letters import Letter, told
from shared.web.problems import Problem, refuse
from shared.web.surface import Surface

log = structlog.get_logger()

MOST = 500
PARDON = 10_000
SHOWN = 20_000
Limit = Annotated[int, Query(ge=1, le=MOST)]

# The schema is the code's own name of a service, never input.
LIST = """
    select d.id, d.entity, d.speaker, d.version, d.subject, d.headers, d.reason, d.died_at, d.settled,
        (select count(*) from {s}.parked p where p.entity = d.entity and p.speaker = d.speaker) as waiting
    from {s}.dead_letters d
    where (:settled or d.settled is null)
        and (:after = '' or (d.died_at, d.id) > (select died_at, id from {s}.dead_letters where id = :after))
    order by d.died_at, d.id limit :most"""


class Discard(Command):
    """Why a letter is given up; kept with it."""

    why: Reason


Broker = Callable[[], Client | None]


def dead_letter_routes(api: FastAPI, surface: Surface, engine: Engine, broker: Broker) -> None:
    """Add ``/dead-letters`` to a service; *broker* answers the connection, or None before the start."""
    burials = Burials(engine)
    _reading(api, surface, engine, burials, broker)
    _settling(api, surface, engine, burials)


def _reading(api: FastAPI, surface: Surface, engine: Engine, burials: Burials, broker: Broker) -> None:
    listed = sql(LIST.format(s=engine.folds.service))

    @api.get("/dead-letters")
    async def dead_letters(
        request: Request, after: str = "", limit: Limit = 100, *, settled: bool = False
    ) -> dict[str, Any]:
        """Letters no retry can help, oldest first, with what waits behind each; settled ones only when asked for."""
        await administrator(request, surface)
        async with engine.db.connect() as conn:
            rows = await conn.execute(listed, {"after": after, "most": limit, "settled": settled})
            letters = [_line(row) for row in rows]
        told_off = await advisories(broker(), engine.folds.service)
        return {"letters": letters, "stopped": engine.toll.stopped or None, "advisories": told_off}

    @api.get("/dead-letters/{name}")
    async def dead_letter(request: Request, name: str, *, private: bool = False) -> dict[str, Any]:
        """One letter as it came, and what replaying or discarding it would do; personal data only when asked for."""
        await administrator(request, surface)
        burial = await _found(burials, name)
        return _shown(burial, private=private) | {
            "replay": await foretold(engine, burial.letter),
            "discard": await foretold(engine, tombstone_of(burial.letter)) if burial.has_envelope else {"would": "end"},
        }


def _settling(api: FastAPI, surface: Surface, engine: Engine, burials: Burials) -> None:
    service = engine.folds.service

    @api.post("/dead-letters/{name}/replay")
    async def replay(request: Request, name: str) -> dict[str, Any]:
        """Apply a letter after all, and what waits behind it; a second time changes nothing."""
        actor = await administrator(request, surface)
        try:
            outcome = await burials.replay(await _found(burials, name), actor.account)
        except StillDead as reason:
            raise _still_dead(str(reason)) from reason
        log.warning("dead_letter_replayed", service=service, letter=name, by=actor.account, outcome=outcome)
        return {"id": name, "outcome": outcome}

    @api.post("/dead-letters/{name}/discard")
    async def discard(request: Request, name: str, body: Discard) -> dict[str, Any]:
        """Give a letter up: its version counts as heard, nothing else changes, what waits behind it goes on."""
        actor = await administrator(request, surface)
        try:
            outcome = await burials.discard(await _found(burials, name), actor.account, body.why)
        except StillDead as reason:
            raise _still_dead(str(reason)) from reason
        log.warning("dead_letter_discarded", service=service, letter=name, by=actor.account, outcome=outcome)
        return {"id": name, "outcome": outcome}

    @api.post("/reader/pardon")
    async def pardon(request: Request) -> dict[str, Any]:
        """A reader that stopped because nearly everything would die goes on burying: the letters are bad, not it."""
        actor = await administrator(request, surface)
        engine.toll.pardoned = PARDON
        log.warning("reader_pardoned", service=service, by=actor.account, letters=PARDON)
        return {"stopped": engine.toll.stopped or None, "pardoned": PARDON}


async def administrator(request: Request, surface: Surface) -> Actor:
    """Who asks, when he is an administrator of everything.

    Raises:
        Problem: 401 or 403.
    """
    actor = await surface.actor(request)
    if not actor.can("admin", "*"):
        raise refuse("no_right", text("只有管理员可以查看和处理死信"), status=403)
    return actor


def _still_dead(reason: str) -> Problem:
    return refuse(
        "still_dead",
        text("这封死信仍然不能处理：{reason}", reason=reason),
        status=409,
        hint=text("先改正程序或目录再重放，或者放弃它"),
    )


async def _found(burials: Burials, name: str) -> Burial:
    burial = await burials.find(name)
    if burial is None:
        raise refuse("unknown", text("没有找到这个编号"), status=404)
    return burial


async def foretold(engine: Engine, letter: Letter) -> dict[str, Any]:
    """What hearing *letter* now would do, tried out and taken back."""
    heading, now = letter.heading, engine.clock.now()
    async with engine.db.connect() as conn:
        transaction = await conn.begin()
        try:
            work = await engine.unit.load(conn, heard_entities(engine.folding, [letter]))
            engine.folding.hear(work, letter, now)
            await engine.write(conn, work)
        except Exception as wrong:
            if is_passing(wrong):
                raise
            return {"would": "die", "why": told(wrong)}
        finally:
            await transaction.rollback()
    for dead in work.dead:
        if dead.letter is letter:
            return {"would": "die", "why": dead.reason}
    reached = work.slots[heading.entity].last_heard(heading.speaker)
    return {
        "would": "apply" if reached >= heading.version else "wait",
        "reaches": reached,
        "says": [spoken.heading.kind for spoken in work.spoken],
        "drains": len(work.to_unpark),
    }


def _line(row: Any) -> dict[str, Any]:
    headers: Mapping[str, str] = json.loads(row.headers)
    return {
        "id": row.id,
        "entity": row.entity,
        "speaker": row.speaker,
        "version": row.version,
        "kind": headers.get("ce-type", ""),
        "subject": row.subject,
        "reason": row.reason,
        "died_at": row.died_at.isoformat(),
        "settled": json.loads(row.settled) if row.settled else None,
        "waiting": row.waiting,
    }


def _shown(burial: Burial, *, private: bool) -> dict[str, Any]:
    letter = burial.letter
    return {
        "id": burial.id,
        "entity": letter.heading.entity,
        "speaker": letter.heading.speaker,
        "version": letter.heading.version,
        "subject": letter.subject,
        "headers": dict(letter.headers),
        "body": public_of(letter.body, private=private),
        "bytes": len(letter.body),
        "settled": json.loads(burial.settled) if burial.settled else None,
    }


def public_of(body: bytes, *, private: bool) -> Any:
    """A body without its private part; what is no JSON object is all private, as nobody knows what stands in it."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = None
    if isinstance(said, dict) and len(body) <= SHOWN:
        return said if private else {name: value for name, value in said.items() if name != "private"}
    return body[:SHOWN].decode(errors="replace") if private else None
