"""A way out for letters that can only wait: a person gives up either them, or what they wait for.

Two things may stand behind a gap that never closes. The letters stand beyond everything their speaker has said: nobody
will ever say what comes before them, so they are laid aside, and the entity is as if they had not come. Or the speaker
has said what is missing and every copy of it is lost: then it counts as heard, and what waits goes on without it.
Either way the settled dead letters keep what was given up, by whom and why.

Source: design.md §4 (order and duplicates), §5 (settling).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import structlog
from fastapi import FastAPI, Query, Request
from nats.js.errors import NotFoundError
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.contracts.envelope import Heading
from shared.contracts.fields import Command, Reason
from shared.contracts.wording import Text, text
from shared.process.dead_letters import Broker, administrator
from shared.process.provisioning import EV
from shared.process.statements import statement
from shared.runtime.engine import Engine
from shared.runtime.settling import open_letter
from shared.storage.graves import grave_id, storable
from shared.storage.letters import Letter, envelope_text
from shared.storage.slots import decode_heard
from shared.storage.unit import Work
from shared.web.problems import Problem, refuse
from shared.web.surface import Surface

log = structlog.get_logger()

Name = Annotated[str, Query(max_length=200)]
AT_MOST = 10_000
"""Versions of one gap that are counted as heard in one go."""


class GiveUp(Command):
    """What a person gives up, as he saw it.

    Attributes:
        missing: The version that has not come.
        said: The version up to which the speaker has spoken.
        lost: What is missing was said, and no copy of it is left: it counts as heard.
    """

    entity: str
    speaker: str
    missing: int
    said: Annotated[int, Field(ge=0)]
    why: Reason
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Lane:
    """What waits at one entity for one speaker.

    Attributes:
        heard: Last version heard.
        waiting: Versions that wait, the lowest first; never empty.
        dead: A dead letter they wait for, if it is one.
    """

    heard: int
    waiting: Sequence[int]
    dead: str | None

    @property
    def missing(self) -> range:
        """Versions that have not come; empty when the first letter waits for something else."""
        return range(self.heard + 1, self.waiting[0])


class GivingUp:
    """Gives up gaps of one service."""

    def __init__(self, engine: Engine, broker: Broker) -> None:
        """Of *engine*'s service; *broker* answers its connection to the log."""
        self._engine, self._broker, self._schema = engine, broker, engine.folds.service

    async def lane(self, entity: str, speaker: str) -> Lane | None:
        """What waits there; None when nothing does."""
        named = {"entity": entity, "speaker": speaker}
        async with self._engine.db.connect() as conn:
            waiting = [row.version for row in await conn.execute(statement("lane", self._schema), named)]
            dead = (await conn.execute(statement("lane_dead", self._schema), named)).scalar()
            row = (await conn.execute(statement("heard", self._schema), {"entity": entity})).one_or_none()
        if not waiting or row is None:
            return None
        return Lane(decode_heard(row.heard).get(speaker, (0, 0))[0], waiting, dead)

    async def in_log(self, entity: str, speaker: str, versions: range) -> list[int]:
        """Which of *versions* the log holds."""
        nc, found, seq = self._broker(), set[int](), 1
        while nc is not None and versions:
            try:
                raw = await nc.jetstream().get_msg(EV, seq=seq, subject=f"ev.{speaker}.*.{entity}", next=True)
            except NotFoundError:
                break
            found.add(open_letter(raw, place=lambda: EV).heading.version)
            seq = (raw.seq or seq) + 1
        return sorted(found & set(versions[:AT_MOST]))

    async def settle(self, asked: GiveUp, by: str) -> int:
        """Give up what *asked* names.

        Returns:
            How many letters were laid aside, or versions counted as heard; 0 when it stands otherwise by now.
        """
        lane = await self.lane(asked.entity, asked.speaker)
        if lane is None or not lane.missing or lane.missing[0] != asked.missing:
            return 0
        async with self._engine.db.begin() as conn:
            work = await self._engine.unit.load(conn, [asked.entity])
            if work.slots[asked.entity].last_heard(asked.speaker) != lane.heard:
                return 0
            letters = self._lost(work, lane, asked) if asked.lost else _laid_aside(work, asked)
            await self._keep(conn, letters, asked, by)
            await self._engine.write(conn, work)
            if not (slot := work.slots[asked.entity]).waiting and not (slot.said or slot.heard):
                await conn.execute(self._engine.sql["unseed"], {"ids": [asked.entity]})
        await self._engine.committed(work)
        following = work.parked.get((asked.entity, asked.speaker), {}).get(lane.waiting[0])
        if asked.lost and following is not None:
            await self._engine.hear([following])
        return len(letters)

    def _lost(self, work: Work, lane: Lane, asked: GiveUp) -> list[Letter]:
        """Count what was said and is lost as heard."""
        now = self._engine.clock.now()
        lost = [v for v in lane.missing[:AT_MOST] if v <= asked.said]
        letters = [_tombstone(Heading(_unknown(asked, v), "", asked.entity, now, v, asked.entity), asked) for v in lost]
        for letter in letters:
            self._engine.folding.hear(work, letter, now, drain=False)
        return letters

    async def _keep(self, conn: AsyncConnection, letters: Sequence[Letter], asked: GiveUp, by: str) -> None:
        now = self._engine.clock.now()
        settled = {"how": "given_up", "by": by, "why": asked.why, "lost": asked.lost, "at": now.isoformat()}
        for letter in letters:
            kept = {
                "id": grave_id(self._schema, letter),
                "entity": asked.entity,
                "speaker": asked.speaker,
                "version": letter.heading.version,
                "subject": storable(letter.subject),
                "headers": envelope_text(letter.headers),
                "body": letter.body,
                "reason": f"version {asked.missing} has not come",
                "now": now,
                "settled": json.dumps(settled, ensure_ascii=False),
            }
            await conn.execute(statement("lay_aside", self._schema), kept)

    async def kept(self) -> list[dict[str, Any]]:
        """Everything that was given up here."""
        async with self._engine.db.connect() as conn:
            rows = list(await conn.execute(statement("given_up", self._schema)))
        return [
            {"entity": row.entity, "speaker": row.speaker, "version": row.version}
            | {"id": json.loads(row.headers).get("ce-id", ""), "lost": json.loads(row.settled)["lost"]}
            for row in rows
        ]


