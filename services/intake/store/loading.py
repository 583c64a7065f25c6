"""From a file's rows to the register: compared, written and taken back, each in one transaction and by sets.

Everybody who changes the register of a site takes the row of its revision first, so what was compared is what is
written. Statements here may take as long as they need.

Source: docs/decisions/0023-master-data.md.
"""

import json
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.intake.policy.masters.findings import Finding
from services.intake.policy.masters.known import Choices, Known
from services.intake.ports.loads import Counts, Job, Lost, Read, Told
from services.intake.store.loads import TOUCHED, encoded
from shared.timekeeping.clock import Clock

_KNOWN = text("select kind, id from intake.estate where site = :site and kind in ('buildings', 'units')")
_LOCK_NEW = text("insert into intake.estate_revisions (site, revision) values (:site, 0) on conflict (site) do nothing")
_LOCK = text("select revision from intake.estate_revisions where site = :site for update")
_BUMP = text("update intake.estate_revisions set revision = revision + 1 where site = :site")
_STAGE = text("""
    create temp table staged (kind text, id text, body jsonb, silent text[], until date, over boolean, keys text)
    on commit drop""")
_STAGED = ("kind", "id", "body", "silent", "until", "over", "keys")
_ANALYZE = text("analyze staged")
_CLEAR_CHANGES = text("delete from intake.master_changes where job = :job")
_CLEAR_FINDINGS = text("delete from intake.master_findings where job = :job")
_IMPLIED = text("""
    insert into staged (kind, id, body, silent, over)
    select distinct 'units', s.body ->> 'unit', cast('{}' as jsonb), cast('{}' as text[]), false from staged s
    where s.kind = 'residents' and not exists (
        select 1 from intake.estate e where e.site = :site and e.kind = 'units' and e.id = s.body ->> 'unit')
      and not exists (select 1 from staged u where u.kind = 'units' and u.id = s.body ->> 'unit')""")
# A column that is not in the file says nothing, so a row is laid over what is known; an empty cell takes away.
_COMPARE = text("""
    with laid as (
        select s.kind, s.id, s.keys, r.keys as had, r.body as before, r.until as was, r.id is null as fresh,
            jsonb_strip_nulls(case when r.id is null then s.body else r.body || (s.body - s.silent) end) as after,
            case when 'moved_out' = any(s.silent) and r.until > :today then r.until
                 when s.over and s.until is null then least(coalesce(r.until, :today), :today) else s.until end as ends
        from staged s left join intake.estate r on r.site = :site and r.kind = s.kind and r.id = s.id
        where s.kind <> 'matters')
    insert into intake.master_changes
        (job, kind, id, what, before, after, until_before, until_after, keys_before, keys)
    select :job, kind, id,
        case when fresh then 'new'
             when was <= :today and (ends is null or ends > :today) then 'back'
             when ends <= :today and (was is null or was > :today) then 'ended'
             else 'changed' end,
        before, after, was, ends,
        case when kind = 'residents' and read_anew then had end,
        case when kind = 'residents' and (fresh or read_anew) then keys end
    from (select laid.*, (before -> 'unit', before -> 'name', before -> 'phone')
              is distinct from (after -> 'unit', after -> 'name', after -> 'phone') as read_anew from laid) laid
    where fresh or before is distinct from after or was is distinct from ends""")
_COMPARE_MATTERS = text("""
    insert into intake.master_changes (job, kind, id, what, after)
    select :job, kind, id, 'new', body from staged s
    where kind = 'matters' and not exists (select 1 from intake.entities e where e.id = s.keys)""")
_LEAVERS = text("""
    insert into intake.master_changes (job, kind, id, what, before, after, until_before, until_after)
    select :job, 'residents', r.id, 'ended', r.body, r.body, r.until, :today from intake.estate r
    where r.site = :site and r.kind = 'residents' and (r.until is null or r.until > :today)
      and not exists (select 1 from staged s where s.kind = 'residents' and s.id = r.id)""")
_ROWS = text("select kind, count(*) as rows from staged group by kind")
_COUNTED = text("select kind, what, count(*) as rows from intake.master_changes where job = :job group by kind, what")
_LIVING = text("""
    select count(*) from intake.estate
    where site = :site and kind = 'residents' and (until is null or until > :today)""")
_FOUND = text("""
    insert into intake.master_findings (job, number, body)
    select :job, :after + number, cast(body as jsonb)
    from unnest(cast(:bodies as text[])) with ordinality as v(body, number)""")
_CHECKED = text("""
    update intake.master_jobs set state = :state, step = null, revision = :revision, living = :living,
        counts = cast(:counts as jsonb), findings = :findings
    where id = :job and owner = :me and step = 'read'""")
