"""Intake as a process: folds, stores and routes put together."""

from services.intake.api import routes
from services.intake.folds import FOLDS
from services.intake.store import CaseShelf, EstateRegister, SequenceNumbers
from shared.process.service import ServiceProcess, Surroundings


def build(around: Surroundings) -> ServiceProcess:
    """Intake, wired and not yet started."""
    process = ServiceProcess(FOLDS, around)
    routes(
        process,
        numbers=SequenceNumbers(process.db),
        estate_register=EstateRegister(process.db, process.clock),
        cases=CaseShelf(process.engine),
    )
    return process
