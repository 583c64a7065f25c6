"""What each named statement of the runtime means to the database in memory.

``tests/integration/test_imitated_database.py`` runs the same work here and on PostgreSQL and compares every row.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any

from shouwen.torture.database import Row, Transaction

Parameters = Mapping[str, Any]
Rows = Sequence[Row]
Imitation = Callable[[Transaction, str, Parameters], Awaitable[Rows]]

STATEMENTS: dict[str, Imitation] = {}


def imitates(name: str) -> Callable[[Imitation], Imitation]:
    """The function below is what the statement called *name* means."""

    def keep(imitation: Imitation) -> Imitation:
        STATEMENTS[name] = imitation
        return imitation

    return keep


def columns(p: Parameters, **names: str) -> Iterator[dict[str, Any]]:
    """Arrays side by side, as ``unnest`` gives them: column of the row by name of the parameter."""
    for values in zip(*(p[given] for given in names.values()), strict=True):
        yield dict(zip(names, values, strict=True))


async def change(tx: Transaction, table: str, key: Any, **fields: Any) -> int:
    """Update a row if it is there."""
    await tx.lock(table, (key,))
    row = tx.get(table, (key,))
    if row is None:
        return 0
    await tx.put(table, (key,), {**row, **fields})
    return 1
