"""The HTTP routes of dispatch, under ``/api/dispatch``."""

from services.dispatch.api.acts import act_routes
from services.dispatch.api.handing_over import handover_routes
from services.dispatch.api.incidents import incident_routes
from services.dispatch.api.proving import proving_routes
from services.dispatch.api.reading import reading_routes
from services.dispatch.api.standing import standing_routes
from services.dispatch.ports import CaseIndex
from shared.process.service import ServiceProcess

__all__ = ["routes"]


def routes(process: ServiceProcess, index: CaseIndex) -> None:
    """Add every route to the API of *process*."""
    reading_routes(process, index)
    handover_routes(process, index)
    act_routes(process, index)
    incident_routes(process, index)
    standing_routes(process)
    proving_routes(process)
