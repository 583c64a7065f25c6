"""The HTTP routes of notify, under ``/api/notify``."""

from services.notify.api.inbox import inbox_routes
from services.notify.api.outward import outward_routes
from services.notify.ports import Inboxes
from shared.process.service import ServiceProcess

__all__ = ["routes"]


def routes(process: ServiceProcess, inboxes: Inboxes) -> None:
    """Add the routes of notify."""
    inbox_routes(process, inboxes)
    outward_routes(process, inboxes)
