"""Intake as a process: folds, stores, routes and loads put together."""

import asyncio
import contextlib

from services.intake.api import routes
from services.intake.api.means import Means
from services.intake.channels.counting import Counting
from services.intake.channels.matters import Matters
from services.intake.channels.office import LoadOffice
from services.intake.channels.opener import Opener, report
from services.intake.channels.planner import Planner
from services.intake.channels.reading import SheetReader
from services.intake.folds import FOLDS
from services.intake.saying import OPEN_CASE
from services.intake.store import (
    CaseShelf,
    EstateRegister,
    Loader,
    LoadShelf,
    PlanShelf,
    Recurrences,
    RecurrenceShelf,
    SequenceNumbers,
    Together,
    Traces,
)
from services.intake.store.staging import matter_line
from services.intake.views.icalendar import calendar_text
from services.intake.views.papers import MasterPapers
from shared.process.looping import end, run_forever
from shared.process.pooling import pool_of
from shared.process.service import ServiceProcess, Surroundings

CONNECTIONS_FOR_LOADS = 2
"""Beside the pool of the process, for statements that may take as long as they need."""


class IntakeProcess(ServiceProcess):
    """A service that also carries loads of master data through, and opens cases nobody called about."""

    def __init__(self, around: Surroundings) -> None:
        """Wire everything; nothing is connected yet."""
        numbers = SequenceNumbers(around.db)
        self.traces = Traces(around.db, around.clock, around.settings.secret.get_secret_value())
        super().__init__(
            FOLDS,
            around,
            projection=Together(Recurrences(lambda: self.book), self.traces),
            carriers={OPEN_CASE: Opener(numbers)},
            report=report,
            gathers=0.1,
        )
        settings = around.settings.model_copy(update={"pool_size": CONNECTIONS_FOR_LOADS})
        self._patient = pool_of(settings, patient=True)
        estate, cases, plans = EstateRegister(self.db, self.clock), CaseShelf(self.engine), PlanShelf(self.db)
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
        self.planner = Planner(self.engine, plans, numbers)
        self.counting = Counting(self.engine, RecurrenceShelf(self.db), cases)
        self.own_turns += [("planning", self.planner.turn, None), ("traces", self.traces.turn, None)]
        self.own_turns.append(("recurrences", self.rest.seldom(self.counting.turn), None))
        # A second one: while the database writes one transaction, the next is folded.
        self.own_turns.append(("second desk", self.desk.turn, None))
        means = Means(self, numbers, estate, cases, loads, self.office.bell.ring, plans, calendar_text, self.traces)
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
        with contextlib.suppress(Exception):
            await self.traces.turn()
        await self._patient.dispose()


def build(around: Surroundings) -> IntakeProcess:
    """Intake, wired and not yet started."""
    return IntakeProcess(around)
