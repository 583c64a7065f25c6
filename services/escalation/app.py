"""Escalation, put together."""

from services.escalation.api import routes
from services.escalation.folds import FOLDS
from shared.process.service import ServiceProcess, Surroundings


def build(around: Surroundings) -> ServiceProcess:
    """The service, wired and not yet started."""
    process = ServiceProcess(FOLDS, around)
    routes(process)
    return process
