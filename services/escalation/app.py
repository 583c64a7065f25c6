"""Escalation, put together."""

from services.escalation.api import routes
from services.escalation.folds import FOLDS
from services.escalation.store.calendars import CalendarRows, OpenCaseIndex
from shared.process.service import ServiceProcess, Surroundings


def build(around: Surroundings) -> ServiceProcess:
    """The service, wired and not yet started."""
    process = ServiceProcess(FOLDS, around)
    routes(process, CalendarRows(process.db), OpenCaseIndex(process.db))
    return process
