"""The HTTP routes of notify, under ``/api/notify``."""

from services.notify.api.inbox import inbox_routes
from services.notify.api.outward import outward_routes
from services.notify.api.proving import proving_routes
from services.notify.ports import Inboxes, Proofs
from shared.process.service import ServiceProcess

__all__ = ["routes"]


def routes(process: ServiceProcess, inboxes: Inboxes, proofs: Proofs) -> None:
    """Add the routes of notify."""
    inbox_routes(process, inboxes)
    outward_routes(process, inboxes)
    proving_routes(process, proofs)
