"""Notices held against the facts that asked for them and those that tell what became of them; and written anew.

What was asked for shows in facts of others that name people; what became of it in this service's own.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.policy.outward import Owed
from services.notify.ports import Amiss, Told
from services.notify.saying import INBOX, key_of
from services.notify.state import Case
from services.notify.store.inboxes import OWED, Notices
from services.notify.store.rows import Row, ended_row, inbox_row, owed_row, seen_row
from shared.contracts.fold import Want

_ENDED = """json_to_recordset(cast(cast(:rows as text) as json)) as s(entity text, notice text, person text,
        channel text, outcome text, code text, evidence text, attempts int, ended_at timestamptz)"""
_SAME = "(d.outcome, d.code, d.evidence, d.attempts) is not distinct from (s.outcome, s.code, s.evidence, s.attempts)"
_SEEN = "json_populate_recordset(cast(null as notify.outward), cast(cast(:rows as text) as json)) v"
SQL = {
    # The first outcome of a notice counts: a later one said again is told by its hour.
    "outcomes": """
        select s.entity, s.notice || ' ' || s.channel || ' ' || s.outcome as should,
            case when i.id is null then '' else coalesce(d.outcome || ' ' || d.code, '') end as stands
        from {ended} left join notify.deliveries d on d.notice = s.notice and d.channel = s.channel
        left join notify.inbox i on i.id = s.notice
        where d.notice is null or d.ended_at > s.ended_at or (d.ended_at = s.ended_at and not {same})
            or i.id is null or i.entity <> s.entity or i.person <> s.person""",
    "asked": """
        select v.entity, v.notice as should, coalesce(i.id, '') as stands
        from unnest(cast(:entities as text[]), cast(:notices as text[]), cast(:keys as text[])) v(entity, notice, key)
        left join notify.inbox i on i.id = v.notice left join notify.wanted w on w.key = v.key
        left join notify.deliveries d on d.notice = v.notice and d.channel = 'inbox'
        where i.id is null or (w.key is null and d.notice is null)""",
    "seen": """
        select coalesce(o.entity, v.entity) as entity, v.id || ' ' || v.outcome as should,
            coalesce(o.id || ' ' || coalesce(o.outcome, ''), '') as stands
        from {seen} left join notify.outward o on o.id = v.id
        where (o.outcome, o.used, o.by, o.told_at, o.seen_at, o.late)
            is distinct from (v.outcome, v.used, v.by, v.told_at, v.seen_at, v.late)""",
    "end": """
        insert into notify.deliveries as d (notice, channel, outcome, code, evidence, attempts, ended_at)
        select notice, channel, outcome, code, evidence, attempts, ended_at from {ended}
        on conflict (notice, channel) do update set outcome = excluded.outcome, code = excluded.code,
            evidence = excluded.evidence, attempts = excluded.attempts, ended_at = excluded.ended_at""",
    "effects": """
        select w.key, w.payload, w.next_at, d.ended_at from notify.wanted w
        left join notify.deliveries d on d.notice = cast(w.payload as json) ->> 'notice' and d.channel = 'inbox'
        where w.key = any(cast(:keys as text[])) and w.kind = 'inbox'""",
    "want": """
        insert into notify.wanted (key, entity, kind, recipient, payload, next_at, settled_at, outcome)
        values (:key, :entity, :kind, :recipient, :payload, :next_at, :settled_at, :outcome)
        on conflict (key) do nothing""",
    "here": """
        select id, person from notify.inbox where entity = :entity""",
    "right": """
        update notify.inbox set entity = :entity, person = :person, site = :site, number = :number, zh = :zh, en = :en,
            severity = :severity, topic = :topic, reason = :reason, raise_id = :raise_id where id = :id""",
    "clear": """
        delete from notify.outward where entity = :entity
            and (id = any(cast(:anew as text[])) or not id = any(cast(:kept as text[])))""",
    "owe": """
        insert into notify.outward ({owed})
        select {owed} from {seen} on conflict (id) do nothing""",
    "see_to": """
        update notify.outward o set outcome = v.outcome, used = v.used, by = v.by, told_at = v.told_at,
            seen_at = v.seen_at, late = v.late
        from {seen} where o.id = v.id""",
}
STATEMENTS = {name: text(sql.format(ended=_ENDED, same=_SAME, seen=_SEEN, owed=OWED)) for name, sql in SQL.items()}
SET_ASIDE = text("""
    select entity, speaker, version from notify.dead_letters
    where settled is not null and entity = any(cast(:ids as text[]))""")


@dataclass(frozen=True, slots=True)
class NoticeProofs:
    """Compares and mends; see :class:`services.notify.ports.Proofs`."""

    notices: Notices

    async def set_aside(self, conn: AsyncConnection, entities: Sequence[str]) -> set[tuple[str, str, int]]:
        """Facts people have settled as dead letters: they count as heard and may have done nothing."""
        rows = await conn.execute(SET_ASIDE, {"ids": list(entities)})
        return {(row.entity, row.speaker, row.version) for row in rows}

    async def amiss(self, conn: AsyncConnection, told: Told) -> list[Amiss]:
        """Rows that are missing or otherwise than *told*."""
        found: list[Any] = []
        if told.ended:
            found += await conn.execute(STATEMENTS["outcomes"], _rows(ended_row(*one) for one in told.ended))
        if told.wants:
            found += await conn.execute(STATEMENTS["asked"], _asked(told.wants))
        if told.seen:
            rows = _rows({"entity": heading.entity} | seen_row(heading, fact) for heading, fact in told.seen)
            found += await conn.execute(STATEMENTS["seen"], rows)
        return [Amiss(row.entity, row.stands, row.should) for row in found]

    async def retell(self, conn: AsyncConnection, entity: str, case: Case | None, told: Told, now: datetime) -> None:
        """Write what *told* and *case* say about the notices of *entity*; nothing that was sent is sent again."""
        ended = _first(ended_row(*one) for one in told.ended)
        if ended:
            await conn.execute(STATEMENTS["end"], _rows(ended.values()))
        here = [key_of(row.id, row.person, INBOX) for row in await conn.execute(STATEMENTS["here"], {"entity": entity})]
        for _, want in told.wants:
            await conn.execute(STATEMENTS["want"], _wanted(entity, want, ended.get(want.key), now))
        keys = {*here, *ended, *(want.key for _, want in told.wants)}
        await self._lay_in(conn, entity, keys, [want for _, want in told.wants])
        if case is not None and case.about is not None:
            await self._owe(conn, entity, case, told)

    async def _lay_in(self, conn: AsyncConnection, entity: str, keys: Iterable[str], wants: Sequence[Want]) -> None:
        hours = {want.key: want.not_before for want in wants}
        for row in await conn.execute(STATEMENTS["effects"], {"keys": sorted(keys)}):
            payload = json.loads(row.payload)
            hour = hours.get(row.key) or row.ended_at or row.next_at
            await self.notices.lay_in(conn, [(entity, Want(row.key, INBOX, payload["person"], payload, hour))])
            zh, en = self.notices.render(payload)
            await conn.execute(STATEMENTS["right"], inbox_row(payload) | {"entity": entity, "zh": zh, "en": en})

    async def _owe(self, conn: AsyncConnection, entity: str, case: Case, told: Told) -> None:
        assert case.about is not None
        kept = [*case.settled, *(one.id for one in case.owed)]
        known: dict[str, Owed] = {one.id: one for one in (*told.owed, *case.owed) if one.id in kept}
        anew = [owed_row(entity, case.about, one) for one in known.values()]
        await conn.execute(STATEMENTS["clear"], {"entity": entity, "anew": sorted(known), "kept": kept})
        await conn.execute(STATEMENTS["owe"], _rows(anew))
        await conn.execute(STATEMENTS["see_to"], _rows(seen_row(*one) for one in told.seen))


def _first(rows: Iterable[Row]) -> dict[str, Row]:
    """By effect what became of it first."""
    first: dict[str, Row] = {}
    for row in rows:
        first.setdefault(key_of(row["notice"], row["person"], row["channel"]), row)
    return first


def _asked(wants: Sequence[tuple[str, Want]]) -> dict[str, list[str]]:
    return {
        "entities": [entity for entity, _ in wants],
        "notices": [want.payload["notice"] for _, want in wants],
        "keys": [want.key for _, want in wants],
    }


def _wanted(entity: str, want: Want, ended: Row | None, now: datetime) -> dict[str, Any]:
    settled = {"settled_at": ended["ended_at"], "outcome": ended["outcome"]} if ended else {}
    return {
        "key": want.key,
        "entity": entity,
        "kind": want.kind,
        "recipient": want.recipient,
        "payload": json.dumps(dict(want.payload), ensure_ascii=False),
        "next_at": max(want.not_before or now, now),
        "settled_at": None,
        "outcome": None,
    } | settled


def _rows(rows: Iterable[Row]) -> dict[str, str]:
    return {"rows": msgspec.json.encode(list(rows)).decode()}
