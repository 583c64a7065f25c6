"""The database as a process sees it: stands where SQLAlchemy's engine stands."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from functools import cache
from types import SimpleNamespace
from typing import Any

from shared.storage.statements import SQL
from shouwen.places import SERVICES
from shouwen.torture.database import DatabaseGone, DeadlockFound, Row, Transaction
from shouwen.torture.imitation import STATEMENTS, Parameters
from shouwen.torture.imitation.reporting import REPORTING
from shouwen.torture.world import Seat, World


@cache
def _meanings() -> dict[str, tuple[str, Callable[..., Any]]]:
    """Schema and imitation by the text of the statement."""
    ours = {sql.format(s=s): (s, STATEMENTS[name]) for s in SERVICES for name, sql in SQL.items() if name in STATEMENTS}
    return ours | {sql: ("reporting", imitation) for sql, imitation in REPORTING.items()}


class Result:
    """What a statement answers."""

    def __init__(self, rows: Sequence[Row]) -> None:
        """Answer *rows*."""
        self._rows, self.rowcount = rows, len(rows)

    def __iter__(self) -> Iterator[Any]:
        return (SimpleNamespace(**row) for row in self._rows)

    def one(self) -> Any:
        """The first row; there is one."""
        return SimpleNamespace(**self._rows[0])

    def one_or_none(self) -> Any:
        """The first row, if any."""
        return self.one() if self._rows else None

    def scalar(self) -> Any:
        """The first value of the first row, if any."""
        return next(iter(self._rows[0].values())) if self._rows else None

    scalar_one = scalar


class Connection:
    """One connection with its transaction."""

    def __init__(self, world: World, seat: Seat, transaction: Transaction) -> None:
        """Run statements of *seat* in *transaction*."""
        self._world, self._seat, self._transaction = world, seat, transaction

    async def execute(self, statement: Any, parameters: Parameters | None = None) -> Result:
        """Run one statement.

        Raises:
            DatabaseGone: The connection broke.
            KeyError: The statement is not imitated yet.
        """
        await self._world.step(self._seat)
        self._transaction.check()
        schema, imitation = _meanings()[statement.text]
        try:
            return Result(await imitation(self._transaction, schema, parameters or {}))
        except DeadlockFound as found:
            self._world.accuse("locks are taken in one order", str(found))
            raise


class Database:
    """Stands where the engine of SQLAlchemy stands; one for each process."""

    def __init__(self, world: World, seat: Seat) -> None:
        """Connect *seat*."""
        self._world, self._seat = world, seat

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Connection]:
        """A transaction, committed at the end; the answer to a commit may get lost."""
        async with self._transaction() as (transaction, connection):
            yield connection
            await self._world.step(self._seat)
            transaction.commit()
            await self._world.step(self._seat)
            if self._world.database_down:
                raise DatabaseGone("nobody said whether it was committed")

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[Connection]:
        """A transaction that only reads."""
        async with self._transaction() as (_, connection):
            yield connection

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[tuple[Transaction, Connection]]:
        await self._world.step(self._seat)
        if self._world.database_down:
            raise DatabaseGone("the database does not answer")
        transaction = self._world.store.begin(self._seat.name)
        try:
            yield transaction, Connection(self._world, self._seat, transaction)
        finally:
            transaction.roll_back()
