"""Several things intake keeps beside its cases, one after the other in the transaction of the cases."""

from sqlalchemy.ext.asyncio import AsyncConnection

from shared.runtime.engine import Projection
from shared.storage.unit import Work


class Together:
    """Projections as one."""

    def __init__(self, *parts: Projection) -> None:
        """In this order."""
        self._parts = parts

    async def project(self, conn: AsyncConnection, work: Work) -> None:
        """Let each write what *work* means for it."""
        for part in self._parts:
            await part.project(conn, work)
