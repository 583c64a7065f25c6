"""Loads of master data as routes and the office see them: begun, claimed, shown, thrown away, forgotten."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, fields
from datetime import timedelta
from typing import Any

import msgspec
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.intake.policy.masters.findings import Finding
from services.intake.ports.loads import Change, Changed, Job, LoadState, SiteBusy, Upload
from shared.contracts.ids import Ids
from shared.timekeeping.clock import Clock

KEPT = timedelta(days=30)
"""How long what a load changed is remembered: it names people, and nobody takes back last month's load."""
SILENT = timedelta(seconds=15)
"""After which whoever works on a load is believed dead."""
FORGOTTEN_AT_ONCE = 20_000
CANDIDATES = 10

_JOB = ", ".join(field.name for field in fields(Job))
_CHANGE = ", ".join(field.name for field in fields(Change))

# The fragments are column names and words of this package; what a person typed is always a parameter.
_BEGIN = text(f"""
    insert into intake.master_jobs (id, site, name, account, by, at, leavers, fingerprint, folder, state, step)
    values (:id, :site, :name, :account, :by, :at, :leavers, :fingerprint, :folder, 'reading', 'read')
    returning {_JOB}""")  # noqa: S608
_ONE = text(f"select {_JOB} from intake.master_jobs where id = :id and state <> 'discarded'")  # noqa: S608
_BUSY = text(f"select {_JOB} from intake.master_jobs where site = :site and step is not null")  # noqa: S608
_OF = text(f"""
    select {_JOB} from intake.master_jobs where site = :site and state <> 'discarded'
    order by at desc, id desc limit :most""")  # noqa: S608
_FINDINGS = text("""
    select number, cast(body as text) as body from intake.master_findings
    where job = :job and number > :after order by number limit :most""")
_CHANGES = text(f"""
    select {_CHANGE} from intake.master_changes where job = :job and (kind, id) > (:kind, :id)
    order by kind, id limit :most""")  # noqa: S608
_REVISION = text("select coalesce(max(revision), 0) from intake.estate_revisions where site = :site")
_TURN = text("""
    update intake.master_jobs set state = :state, step = :step, trouble = :trouble, done = 0, total = 0, beat = null
    where id = :id and step is null and state = :was""")
# What lives at a unit or stands in a building the load brought leans on it: without it, it would name nothing.
TOUCHED = text("""
    with own as not materialized (select kind, id, before, after, until_after from intake.master_changes
        where job = :job and kind <> 'matters'),
    theirs as not materialized (select r.kind, r.id, r.body, r.until from intake.estate r where r.site = :site)
    select (select count(*) from own c left join theirs r on r.kind = c.kind and r.id = c.id
            where r.id is null or r.body is distinct from c.after or r.until is distinct from c.until_after)
        + (select count(*) from theirs r
           cross join lateral (values ('units', r.body ->> 'unit'), ('buildings', r.body ->> 'building')) on_(kind, id)
           join own c on c.kind = on_.kind and c.id = on_.id and c.before is null
           where not exists (select 1 from own mine where mine.kind = r.kind and mine.id = r.id))""")
_DISCARD = text("""
    update intake.master_jobs set state = 'discarded'
    where id = :id and step is null and state in ('checked', 'refused', 'failed') and applied_at is null""")
_WAITING = text(f"""
    select {_JOB} from intake.master_jobs
    where step is not null and (owner is not distinct from :me or beat is null or beat < :silent)
    order by at, id limit :most""")  # noqa: S608
_CLAIM = text(f"""
    update intake.master_jobs set owner = :me, beat = :now
    where id = :id and step is not null and beat is not distinct from :beat returning {_JOB}""")  # noqa: S608
_BEAT = text("""
    update intake.master_jobs set beat = :now, done = :done, total = :total
    where id = :id and owner = :me and step = :step""")
_END = text("""
    update intake.master_jobs set step = null, state = :state, trouble = :trouble where id = :id and owner = :me""")
_RELEASE = text("update intake.master_jobs set owner = null, beat = null where id = :id and owner = :me")
_EXPIRED = text("""
    select id, folder from intake.master_jobs where step is null and (at < :before or state = 'discarded') limit 1""")
_DROP_CHANGES = text("""
    delete from intake.master_changes where (job, kind, id) in (
        select job, kind, id from intake.master_changes where job = :job limit :most)""")
_DROP_FINDINGS = text("delete from intake.master_findings where job = :job")
_DROP_JOB = text("delete from intake.master_jobs where id = :job")


