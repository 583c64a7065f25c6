"""Puts the parts of reporting together."""

from services.reporting.api import routes, vendors
from services.reporting.folds import FOLDS
from services.reporting.store.cabinet import Issues
from services.reporting.store.projection import Ledgers
from services.reporting.store.reading import Cases
from services.reporting.store.registers import Registers
from services.reporting.store.vendors import Contracts
from services.reporting.views.office import RegisterOffice
from services.reporting.views.pages import Pages
from services.reporting.views.vendors import Statements
from shared.process.service import ServiceProcess, Surroundings


def build(around: Surroundings) -> ServiceProcess:
    """The service in its surroundings, not yet started."""
    process = ServiceProcess(FOLDS, around, projection=Ledgers(), gathers=0.1)
    cases = Cases(process.db)
    routes(
        process,
        reader=cases,
        totals=cases,
        holdings=cases,
        office=RegisterOffice(process.book, Registers(process.db)),
        explain=Pages(process.book),
        cabinet=Issues(process.db),
    )
    vendors.routes(process, Statements(process.book, Contracts(process.db)))
    return process
