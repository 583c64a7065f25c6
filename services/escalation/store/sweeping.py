"""Open deadlines follow a site's calendar when it changes: case by case, through the same door as people's commands.

What is left to do stands in ``escalation.calendars``. Replicas share it by leases; one that dies leaves its site to the
others from where it was. Nothing is moved twice, because a case that agrees with the calendar changes nothing.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import text

from services.escalation.commands import FollowCalendar
from services.escalation.saying.following import to_follow
from services.escalation.saying.hand import Hand
from services.escalation.state import Docket
from services.escalation.store.calendars import OpenCaseIndex
from shared.contracts.fold import SYSTEM, Ask, Done, Moment
from shared.organisation.records import Site
from shared.process.service import ServiceProcess
from shared.timekeeping.holidays import last_chinese_year

log = structlog.get_logger()

PAGE = 100
LEASE = timedelta(seconds=10)
ALARMS_EVERY = timedelta(seconds=10)
WHILE_HELD = 1.0

SQL = {
    # A replica that hears of a change after another has finished may have counted with the old calendar meanwhile.
    "note": """
        insert into escalation.calendars as c (site, version, revision, known_to, since)
        select site, version, revision, known_to, since from unnest(cast(:sites as text[]), cast(:versions as text[]),
            cast(:revisions as int[]), cast(:known as int[]), cast(:sinces as timestamptz[]))
            as v(site, version, revision, known_to, since) order by site
        on conflict (site) do update set version = excluded.version, revision = excluded.revision,
            known_to = excluded.known_to, since = case when excluded.revision > c.revision then excluded.since
                when excluded.known_to > c.known_to then :now else c.since end,
            reached = '', followed_at = null, leased_until = null,
            moved = case when excluded.revision > c.revision then 0 else c.moved end
        where excluded.revision > c.revision
            or excluded.revision = c.revision and (excluded.known_to > c.known_to
                or cast(:late as boolean) and excluded.known_to = c.known_to and c.followed_at is not null)""",
    "claim": """
        update escalation.calendars c set leased_until = :lease from (
            select c.site from escalation.calendars c join unnest(cast(:sites as text[]), cast(:revisions as int[]))
                as v(site, revision) on v.site = c.site and v.revision = c.revision
            where c.followed_at is null and (c.leased_until is null or c.leased_until < :now)
            order by c.site limit 1 for update of c skip locked) free
        where c.site = free.site returning c.site, c.revision, c.since, c.reached""",
    "left": """
        select exists (select 1 from escalation.calendars where followed_at is null)""",
    "reach": """
        update escalation.calendars set reached = greatest(reached, :reached), leased_until = :lease,
            followed_at = case when cast(:done as boolean) then cast(:now as timestamptz) end
        where site = :site and revision = :revision and followed_at is null returning version, moved""",
    "begun": """
        insert into escalation.calendar_alarms (site, year, since)
        select site, year, cast(:now as timestamptz) from escalation.provisional group by site, year order by site, year
        on conflict do nothing returning site, year""",
    "ended": """
        delete from escalation.calendar_alarms a where not exists (
            select 1 from escalation.provisional p where p.site = a.site and p.year = a.year) returning site, year""",
}
STATEMENTS = {name: text(sql) for name, sql in SQL.items()}


@dataclass(frozen=True, slots=True)
class Claim:
    """A site whose open cases this replica looks at.

    Attributes:
        revision: Number of calendars the site had before this one.
        reached: The last case looked at.
    """

    site: str
    revision: int
    since: datetime
    reached: str


@dataclass(slots=True)
class Sweeper:
    """Takes the turns of one replica."""

    process: ServiceProcess
    cases: OpenCaseIndex
    alarms_every: timedelta = ALARMS_EVERY
    _seq: int = -1
    _noted: dict[str, tuple[int, int]] = field(default_factory=dict)
    _open: bool = True
    _claim: Claim | None = None
    _alarms_at: datetime | None = None

    async def turn(self) -> float:
        """Note what has changed, look at a page of one site, or rest: nothing to do costs a glance at the directory."""
        await self._note()
        await self._tell_alarms()
        if self._claim is None and self._open:
            self._claim = await self._next()
        if self._claim is None:
            return WHILE_HELD if self._open else self.process.around.settings.poll_seconds
        self._claim = await self._page(self._claim)
        return 0

    async def _note(self) -> None:
        book = self.process.book
        if book.seq == self._seq:
            return
        seq, late = book.seq, self._seq >= 0
        standing = {site.id: _standing(site) for site in book.sites()}
        fresh = [site for site in book.sites() if self._noted.get(site.id) != standing[site.id]]
        if fresh:
            now = self.process.clock.now()
            await self._write("note", _rows(fresh, now) | {"late": late, "now": now})
        self._noted, self._seq, self._open = standing, seq, self._open or bool(fresh)

    async def _next(self) -> Claim | None:
        """A site that is left to do; whether others still hold one is known afterwards."""
        now = self.process.clock.now()
        known = {"sites": list(self._noted), "revisions": [revision for revision, _ in self._noted.values()]}
        rows = await self._write("claim", known | {"now": now, "lease": now + LEASE})
        if rows:
            return Claim(rows[0].site, rows[0].revision, rows[0].since, rows[0].reached)
        self._open = bool((await self._write("left", {}))[0][0])
        return None

    async def _page(self, claim: Claim) -> Claim | None:
        """Move what has to move on one page; None when it was the last."""
        ids = await self.cases.page(claim.site, claim.reached, PAGE)
        await asyncio.gather(*(self._follow(case, claim.since) for case in await self._concerned(ids, claim)))
        now, done = self.process.clock.now(), len(ids) < PAGE
        reached = ids[-1] if ids else claim.reached
        told = {"site": claim.site, "revision": claim.revision, "reached": reached, "done": done}
        rows = await self._write("reach", told | {"now": now, "lease": now + LEASE})
        if done and rows and rows[0].moved:
            log.info("calendar_followed", site=claim.site, version=rows[0].version, moved=rows[0].moved)
        return None if done or not rows else Claim(claim.site, claim.revision, claim.since, reached)

    async def _concerned(self, ids: Sequence[str], claim: Claim) -> list[str]:
        now = self.process.clock.now()
        moment = Moment(at=now, now=now, book=self.process.book)
        async with self.process.db.connect() as conn:
            slots = await self.process.engine.unit.peek(conn, list(ids))
        dockets = {entity: slot.state for entity, slot in slots.items() if isinstance(slot.state, Docket)}
        cases = {entity: docket.case for entity, docket in dockets.items() if docket.case is not None}
        return [entity for entity, case in cases.items() if to_follow(Hand(case, moment), since=claim.since)]

    async def _follow(self, case: str, since: datetime) -> None:
        command, now = FollowCalendar(since=since), self.process.clock.now()
        await self.process.desk.ask(Ask(entities=(case,), command=command, actor=SYSTEM, at=now), _nothing)

    async def _tell_alarms(self) -> None:
        """Say once, whichever replica sees it first, that a year is needed, and that it has come."""
        now = self.process.clock.now()
        if self._alarms_at is not None and now < self._alarms_at + self.alarms_every:
            return
        self._alarms_at = now
        for row in await self._write("begun", {"now": now}):
            log.warning("calendar_year_unknown", site=row.site, year=row.year)
        for row in await self._write("ended", {}):
            log.info("calendar_year_known", site=row.site, year=row.year)

    async def _write(self, name: str, asked: dict[str, Any]) -> Sequence[Any]:
        async with self.process.db.begin() as conn:
            done = await conn.execute(STATEMENTS[name], asked)
            return done.all() if done.returns_rows else ()


def _standing(site: Site) -> tuple[int, int]:
    """What a site is followed by: how often its calendar was changed, and up to which year holidays are built in."""
    return len(site.past_calendars), last_chinese_year() if site.calendar.statutory == "cn" else 0


def _rows(sites: Sequence[Site], now: datetime) -> dict[str, Any]:
    standing = [_standing(site) for site in sites]
    return {
        "sites": [site.id for site in sites],
        "versions": [site.calendar.version for site in sites],
        "revisions": [revision for revision, _ in standing],
        "known": [known_to for _, known_to in standing],
        "sinces": [site.calendar.evidence.approved_at if site.calendar.evidence else now for site in sites],
    }


def _nothing(_done: Done) -> bytes:
    return b""
