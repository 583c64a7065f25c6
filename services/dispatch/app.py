"""Dispatch as a process."""

from services.dispatch.api import routes
from services.dispatch.folds import FOLDS
from services.dispatch.store import PostgresIndex
from shared.process.service import ServiceProcess, Surroundings


def build(around: Surroundings) -> ServiceProcess:
    """Wire dispatch; nothing is opened before it is started."""
    index = PostgresIndex()
    process = ServiceProcess(FOLDS, around, projection=index)
    routes(process, index)
    return process
