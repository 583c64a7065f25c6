"""Inboxes, deliveries and what those outside are to hear: written with the fold's transaction, read by people."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.notify.saying import INBOX
from services.notify.state import Case
from services.notify.store import checking
from services.notify.store.rows import owed_row, seen_row
from shared.contracts.escalation import NoticeWanted
from shared.contracts.fold import Want
from shared.contracts.intake import RequestReceived
from shared.contracts.notify import NoticeDelivered, NoticeDropped, NoticeFailed, NoticeSeenTo, NoticeSent
from shared.process.books import Finding, Page
from shared.storage.unit import Spoken, Work

ENDED = NoticeDelivered | NoticeSent | NoticeFailed | NoticeDropped
ASKS = NoticeWanted | RequestReceived
"""Facts by which a telling outside comes to be owed; one that came before its request waits for that."""
OWED = "id, entity, site, number, rule, audience, means, people, zh, en, wanted_at, not_before, due_at, usual"
OUTWARD = f"{OWED}, outcome, used, by, told_at, seen_at, late"
HERE = """not exists (
            select from notify.deliveries d
            where d.notice = i.id and d.channel = 'inbox' and d.outcome = 'notice_dropped')"""
SQL = {
    "lay_in": """
        insert into notify.inbox (id, person, entity, site, number, sent_at, zh, en, severity, topic, reason, raise_id)
        select * from unnest(cast(:ids as text[]), cast(:people as text[]), cast(:entities as text[]),
            cast(:sites as text[]), cast(:numbers as text[]), cast(:instants as timestamptz[]), cast(:zh as text[]),
            cast(:en as text[]), cast(:severities as text[]), cast(:topics as text[]), cast(:reasons as text[]),
            cast(:raises as text[]))
        on conflict (id) do nothing""",
    "note": """
        insert into notify.deliveries (notice, channel, outcome, code, evidence, attempts, ended_at)
        select * from unnest(cast(:notices as text[]), cast(:channels as text[]), cast(:outcomes as text[]),
            cast(:codes as text[]), cast(:evidences as text[]), cast(:attempts as int[]),
            cast(:instants as timestamptz[]))
        on conflict (notice, channel) do nothing""",
    "page": """
        select id, entity, site, number, sent_at, zh, en, severity, topic, reason, raise_id, read_at
        from notify.inbox i
        where person = :person and sent_at <= :now and (not :unread or read_at is null)
            and (sent_at, id) < (:before_at, :before_id) and {here}
        order by sent_at desc, id desc limit :most""",
    "unread": """
        select count(*) from notify.inbox i
        where person = :person and read_at is null and sent_at <= :now and {here}""",
    "read": """
        update notify.inbox set read_at = coalesce(read_at, :now)
        where id = :id and person = :person and sent_at <= :now returning read_at""",
    "read_all": """
        update notify.inbox i set read_at = :now
        where person = :person and read_at is null and sent_at <= :now and {here}""",
    "site": """
        select site from notify.entities where id = :entity""",
    "of_case": """
        select i.id, i.person, i.sent_at, i.zh, i.en, i.topic, i.reason, i.raise_id, i.read_at, d.channel, d.outcome,
            d.code, d.evidence, d.attempts, d.ended_at
        from notify.inbox i left join notify.deliveries d on d.notice = i.id
        where i.entity = :entity order by i.sent_at, i.id, d.channel limit :most""",
    "owe": """
        insert into notify.outward ({owed})
        select {owed} from json_populate_recordset(cast(null as notify.outward), cast(cast(:rows as text) as json))
        on conflict (id) do nothing""",
    "see_to": """
        update notify.outward o set outcome = v.outcome, used = v.used, by = v.by, told_at = v.told_at,
            seen_at = v.seen_at, late = v.late
        from json_populate_recordset(cast(null as notify.outward), cast(cast(:rows as text) as json)) v
        where o.id = v.id""",
    "outward_of_case": """
        select {outward} from notify.outward where entity = :entity order by wanted_at, id""",
    "outward_open": """
        select {outward} from notify.outward
        where seen_at is null and (cast(:sites as text[]) is null or site = any(cast(:sites as text[])))
            and (cast(:due_before as timestamptz) is null or due_at < :due_before)
            and (due_at, id) > (:after_at, :after_id)
        order by due_at, id limit :most""",
}
STATEMENTS = {name: text(sql.format(here=HERE, owed=OWED, outward=OUTWARD)) for name, sql in SQL.items()}
Render = Callable[[Mapping[str, Any]], tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Notices:
    """The projection: a wanted inbox message is written at once and becomes visible at its hour.

    Attributes:
        render: Puts a payload into Chinese and English.
    """

    render: Render

    async def project(self, conn: AsyncConnection, work: Work) -> None:
        """Write new inbox messages and outcomes."""
        laid = [(entity, want) for entity, want in work.wants if want.kind == INBOX]
        if laid:
            await self.lay_in(conn, laid)
        ended = [s for s in work.spoken if isinstance(s.fact, ENDED)]
        if ended:
            await conn.execute(STATEMENTS["note"], _delivery_rows(ended))
        if owed := list(_owed(work)):
            await conn.execute(STATEMENTS["owe"], {"rows": msgspec.json.encode(owed).decode()})
        seen = [seen_row(s.heading, s.fact) for s in work.spoken if isinstance(s.fact, NoticeSeenTo)]
        if seen:
            await conn.execute(STATEMENTS["see_to"], {"rows": msgspec.json.encode(seen).decode()})

    async def lay_in(self, conn: AsyncConnection, laid: Sequence[tuple[str, Want]]) -> None:
        """Lay messages into inboxes; one that lies there stays as it is."""
        await conn.execute(STATEMENTS["lay_in"], self._inbox_rows(laid))

    async def strays(self, conn: AsyncConnection, page: Page) -> Iterable[Finding]:
        """Rows that are not what was wanted, said and kept."""
        return await checking.strays(conn, page)

    async def drop(self, conn: AsyncConnection, entities: Sequence[str]) -> None:
        """Take away what is kept of entities that do not exist; what others were told stays."""
        await checking.drop(conn, entities)

    def _inbox_rows(self, laid: Sequence[tuple[str, Want]]) -> dict[str, list[Any]]:
        payloads = [want.payload for _, want in laid]
        words = [self.render(payload) for payload in payloads]
        return {
            "ids": [payload["notice"] for payload in payloads],
            "people": [payload["person"] for payload in payloads],
            "entities": [entity for entity, _ in laid],
            "sites": [payload["site"] for payload in payloads],
            "numbers": [payload["number"] for payload in payloads],
            "instants": [want.not_before for _, want in laid],
            "zh": [zh for zh, _ in words],
            "en": [en for _, en in words],
            "severities": [payload["severity"] for payload in payloads],
            "topics": [payload["topic"] for payload in payloads],
            "reasons": [payload["reason"] for payload in payloads],
            "raises": [payload["raise_id"] for payload in payloads],
        }


def _delivery_rows(ended: Sequence[Spoken]) -> dict[str, list[Any]]:
    facts: list[Any] = [spoken.fact for spoken in ended]
    return {
        "notices": [fact.notice for fact in facts],
        "channels": [fact.channel for fact in facts],
        "outcomes": [fact.name for fact in facts],
        "codes": [fact.because if isinstance(fact, NoticeDropped) else getattr(fact, "code", "0") for fact in facts],
        "evidences": [getattr(fact, "evidence", "") for fact in facts],
        "attempts": [getattr(fact, "attempts", 1) for fact in facts],
        "instants": [spoken.heading.at for spoken in ended],
    }


def _owed(work: Work) -> Iterator[dict[str, Any]]:
    """What the cases of this batch owe people outside, where it may have come to be owed just now."""
    for entity in dict.fromkeys(heard.heading.correlation for heard in work.applied if isinstance(heard.fact, ASKS)):
        slot = work.slots.get(entity)
        case = slot.state if slot is not None else None
        if isinstance(case, Case) and case.about is not None:
            yield from (owed_row(entity, case.about, one) for one in case.owed)


@dataclass(frozen=True, slots=True)
class InboxStore:
    """Inboxes in the database; see :class:`services.notify.ports.Inboxes`."""

    db: AsyncEngine

    async def page(
        self, person: str, *, now: datetime, unread: bool, before: tuple[datetime, str], most: int
    ) -> Sequence[Any]:
        """One page, newest first."""
        place = {"before_at": before[0], "before_id": before[1]}
        parameters = {"person": person, "now": now, "unread": unread, "most": most} | place
        async with self.db.connect() as conn:
            return (await conn.execute(STATEMENTS["page"], parameters)).all()

    async def unread(self, person: str, now: datetime) -> int:
        """Messages not read yet."""
        async with self.db.connect() as conn:
            found = await conn.execute(STATEMENTS["unread"], {"person": person, "now": now})
            return int(found.scalar_one())

    async def mark_read(self, notice: str, person: str, now: datetime) -> datetime | None:
        """When it was first read; None when it is not there."""
        async with self.db.begin() as conn:
            found = await conn.execute(STATEMENTS["read"], {"id": notice, "person": person, "now": now})
            read_at: datetime | None = found.scalar()
            return read_at

    async def mark_all_read(self, person: str, now: datetime) -> int:
        """How many were new."""
        async with self.db.begin() as conn:
            return (await conn.execute(STATEMENTS["read_all"], {"person": person, "now": now})).rowcount

    async def site_of(self, entity: str) -> str | None:
        """Where a case is."""
        async with self.db.connect() as conn:
            site: str | None = (await conn.execute(STATEMENTS["site"], {"entity": entity})).scalar()
            return site

    async def of_case(self, entity: str, *, most: int) -> Sequence[Any]:
        """Notices of a case with their outcomes."""
        async with self.db.connect() as conn:
            return (await conn.execute(STATEMENTS["of_case"], {"entity": entity, "most": most})).all()

    async def outward_of(self, entity: str) -> Sequence[Any]:
        """What people outside are to hear of a case."""
        async with self.db.connect() as conn:
            return (await conn.execute(STATEMENTS["outward_of_case"], {"entity": entity})).all()

    async def outward_open(
        self, sites: Sequence[str] | None, *, due_before: datetime | None, after: tuple[datetime, str], most: int
    ) -> Sequence[Any]:
        """What is still to be told, the most urgent first."""
        parameters = {"sites": sites, "due_before": due_before, "after_at": after[0], "after_id": after[1]}
        async with self.db.connect() as conn:
            return (await conn.execute(STATEMENTS["outward_open"], parameters | {"most": most})).all()
