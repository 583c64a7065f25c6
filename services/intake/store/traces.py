"""What cases are found by when a matter like them is told: digests of unit, place, caller and words.

They are written beside the transaction that opens a case, a moment after it and many together, because they only ever
suggest: nobody waits for them, and a case whose clues were lost with a process is merely not suggested.
"""

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.intake.policy.likeness import KEPT, Clue, Told, clues
from services.intake.ports import Sighting
from shared.contracts.envelope import Fact
from shared.contracts.intake import RequestAmended, RequestReceived
from shared.storage.unit import Spoken, Work
from shared.timekeeping.clock import Clock

PAUSE, SWEEP_EVERY = 0.5, timedelta(hours=1)
ROWS_MOST = 5000
SIGHTINGS_MOST, OF_ONE_CLUE = 40, 30
WAITING_MOST = 100_000
"""Beyond so many the oldest go unwritten: suggestions never grow without bound."""

_PUT = text("""
    insert into intake.traces (site, clue, at, case_id)
    select * from unnest(cast(:sites as text[]), cast(:clues as bigint[]), cast(:instants as timestamptz[]),
        cast(:cases as text[]))""")
_FIND = text("""
    select wanted.clue, found.case_id, found.at from unnest(cast(:clues as bigint[])) wanted(clue)
    cross join lateral (
        select t.case_id, t.at from intake.traces t where t.site = :site and t.clue = wanted.clue and t.at > :since
        order by t.at desc limit :most) found""")
_FORGET = text("delete from intake.traces where at < :before")

Row = tuple[str, int, datetime, str]


class Traces:
    """Writes and finds clues; the projection of new cases only takes note of them."""

    def __init__(self, db: AsyncEngine, clock: Clock, secret: str) -> None:
        """Digests are made with *secret*, the same for every replica."""
        self._db, self._clock = db, clock
        self._pepper = secret.encode()[:64]
        self._waiting: deque[tuple[str, str, datetime, Told]] = deque(maxlen=WAITING_MOST)
        self._swept: datetime | None = None

    async def project(self, _conn: AsyncConnection, work: Work) -> None:
        """Take note of cases that open, or change what they are found by."""
        for spoken in work.spoken:
            if isinstance(spoken.fact, RequestReceived | RequestAmended):
                self._note(spoken, work)

    def _note(self, spoken: Spoken, work: Work) -> None:
        case, state = spoken.heading.entity, work.slots[spoken.heading.entity].state
        # A duty that comes round is no matter anybody tells.
        if state.planned_due is None and self._clock.now() - state.received_at < KEPT:
            self._waiting.append((state.site, case, state.received_at, _told(spoken.fact)))

    async def turn(self) -> float:
        """Write what waits, forget what is too old to be suggested."""
        await self._forget()
        if self._waiting:
            await self._write([self._waiting.popleft() for _ in range(min(len(self._waiting), ROWS_MOST))])
        return 0 if len(self._waiting) >= ROWS_MOST else PAUSE

    async def _write(self, noted: Sequence[tuple[str, str, datetime, Told]]) -> None:
        rows: list[Row] = [
            (site, clue, at, case) for site, case, at, told in noted for clue in clues(told, self._pepper)
        ]
        if not rows:
            return
        sites, found, instants, cases = (list(column) for column in zip(*rows, strict=True))
        async with self._db.begin() as conn:
            await conn.execute(_PUT, {"sites": sites, "clues": found, "instants": instants, "cases": cases})

    async def _forget(self) -> None:
        now = self._clock.now()
        if self._swept is None or now - self._swept > SWEEP_EVERY:
            self._swept = now
            async with self._db.begin() as conn:
                await conn.execute(_FORGET, {"before": now - KEPT})

    async def seen(self, site: str, told: Told) -> list[Sighting]:
        """Cases of *site* that share clues with what is told, those that share most first."""
        wanted = clues(told, self._pepper)
        asked = {"site": site, "clues": list(wanted), "since": self._clock.now() - KEPT, "most": OF_ONE_CLUE}
        if not wanted:
            return []
        async with self._db.connect() as conn:
            rows = [(row.case_id, row.at, wanted[row.clue]) for row in await conn.execute(_FIND, asked)]
        return _closest(rows)


def _closest(rows: Iterable[tuple[str, datetime, Clue]]) -> list[Sighting]:
    shared: dict[str, Counter[Clue]] = {}
    last: dict[str, datetime] = {}
    for case, at, clue in rows:
        shared.setdefault(case, Counter())[clue] += 1
        last[case] = max(at, last.get(case, at))
    found = [Sighting(case, counted) for case, counted in shared.items()]
    found.sort(key=lambda one: (len(one.shared), sum(one.shared.values()), last[one.case]), reverse=True)
    return found[:SIGHTINGS_MOST]


def _told(fact: Fact) -> Told:
    assert isinstance(fact, RequestReceived | RequestAmended)
    said = fact.private
    return Told(unit=fact.unit, place=said.place, phone=said.phone, resident=said.resident, content=said.content)