def _laid_aside(work: Work, asked: GiveUp) -> list[Letter]:
    """Take away what stands beyond everything the speaker has said."""
    lane, slot = work.parked.get((asked.entity, asked.speaker), {}), work.slots[asked.entity]
    beyond = [lane.pop(version) for version in sorted(lane) if version > asked.said]
    work.to_unpark += [(asked.entity, asked.speaker, letter.heading.version) for letter in beyond]
    slot.waiting -= len(beyond)
    slot.changed = True
    return beyond


def _unknown(asked: GiveUp, version: int) -> str:
    """Stands for the id of a message nobody has any more."""
    return f"lost-{asked.speaker}-{asked.entity}-{version}"


def _tombstone(heading: Heading, asked: GiveUp) -> Letter:
    kind = f"{asked.speaker}.lost"
    named = Heading(heading.id, kind, heading.entity, heading.at, heading.version, heading.correlation)
    return Letter(named, f"ev.{kind}.{heading.entity}", named.headers(), b"")


def giving_up_routes(api: FastAPI, surface: Surface, engine: Engine, broker: Broker) -> None:
    """Add ``GET /parked/lane``, ``POST /parked/give-up``, ``GET /parked/given-up`` and ``GET /spoken``."""
    giving = GivingUp(engine, broker)

    @api.get("/parked/lane")
    async def lane(request: Request, entity: Name, speaker: Name) -> dict[str, Any]:
        """What waits for one speaker at one entity, for which versions, and which of those the log holds."""
        await administrator(request, surface)
        found = await giving.lane(entity, speaker)
        if found is None:
            raise refuse("unknown", text("没有消息在这里等待"), status=404)
        there = await giving.in_log(entity, speaker, found.missing)
        return {
            "heard": found.heard,
            "waiting": found.waiting,
            "missing": len(found.missing),
            "dead_letter": found.dead,
            "in_log": there,
        }

    @api.post("/parked/give-up")
    async def give_up(request: Request, body: GiveUp) -> dict[str, int]:
        """Lay letters aside that stand beyond what was said, or count what is lost as heard."""
        actor = await administrator(request, surface)
        found = await giving.lane(body.entity, body.speaker)
        if found is not None and (found.dead or await giving.in_log(body.entity, body.speaker, found.missing)):
            raise _no(text("它等的还会来"))
        if not (count := await giving.settle(body, actor.account)):
            raise _no(text("这里的情况已经变了"))
        log.warning("gap_given_up", service=engine.folds.service, by=actor.account, **body.model_dump(exclude={"why"}))
        return {"given_up": count}

    _reading(api, surface, engine, giving)


def _reading(api: FastAPI, surface: Surface, engine: Engine, giving: GivingUp) -> None:
    @api.get("/parked/given-up")
    async def given_up(request: Request) -> list[dict[str, Any]]:
        """What people gave up here, so that a comparison need not name it again."""
        await administrator(request, surface)
        return await giving.kept()

    @api.get("/spoken")
    async def spoken(request: Request, entity: Name) -> dict[str, Any]:
        """Up to which version this service has spoken of an entity, and which versions its outbox still keeps."""
        await administrator(request, surface)
        schema = engine.folds.service
        async with engine.db.connect() as conn:
            said = (await conn.execute(statement("said", schema), {"entity": entity})).scalar()
            kept = await conn.execute(statement("kept", schema), {"entity": entity})
            return {"said": said or 0, "kept": sorted(row.version for row in kept)}


def _no(why: Text) -> Problem:
    return refuse("not_possible_now", why, status=409, hint=text("请重新查看 shouwen parked"))