_CHECK_AGAIN = text("""
    update intake.master_jobs set state = 'reading', step = 'read', trouble = 'register_changed'
    where id = :job and owner = :me""")
_DROP_KEYS = text("""
    delete from intake.resident_keys k using intake.master_changes c, string_to_table(c.keys_before, ' ') own(key)
    where c.job = :job and c.kind = 'residents' and k.site = :site and k.key = own.key and k.resident = c.id""")
_WRITE = text("""
    insert into intake.estate (site, kind, id, body, until, keys)
    select :site, kind, id, after, until_after, keys from intake.master_changes
    where job = :job and kind <> 'matters' order by kind, id
    on conflict (site, kind, id) do update set body = excluded.body, until = excluded.until,
        keys = coalesce(excluded.keys, intake.estate.keys)""")
_SORT_IN_MEMORY = text("set local work_mem = '128MB'")
# In the order of their index: three million keys in any other order would touch every page of it again and again.
_WRITE_KEYS = text("""
    insert into intake.resident_keys (site, key, resident)
    select :site, k.key, c.id from intake.master_changes c, string_to_table(c.keys, ' ') k(key)
    where c.job = :job and c.kind = 'residents' order by k.key collate "C" """)
_APPLIED = text("""
    update intake.master_jobs set applied_at = :now, trouble = null,
        state = case when :matters > 0 then 'applying' else 'applied' end,
        step = case when :matters > 0 then 'matters' end, done = 0, total = :matters
    where id = :job and owner = :me and step = 'apply'""")
_UNDO_KEYS = text("""
    delete from intake.resident_keys k using intake.master_changes c, string_to_table(c.keys, ' ') own(key)
    where c.job = :job and c.kind = 'residents' and k.site = :site and k.key = own.key and k.resident = c.id""")
_UNDO_NEW = text("""
    delete from intake.estate r using intake.master_changes c
    where c.job = :job and c.before is null and r.site = :site and r.kind = c.kind and r.id = c.id""")
_UNDO = text("""
    update intake.estate r set body = c.before, until = c.until_before, keys = coalesce(c.keys_before, r.keys)
    from intake.master_changes c
    where c.job = :job and c.before is not null and r.site = :site and r.kind = c.kind and r.id = c.id""")
_UNDO_READ = text("""
    insert into intake.resident_keys (site, key, resident)
    select :site, k.key, c.id from intake.master_changes c, string_to_table(c.keys_before, ' ') k(key)
    where c.job = :job and c.kind = 'residents'""")
_ENDED = text("""
    update intake.master_jobs set state = :state, step = null, trouble = :trouble
    where id = :job and owner = :me and step is not null""")
_MATTERS = text("""
    select id, cast(after as text) as body from intake.master_changes
    where job = :job and kind = 'matters' and id > :after order by id limit :most""")
_MATTERS_DONE = text("""
    update intake.master_jobs set matters_after = :last, done = :done, findings = findings + :findings
    where id = :job and owner = :me and step = 'matters' returning findings""")