class LoadShelf:
    """Loads in the database."""

    def __init__(self, db: AsyncEngine, clock: Clock, ids: Ids, me: str) -> None:
        """Keep them in *db*; *me* is the replica that works on them here."""
        self._db, self._clock, self._ids, self._me = db, clock, ids, me

    async def begin(self, upload: Upload) -> Job:
        """Keep *upload* as a load to be read; SiteBusy while another of the site is worked on."""
        given = asdict(upload) | {"id": self._ids.entity("load"), "at": self._clock.now(), "folder": str(upload.folder)}
        try:
            async with self._db.begin() as conn:
                return _job((await conn.execute(_BEGIN, given)).one())
        except IntegrityError:
            raise await self._in_the_way(upload.site) from None

    async def _in_the_way(self, site: str) -> Exception:
        other = await self.busy(site)
        return SiteBusy(other) if other is not None else Changed()

    async def busy(self, site: str) -> Job | None:
        """The load of *site* that is being worked on."""
        return await self._first(_BUSY, {"site": site})

    async def one(self, job: str) -> Job | None:
        """The load of that id; None for one that is unknown or was discarded."""
        return await self._first(_ONE, {"id": job})

    async def _first(self, sql: Any, given: Mapping[str, Any]) -> Job | None:
        async with self._db.connect() as conn:
            row = (await conn.execute(sql, given)).first()
        return _job(row) if row is not None else None

    async def of(self, site: str, most: int) -> list[Job]:
        """Loads of *site*, newest first."""
        async with self._db.connect() as conn:
            return [_job(row) for row in await conn.execute(_OF, {"site": site, "most": most})]

    async def findings(self, job: str, after: int, most: int) -> list[tuple[int, Finding]]:
        """What is wrong with its file, numbered, beyond *after*."""
        async with self._db.connect() as conn:
            rows = await conn.execute(_FINDINGS, {"job": job, "after": after, "most": most})
            return [(row.number, msgspec.json.decode(row.body, type=Finding)) for row in rows]

    async def changes(self, job: str, after: tuple[str, str], most: int) -> list[Change]:
        """What it changes or has changed, in order of kind and id, beyond *after*."""
        kind, last = after
        async with self._db.connect() as conn:
            rows = await conn.execute(_CHANGES, {"job": job, "kind": kind, "id": last, "most": most})
            return [Change(*row) for row in rows]

    async def ask_to_apply(self, job: Job) -> None:
        """Have a checked load applied; Changed sends it back to be checked, SiteBusy leaves it as it is."""
        async with self._turning(job) as conn:
            revision = (await conn.execute(_REVISION, {"site": job.site})).scalar_one()
            same = revision == job.revision
            turn = ("applying", "apply", None) if same else ("reading", "read", "register_changed")
            await _turn(conn, job, *turn)
        if not same:
            raise Changed

    async def ask_to_undo(self, job: Job) -> None:
        """Have an applied load taken back; Changed where its records are not as it left them."""
        async with self._turning(job) as conn:
            if touched := (await conn.execute(TOUCHED, {"site": job.site, "job": job.id})).scalar_one():
                raise Changed(touched)
            await _turn(conn, job, "applying", "undo", None)

    @asynccontextmanager
    async def _turning(self, job: Job) -> AsyncIterator[AsyncConnection]:
        try:
            async with self._db.begin() as conn:
                yield conn
        except IntegrityError:  # one load of a site at a time
            raise await self._in_the_way(job.site) from None

    async def discard(self, job: Job) -> bool:
        """Throw a load away that nothing came of; False where it is being worked on or was applied."""
        async with self._db.begin() as conn:
            return (await conn.execute(_DISCARD, {"id": job.id})).rowcount == 1

    async def waiting(self) -> list[Job]:
        """Loads with something to be done that nobody alive works on, oldest first."""
        wanted = {"me": self._me, "silent": self._clock.now() - SILENT, "most": CANDIDATES}
        async with self._db.connect() as conn:
            return [_job(row) for row in await conn.execute(_WAITING, wanted)]

    async def claim(self, job: Job) -> Job | None:
        """Take *job* on; None where somebody else was faster."""
        given = {"id": job.id, "me": self._me, "now": self._clock.now(), "beat": job.beat}
        async with self._db.begin() as conn:
            row = (await conn.execute(_CLAIM, given)).first()
        return _job(row) if row is not None else None

    async def beat(self, job: Job, done: int, total: int) -> None:
        """Say that the work goes on, and how far it is."""
        given = {"id": job.id, "me": self._me, "step": job.step, "now": self._clock.now()}
        async with self._db.begin() as conn:
            await conn.execute(_BEAT, given | {"done": done, "total": total})

    async def end(self, job: Job, state: LoadState, trouble: str | None) -> None:
        """Nothing more is to be done with *job*."""
        async with self._db.begin() as conn:
            await conn.execute(_END, {"id": job.id, "me": self._me, "state": state, "trouble": trouble})

    async def release(self, job: Job) -> None:
        """Leave *job* to whoever comes next."""
        async with self._db.begin() as conn:
            await conn.execute(_RELEASE, {"id": job.id, "me": self._me})

    async def forget(self) -> str | None:
        """Take one bounded step in forgetting loads: answers the folder of the one it was about, None for none."""
        async with self._db.begin() as conn:
            old = (await conn.execute(_EXPIRED, {"before": self._clock.now() - KEPT})).first()
            if old is None:
                return None
            await _forget(conn, old.id)
            return str(old.folder)


async def _turn(conn: AsyncConnection, job: Job, state: str, step: str, trouble: str | None) -> None:
    given = {"id": job.id, "was": job.state, "state": state, "step": step, "trouble": trouble}
    if (await conn.execute(_TURN, given)).rowcount != 1:
        raise Changed


async def _forget(conn: AsyncConnection, job: str) -> None:
    dropped = await conn.execute(_DROP_CHANGES, {"job": job, "most": FORGOTTEN_AT_ONCE})
    if dropped.rowcount < FORGOTTEN_AT_ONCE:
        await conn.execute(_DROP_FINDINGS, {"job": job})
        await conn.execute(_DROP_JOB, {"job": job})


def _job(row: Any) -> Job:
    return Job(**row._mapping)  # noqa: SLF001  SQLAlchemy's documented way to a row's names


def encoded(finding: Finding) -> str:
    """A finding as kept."""
    return json.dumps(msgspec.to_builtins(finding), ensure_ascii=False)
