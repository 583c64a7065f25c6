"""Loads of master data carried through: read, compared, applied, taken back, and forgotten after their time.

One load at a time in a process; what a dead replica left is taken up again, each step from its beginning.
"""

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import structlog

from services.intake.channels.matters import Matters
from services.intake.policy.choosing import choices_of
from services.intake.ports.loads import FOLDER, Asked, Job, LoadStep, Lost, Reader, Register, Told, Unreadable, Work
from shared.process.looping import end
from shared.rules.book import Book
from shared.runtime.loops import Bell
from shared.storage.trouble import is_transient
from shared.timekeeping.calendar import zone_named
from shared.timekeeping.clock import Clock

log = structlog.get_logger()

FILES_KEPT = timedelta(days=30)
IDLE = 5.0
BEAT_EVERY = 1.0
FILE_MAY_COME_BACK = timedelta(minutes=10)
"""How long the machine that holds a file may be away before the load is given up."""


@dataclass(slots=True)
class _Progress:
    done: int = 0
    total: int = 0

    def told(self, done: int, total: int) -> None:
        self.done, self.total = done, total


@dataclass(slots=True)
class LoadOffice:
    """Carries loads through."""

    work: Work
    register: Register
    reader: Reader
    matters: Matters
    book: Book
    clock: Clock
    bell: Bell = field(default_factory=Bell)

    async def turn(self) -> float:
        """Take the oldest load that waits one step on, or forget a little; answers how long to rest."""
        for waiting in await self.work.waiting():
            if await self._is_for_us(waiting) and (job := await self.work.claim(waiting)) is not None:
                await self._carry(job)
                return 0
        return await self._forget()

    async def sweep(self) -> None:
        """Drop files nobody will ask for again: whoever took them was killed before he could say so."""
        await asyncio.to_thread(_sweep, (self.clock.now() - FILES_KEPT).timestamp())

    async def _is_for_us(self, job: Job) -> bool:
        if job.step != "read" or await asyncio.to_thread(Path(job.folder).is_dir):
            return True
        return self.clock.now() - (job.beat or job.at) > FILE_MAY_COME_BACK

    async def _carry(self, job: Job) -> None:
        assert job.step is not None
        steps: Mapping[LoadStep, Callable[[Job, Told], Awaitable[None]]] = {
            "read": self._read,
            "apply": self._apply,
            "matters": self._bring,
            "undo": self.register.undo,
        }
        try:
            async with self._beating(job) as told:
                await steps[job.step](job, told)
        except asyncio.CancelledError:
            await self.work.release(job)
            raise
        except Lost:
            log.warning("load_went_to_another", load=job.id, step=job.step)
        except Unreadable as trouble:
            await self._failed(job, trouble.why)
        except Exception as trouble:
            if is_transient(trouble):
                raise
            # Neither its words nor its trace: a database says which row it stumbled over, and rows name people.
            await self._failed(job, f"defect:{type(trouble).__name__}")

    @asynccontextmanager
    async def _beating(self, job: Job) -> AsyncIterator[Told]:
        progress = _Progress(job.done, job.total)
        beating = asyncio.create_task(self._beat(job, progress))
        try:
            yield progress.told
        finally:
            await end((beating,))

    async def _beat(self, job: Job, progress: _Progress) -> None:
        while True:
            try:
                await self.work.beat(job, progress.done, progress.total)
            except Exception as trouble:  # noqa: BLE001  the work itself will find out
                log.warning("load_beat_missed", load=job.id, trouble=type(trouble).__name__)
            await asyncio.sleep(BEAT_EVERY)

    async def _read(self, job: Job, told: Told) -> None:
        if not await asyncio.to_thread(Path(job.folder).is_dir):
            raise Unreadable("file_gone")
        site, now = self.book.site(job.site), self.clock.now()
        known = await self.register.known(job.site, choices_of(self.book, site, now))
        today = now.astimezone(zone_named(site.zone)).date()
        read = await self.reader.read(Path(job.folder), Asked(job.name, known, today, site.zone), told)
        refused = await self.matters.judge(job, read, now)
        wrong = read.wrong | ({"matters": read.wrong.get("matters", 0) + len(refused)} if refused else {})
        await self.register.check(job, replace(read, wrong=wrong, listed=[*read.listed, *refused]), today)
        if wrong:
            await self._drop(job.folder)

    async def _apply(self, job: Job, told: Told) -> None:
        if await self.register.apply(job, told):
            await self._drop(job.folder)

    async def _bring(self, job: Job, told: Told) -> None:
        refused = await self.matters.bring(job, self.register, told)
        await self.work.end(job, "applied", "matters_refused" if refused else None)

    async def _failed(self, job: Job, why: str) -> None:
        log.error("load_failed", load=job.id, step=job.step, why=why)
        await self.work.end(job, "failed" if job.applied_at is None else "applied", why)
        await self._drop(job.folder)

    async def _forget(self) -> float:
        folder = await self.work.forget()
        if folder is None:
            return IDLE
        await self._drop(folder)
        return 0

    async def _drop(self, folder: str) -> None:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


def _sweep(before: float) -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDER}*"):
        with contextlib.suppress(OSError):  # another replica sweeps too
            if folder.stat().st_mtime < before:
                shutil.rmtree(folder)