class Loader:
    """Compares, applies and takes back, as the replica *me*."""

    def __init__(self, db: AsyncEngine, clock: Clock, me: str, forget: Callable[[], None]) -> None:
        """*db* lets statements take their time; *forget* drops what is remembered of the register."""
        self._db, self._clock, self._me, self._forget = db, clock, me, forget

    async def known(self, site: str, choices: Choices) -> Known:
        """What a file of *site* may refer to."""
        async with self._db.connect() as conn:
            rows = [(row.kind, row.id) for row in await conn.execute(_KNOWN, {"site": site})]
        ids = {kind: frozenset(one for each, one in rows if each == kind) for kind in ("buildings", "units")}
        return Known(ids["buildings"], ids["units"], choices)

    async def check(self, job: Job, read: Read, today: date) -> None:
        """Compare what was read with the register and keep what would change.

        Raises:
            Lost: Somebody else reads the file.
        """
        wrong = sum(read.wrong.values())
        async with self._db.begin() as conn:
            revision = await _locked(conn, job.site)
            await _stage(conn, job, read)
            counts = await _compared(conn, job, read, today)
            living = (await conn.execute(_LIVING, {"site": job.site, "today": today})).scalar_one()
            await _keep_findings(conn, job.id, 0, read.listed)
            told = {"state": "refused" if wrong else "checked", "counts": json.dumps(counts), "findings": wrong}
            await self._only_mine(conn, _CHECKED, job, told | {"revision": revision, "living": living})

    async def apply(self, job: Job, told: Told) -> bool:
        """Write what was found to change, or send the load back to be checked where the register has moved on.

        Returns:
            Whether it was written.

        Raises:
            Lost: Somebody else applies it.
        """
        where = {"site": job.site, "job": job.id}
        async with self._db.begin() as conn:
            if await _locked(conn, job.site) != job.revision:
                await conn.execute(_CHECK_AGAIN, {"job": job.id, "me": self._me})
                return False
            for done, statement in enumerate((_SORT_IN_MEMORY, _DROP_KEYS, _WRITE, _WRITE_KEYS)):
                told(done, 4)
                await conn.execute(statement, where if done else {})
            await conn.execute(_BUMP, {"site": job.site})
            matters = {"matters": job.counted("new", "matters"), "now": self._clock.now()}
            await self._only_mine(conn, _APPLIED, job, matters)
        self._forget()  # a unit seen before may be closed now
        return True

    async def undo(self, job: Job, told: Told) -> None:
        """Put back what the load changed; it stays applied where its records have changed since.

        Raises:
            Lost: Somebody else takes it back.
        """
        where = {"site": job.site, "job": job.id}
        async with self._db.begin() as conn:
            await _locked(conn, job.site)
            if (await conn.execute(TOUCHED, where)).scalar_one():
                await self._only_mine(conn, _ENDED, job, {"state": "applied", "trouble": "touched"})
                return
            for done, statement in enumerate((_UNDO_KEYS, _UNDO_NEW, _UNDO, _UNDO_READ)):
                told(done, 4)
                await conn.execute(statement, where)
            await conn.execute(_BUMP, {"site": job.site})
            await self._only_mine(conn, _ENDED, job, {"state": "undone", "trouble": None})
        self._forget()

    async def matters(self, job: Job, after: str, most: int) -> list[tuple[str, str]]:
        """Ids and bodies of the matters that are to become cases, beyond *after*."""
        async with self._db.connect() as conn:
            rows = await conn.execute(_MATTERS, {"job": job.id, "after": after, "most": most})
            return [(row.id, row.body) for row in rows]

    async def matters_done(self, job: Job, last: str, done: int, refused: Sequence[Finding]) -> None:
        """Every matter up to *last*, *done* in all, is a case or was *refused* after all.

        Raises:
            Lost: Somebody else brings them.
        """
        given = {"job": job.id, "me": self._me, "last": last, "done": done, "findings": len(refused)}
        async with self._db.begin() as conn:
            found = (await conn.execute(_MATTERS_DONE, given)).scalar()
            if found is None:
                raise Lost
            await _keep_findings(conn, job.id, found - len(refused), refused)

    async def _only_mine(self, conn: AsyncConnection, statement: Any, job: Job, given: dict[str, Any]) -> None:
        if (await conn.execute(statement, given | {"job": job.id, "me": self._me})).rowcount != 1:
            raise Lost


async def _locked(conn: AsyncConnection, site: str) -> int:
    await conn.execute(_LOCK_NEW, {"site": site})
    return int((await conn.execute(_LOCK, {"site": site})).scalar_one())


async def _stage(conn: AsyncConnection, job: Job, read: Read) -> None:
    for statement in (_CLEAR_CHANGES, _CLEAR_FINDINGS):
        await conn.execute(statement, {"job": job.id})
    await conn.execute(_STAGE)
    raw = await conn.get_raw_connection()
    driver: Any = raw.driver_connection
    await driver.copy_to_table("staged", source=str(read.rows), columns=_STAGED)
    if not read.wrong:
        await conn.execute(_IMPLIED, {"site": job.site})
    await conn.execute(_ANALYZE)


async def _compared(conn: AsyncConnection, job: Job, read: Read, today: date) -> Counts:
    where = {"site": job.site, "job": job.id, "today": today}
    await conn.execute(_COMPARE, where)
    await conn.execute(_COMPARE_MATTERS, {"job": job.id})
    rows = {row.kind: row.rows for row in await conn.execute(_ROWS)}
    counts: Counts = {kind: {"same": count, "wrong": 0} for kind, count in rows.items()}
    for row in await conn.execute(_COUNTED, {"job": job.id}):
        counts[row.kind][row.what] = row.rows
        counts[row.kind]["same"] -= row.rows
    for kind, wrong in read.wrong.items():
        counts.setdefault(kind, {"same": 0})["wrong"] = wrong
    # Somebody may seem to have left only because his row is wrong; a file without residents says nothing of them.
    says_who_is_here = not read.wrong and job.leavers == "end" and "residents" in rows
    if says_who_is_here and (left := (await conn.execute(_LEAVERS, where)).rowcount):
        counts["residents"]["ended"] = counts["residents"].get("ended", 0) + left
    return counts


async def _keep_findings(conn: AsyncConnection, job: str, after: int, findings: Sequence[Finding]) -> None:
    if findings:
        bodies = [encoded(finding) for finding in findings]
        await conn.execute(_FOUND, {"job": job, "after": after, "bodies": bodies})
