"""The console as a process."""

from datetime import timedelta

import httpx2

from services.console.api import Means, pages
from services.console.channels.gateway import HttpGateway
from services.console.channels.news import LiveNews
from services.console.folds import FOLDS
from services.console.settings import ConsoleSettings
from services.console.store import SessionStore
from services.console.views.assets import Assets
from services.console.views.pages import JinjaPages
from services.console.views.printing import OrderPrinter
from shared.process.service import ServiceProcess, Surroundings

CONNECTIONS = httpx2.Limits(max_connections=64, max_keepalive_connections=16)


class ConsoleProcess(ServiceProcess):
    """A process that shows pages; its ``api`` is mounted at the root."""

    def __init__(self, around: Surroundings, client: httpx2.AsyncClient, settings: ConsoleSettings) -> None:
        """Wire the pages; *client* leads to the other services."""
        super().__init__(FOLDS, around)
        self._client, self._news, assets = client, LiveNews(), Assets()
        means = Means(
            book=self.book,
            accounts=self.accounts,
            clock=self.clock,
            ids=self.ids,
            gateway=HttpGateway(client, self.accounts),
            sessions=_sessions(around, settings),
            pages=JinjaPages(assets),
            printer=OrderPrinter(),
            news=self._news,
        )
        self.api.mount("/", pages(means, assets))

    async def start(self) -> None:
        """Learn the directory, then follow the log."""
        await super().start()
        assert self.nc is not None
        await self._news.start(self.nc)

    def end_streams(self) -> None:
        """Let the open boards go; they come back to whoever answers next."""
        self._news.end()

    async def stop(self) -> None:
        """Hear nothing any more, then end everything else."""
        await self._news.stop()
        await super().stop()
        await self._client.aclose()


def build(
    around: Surroundings, gateway_url: str, *, transport: httpx2.AsyncBaseTransport | None = None
) -> ConsoleProcess:
    """Wire the console.

    Args:
        around: Database, broker and clock of the process.
        gateway_url: Where ``/api/<service>`` of every service answers: this very process, or the proxy in front.
        transport: In place of the network.
    """
    settings = ConsoleSettings()
    client = httpx2.AsyncClient(
        base_url=gateway_url,
        timeout=settings.gateway_timeout_seconds,
        limits=CONNECTIONS,
        transport=transport,
        # The services are near; a proxy of the machine knows nothing of them.
        trust_env=False,
    )
    return ConsoleProcess(around, client, settings)


def _sessions(around: Surroundings, settings: ConsoleSettings) -> SessionStore:
    idle, most = settings.session_idle_hours, settings.session_most_hours
    return SessionStore(around.db, idle=timedelta(hours=idle), most=timedelta(hours=most))
