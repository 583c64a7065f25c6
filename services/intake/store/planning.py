"""Duties in the database: written some days ahead for many sites at once, claimed when they open.

The key (site, rule, period, unit) is unique, so whoever writes twice writes once. Rows of duties that are opened,
skipped or refused are never changed by planning anew; only what still waits is.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.intake.policy.planning import Duty
from services.intake.ports.planning import Known, Settled, Written

# Sorted inserts first, then sorted locks: two replicas that plan the same sites wait for each other, never in a ring.
_SEED = text("""
    insert into intake.planned_sites (site, digest, upto)
    select site, '', cast(:now as timestamptz) from unnest(cast(:sites as text[])) v(site) order by site
    on conflict (site) do nothing""")
_KNOWN = text("""
    select site, digest, upto from intake.planned_sites where site = any(cast(:sites as text[])) order by site
    for update""")
_SETTLED = text("""
    update intake.planned_sites p set digest = v.digest, upto = :upto
    from unnest(cast(:sites as text[]), cast(:digests as text[])) v(site, digest) where p.site = v.site""")
_CLEAR = text("""
    with gone as (delete from intake.planned where site = any(cast(:sites as text[])) and state = 'waiting'
        and unit = '' returning site, opens_at)
    select site, min(opens_at) as since from gone group by site""")
_WRITE = text("""
    insert into intake.planned (site, rule, period, unit, opens_at, due_at, remind_at)
    select s.site, d.rule, d.period, '', d.opens_at, d.due_at, d.remind_at
    from unnest(cast(:sites as text[])) s(site) cross join unnest(cast(:rules as text[]), cast(:periods as text[]),
        cast(:opens as timestamptz[]), cast(:dues as timestamptz[]), cast(:reminds as timestamptz[]))
        as d(rule, period, opens_at, due_at, remind_at)
    on conflict (site, rule, period, unit) do nothing""")
_NEXT = text("select min(opens_at) from intake.planned where state = 'waiting'")
_CLAIM = text("""
    select * from intake.planned where state = 'waiting' and opens_at <= :now order by opens_at, site, rule, period,
        unit limit :most for update skip locked""")
_STAND = text("""
    update intake.planned p set state = v.state, reason = v.reason
    from unnest(cast(:sites as text[]), cast(:rules as text[]), cast(:periods as text[]), cast(:units as text[]),
        cast(:states as text[]), cast(:reasons as text[])) v(site, rule, period, unit, state, reason)
    where (p.site, p.rule, p.period, p.unit) = (v.site, v.rule, v.period, v.unit)""")
# Occupied is what the register calls so, or, where it says nothing, where somebody lives.
_SPREAD = text("""
    insert into intake.planned (site, rule, period, unit, opens_at, due_at, remind_at)
    select p.site, p.rule, p.period, u.id, p.opens_at, p.due_at, p.remind_at
    from intake.planned p join intake.estate u on u.site = p.site and u.kind = 'units' and u.until is null
    where p.site = :site and p.rule = :rule and p.period = :period and p.unit = '' and (
        u.body ->> 'state' in ('own', 'let') or (u.body ->> 'state' is null and exists (
            select from intake.estate r where r.site = u.site and r.kind = 'residents' and r.body ->> 'unit' = u.id
                and (r.until is null or r.until > cast(:today as date)))))
    order by u.id on conflict (site, rule, period, unit) do nothing""")
_ASSIGN = text("""
    insert into intake.planned (site, rule, period, unit, opens_at, due_at, remind_at)
    select p.site, p.rule, p.period, v.person, p.opens_at, p.due_at, p.remind_at
    from intake.planned p cross join unnest(cast(:people as text[])) v(person)
    where p.site = :site and p.rule = :rule and p.period = :period and p.unit = ''
    order by v.person on conflict (site, rule, period, unit) do nothing""")
_BETWEEN = text("""
    select * from intake.planned where site = :site and unit = '' and due_at > :start and due_at <= :end
    order by due_at, opens_at, rule""")
_UPTO = text("select upto from intake.planned_sites where site = :site and digest <> ''")
# A duty further off than any that is written down is written by its skip.
_SKIP = text("""
    with found as (select state from intake.planned
        where site = :site and rule = :rule and period = :period and unit = '' for update),
    done as (insert into intake.planned (site, rule, period, unit, opens_at, due_at, remind_at, state, by, at, reason)
        values (:site, :rule, :period, '', :opens_at, :due_at, :remind_at, 'skipped', :by, :at, :reason)
        on conflict (site, rule, period, unit) do update
        set state = excluded.state, by = excluded.by, at = excluded.at, reason = excluded.reason
        where intake.planned.state = 'waiting')
    select state from found""")
_RESTORE = text("""
    with found as (select state from intake.planned
        where site = :site and rule = :rule and period = :period and unit = '' for update),
    done as (update intake.planned p set state = 'waiting', by = null, at = null, reason = null from found
        where p.site = :site and p.rule = :rule and p.period = :period and p.unit = '' and found.state = 'skipped')
    select state from found""")


class PlanShelf:
    """Written duties of every site."""

    def __init__(self, db: AsyncEngine) -> None:
        """Keep them in *db*."""
        self._db = db

    @asynccontextmanager
    async def planning(self, sites: Sequence[str], now: datetime) -> AsyncIterator["Planning"]:
        """A transaction in which *sites* are planned by nobody else."""
        async with self._db.begin() as conn:
            await conn.execute(_SEED, {"sites": list(sites), "now": now})
            rows = await conn.execute(_KNOWN, {"sites": list(sites)})
            yield Planning(conn, {row.site: Known(row.digest, row.upto) for row in rows})

    @asynccontextmanager
    async def claimed(self, now: datetime, most: int) -> AsyncIterator["Claim"]:
        """Duties that are to open now, held from other replicas until they are settled."""
        async with self._db.begin() as conn:
            rows = await conn.execute(_CLAIM, {"now": now, "most": most})
            yield Claim(conn, [written(row) for row in rows])

    async def next_opening(self) -> datetime | None:
        """When the next duty opens; None where none is known."""
        async with self._db.connect() as conn:
            found: datetime | None = (await conn.execute(_NEXT)).scalar()
        return found

    async def between(self, site: str, start: datetime, end: datetime) -> tuple[list[Written], datetime | None]:
        """See `services.intake.ports.planning.Plans`."""
        async with self._db.connect() as conn:
            rows = await conn.execute(_BETWEEN, {"site": site, "start": start, "end": end})
            upto: datetime | None = (await conn.execute(_UPTO, {"site": site})).scalar()
            return [written(row) for row in rows], upto

    async def skip(self, duty: Written) -> str | None:
        """See `services.intake.ports.planning.Plans`."""
        told = {name: getattr(duty, name) for name in ("site", "rule", "period", "opens_at", "due_at", "remind_at")}
        return await self._stood(_SKIP, told | {"by": duty.by, "at": duty.at, "reason": duty.reason})

    async def restore(self, duty: tuple[str, str, str]) -> str | None:
        """See `services.intake.ports.planning.Plans`."""
        return await self._stood(_RESTORE, dict(zip(("site", "rule", "period"), duty, strict=True)))

    async def _stood(self, statement: TextClause, asked: Mapping[str, Any]) -> str | None:
        async with self._db.begin() as conn:
            found: str | None = (await conn.execute(statement, asked)).scalar()
        return found


class Planning:
    """Sites being planned.

    Attributes:
        known: What each one's duties were planned by before; an empty digest: never.
    """

    def __init__(self, conn: AsyncConnection, known: Mapping[str, Known]) -> None:
        """Plan within the transaction of *conn*."""
        self._conn, self.known = conn, known

    async def clear(self, sites: Sequence[str]) -> dict[str, datetime]:
        """Take away what waits at *sites*; answers from when on duties were missing there."""
        if not sites:  # asked about none, PostgreSQL may go through everything that waits
            return {}
        rows = await self._conn.execute(_CLEAR, {"sites": list(sites)})
        return {row.site: row.since for row in rows}

    async def write(self, sites: Sequence[str], duties: Sequence[Duty]) -> None:
        """Write the same duties down for each of *sites*."""
        if duties:
            await self._conn.execute(_WRITE, {"sites": list(sites)} | _columns(duties))

    async def settle(self, digests: Mapping[str, str], upto: datetime) -> None:
        """Note by which rules sites are planned now, and how far."""
        asked = {"sites": list(digests), "digests": list(digests.values()), "upto": upto}
        await self._conn.execute(_SETTLED, asked)


class Claim:
    """Duties about to be opened."""

    def __init__(self, conn: AsyncConnection, duties: Sequence[Written]) -> None:
        """Hold them in the transaction of *conn*."""
        self._conn, self.duties = conn, duties

    async def spread(self, duty: Written, today: date) -> None:
        """Write a duty of each unit down for every unit that is occupied *today*."""
        asked = {"site": duty.site, "rule": duty.rule, "period": duty.period, "today": today}
        await self._conn.execute(_SPREAD, asked)

    async def assign(self, duty: Written, people: Sequence[str]) -> None:
        """Write a duty of each holder of a role down for *people*."""
        asked = {"site": duty.site, "rule": duty.rule, "period": duty.period, "people": list(people)}
        await self._conn.execute(_ASSIGN, asked)

    async def settle(self, outcomes: Sequence[Settled]) -> None:
        """Note what became of duties: their state, and why one was refused."""
        if not outcomes:
            return
        asked = {
            "sites": [duty.site for duty, _, _ in outcomes],
            "rules": [duty.rule for duty, _, _ in outcomes],
            "periods": [duty.period for duty, _, _ in outcomes],
            "units": [duty.unit for duty, _, _ in outcomes],
            "states": [state for _, state, _ in outcomes],
            "reasons": [reason for _, _, reason in outcomes],
        }
        await self._conn.execute(_STAND, asked)


def written(row: Any) -> Written:
    """A row as the rest of intake sees it."""
    return Written(
        row.site,
        row.rule,
        row.period,
        row.unit,
        row.opens_at,
        row.due_at,
        row.remind_at,
        row.state,
        row.by,
        row.at,
        row.reason,
    )


def _columns(duties: Sequence[Duty]) -> dict[str, list[Any]]:
    return {
        "rules": [duty.plan.id for duty in duties],
        "periods": [duty.time.period for duty in duties],
        "opens": [duty.time.opens_at for duty in duties],
        "dues": [duty.time.due_at for duty in duties],
        "reminds": [duty.time.remind_at for duty in duties],
    }
