"""Intake as a process: folds, stores, routes and loads put together."""

import asyncio

from services.intake.api import routes
from services.intake.api.means import Means
from services.intake.channels.matters import Matters
from services.intake.channels.office import LoadOffice
from services.intake.channels.reading import SheetReader
from services.intake.folds import FOLDS
from services.intake.store import CaseShelf, EstateRegister, Loader, LoadShelf, SequenceNumbers
from services.intake.store.staging import matter_line
from services.intake.views.papers import MasterPapers
from shared.process.looping import end, run_forever
from shared.process.pooling import pool_of
from shared.process.service import ServiceProcess, Surroundings

CONNECTIONS_FOR_LOADS = 2
"""Beside the pool of the process, for statements that may take as long as they need."""


class IntakeProcess(ServiceProcess):
    """A service that also carries loads of master data through."""

    def __init__(self, around: Surroundings) -> None:
        """Wire everything; nothing is connected yet."""
        super().__init__(FOLDS, around)
        settings = around.settings.model_copy(update={"pool_size": CONNECTIONS_FOR_LOADS})
        self._patient = pool_of(settings, patient=True)
        numbers, estate = SequenceNumbers(self.db), EstateRegister(self.db, self.clock)
        loads = LoadShelf(self.db, self.clock, self.ids, around.replica)
        self.office = LoadOffice(
            work=loads,
            register=Loader(self._patient, self.clock, around.replica, forget=estate.forget),
            reader=SheetReader(),
            matters=Matters(self.engine, numbers, matter_line),
            book=self.book,
            clock=self.clock,
        )
        self._carrying: asyncio.Task[None] | None = None
        means = Means(self, numbers, estate, CaseShelf(self.engine), loads, self.office.bell.ring)
        routes(means, MasterPapers())

    async def start(self) -> None:
        """Start everything else, then look after loads."""
        await super().start()
        await self.office.sweep()
        self._carrying = asyncio.create_task(run_forever("intake.loads", self.office.turn, self.office.bell))

    async def stop(self) -> None:
        """Leave the load at hand to whoever comes next, then stop everything else."""
        if self._carrying is not None:
            await end((self._carrying,))
        await super().stop()
        await self._patient.dispose()


def build(around: Surroundings) -> IntakeProcess:
    """Intake, wired and not yet started."""
    return IntakeProcess(around)
