"""Intake's own SQL: case numbers, the estate's register and loads into it, cases by id."""

from services.intake.store.case_numbers import SequenceNumbers
from services.intake.store.case_shelf import CaseShelf
from services.intake.store.estate import EstateRegister
from services.intake.store.loading import Loader
from services.intake.store.loads import LoadShelf
from services.intake.store.planning import PlanShelf
from services.intake.store.projecting import Together
from services.intake.store.recurring import Recurrences, RecurrenceShelf
from services.intake.store.traces import Traces

__all__ = [
    "CaseShelf",
    "EstateRegister",
    "LoadShelf",
    "Loader",
    "PlanShelf",
    "RecurrenceShelf",
    "Recurrences",
    "SequenceNumbers",
    "Together",
    "Traces",
]
