"""The tables of reporting, as its projection writes them."""

import json

from services.reporting.store import projection, steps
from services.reporting.store.rows import Part
from services.reporting.tables import COLUMNS
from shouwen.torture.database import Transaction
from shouwen.torture.imitation.registry import Imitation, Parameters, Rows, change

NUL = "\\u0000"
"""What a body may say and the database refuses to keep as JSON."""


async def _archive(tx: Transaction, s: str, p: Parameters) -> Rows:
    if any(NUL in public for public in p["publics"]):
        raise ValueError("unsupported Unicode escape sequence")
    for row in json.loads(p["headings"]):
        await tx.add(f"{s}.facts", (row["entity"], row["id"]), row)
    return ()


def _moving(part: Part) -> Imitation:
    nothing = dict.fromkeys(part.columns)

    async def moved(tx: Transaction, s: str, p: Parameters) -> Rows:
        rows = (nothing | row for row in json.loads(p["rows"]))
        return [row for row in rows if await change(tx, f"{s}.cases", row["case_id"], **row)]

    return moved


async def _rows(tx: Transaction, s: str, p: Parameters) -> Rows:
    for row in json.loads(p["rows"]):
        await tx.put(f"{s}.cases", (row["case_id"],), dict.fromkeys(COLUMNS) | row)
    return ()


async def _steps(tx: Transaction, s: str, p: Parameters) -> Rows:
    for row in json.loads(p["rows"]):
        await tx.put(f"{s}.steps", (row["case_id"], row["step"], row["count"]), row)
    return ()


async def _money(tx: Transaction, s: str, p: Parameters) -> Rows:
    for row in json.loads(p["rows"]):
        await tx.put(f"{s}.money", (row["fact"], row["line"]), row)
    return ()


async def _apart(_tx: Transaction, _s: str, _p: Parameters) -> Rows:
    return ()  # names and phones: no promise of a run rests on them


REPORTING: dict[str, Imitation] = {
    projection.ARCHIVE.text: _archive,
    projection.ROWS.text: _rows,
    **{moved.text: _moving(part) for part, moved in projection.MOVED.items()},
    projection.ARCHIVE_PRIVATE.text: _apart,
    projection.CASE_PRIVATE.text: _apart,
    steps.STEPS.text: _steps,
    steps.MONEY.text: _money,
}
