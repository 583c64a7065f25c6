"""What outside parties owed by their contracts, from the clocks that ran beside the promises."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.reporting.ports import Row
from services.reporting.tables import SCHEMA
from shared.rules.vendors import VENDOR_IDS

# The order that started the clock says whose it was, also after the matter went to somebody else.
OWED = text(f"""
    select c.case_id, c.number, k.clock, k.due_at, k.breached or k.outcome = 'late' as missed,
        (select f.public->>'department' from {SCHEMA}.facts f
            where f.entity = c.case_id and f.at <= k.start_at
                and f.kind in ('dispatch.order_issued', 'dispatch.order_transferred')
            order by f.at desc, f.version desc limit 1) as department
    from {SCHEMA}.cases c cross join lateral jsonb_to_recordset(c.clocks)
        as k(clock text, start_at timestamptz, due_at timestamptz, outcome text, breached boolean)
    where c.site = :site and not c.drill and c.received_at < :end and k.clock = any(cast(:clocks as text[]))
        and k.due_at >= :start and k.due_at < :end and (k.breached or k.outcome in ('met', 'late'))
    order by k.due_at, c.case_id, k.clock""")  # noqa: S608  constants of this package


class Contracts:
    """Reads from one database."""

    def __init__(self, db: AsyncEngine) -> None:
        self._db = db

    async def owed(self, site: str, start: datetime, end: datetime) -> Sequence[Row]:
        """Every clock of a contract that fell due in ``[start, end)`` and is judged, by due instant."""
        asked = {"site": site, "start": start, "end": end, "clocks": sorted(VENDOR_IDS)}
        async with self._db.connect() as conn:
            return [dict(row) for row in (await conn.execute(OWED, asked)).mappings()]
