"""A database in memory with what the promises rest on: transactions, row locks, waiting, deadlocks, and being killed.

Read committed, like the real one: a transaction sees what others committed and what it wrote itself; a row that
another holds is waited for and then seen as committed. Values are never changed in place.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Key = tuple[Any, ...]
Row = Mapping[str, Any]
Place = tuple[str, Key]


class DatabaseGone(ConnectionResetError):
    """The connection broke: the server died, or the process did."""


class DeadlockFound(OSError):
    """Two transactions wait for each other; the real database would end one of them."""


class Store:
    """What is committed, and who holds which row.

    Attributes:
        committed: Called with every transaction that was committed, before anybody can see what it did.
    """

    def __init__(self) -> None:
        """Empty tables."""
        self.tables: dict[str, dict[Key, Row]] = {}
        self.holders: dict[Place, Transaction] = {}
        self.open: dict[int, Transaction] = {}
        self.committed: Callable[[Transaction], None] = lambda _transaction: None
        self._numbers = 0

    def begin(self, owner: str) -> "Transaction":
        """A new transaction of *owner*."""
        self._numbers += 1
        transaction = self.open[self._numbers] = Transaction(self, self._numbers, owner)
        return transaction

    def break_all(self, owner: str | None = None) -> None:
        """Break every open transaction, or those of *owner*: nothing they did remains."""
        for transaction in [one for one in self.open.values() if owner in (None, one.owner)]:
            transaction.roll_back(broken=True)


class Transaction:
    """One transaction.

    Attributes:
        taken: Rows locked, in order, for the law of lock order.
        born: Those of them whose key nobody else could know.
        changes: What it wrote, by table and key; None for a deleted row.
        task: Who opened it.
    """

    def __init__(self, store: Store, number: int, owner: str) -> None:
        """Open it; :meth:`Store.begin` does."""
        self._store, self.number, self.owner = store, number, owner
        self.taken: list[Place] = []
        self.born: set[Place] = set()
        self.changes: dict[str, dict[Key, Row | None]] = {}
        self.task = asyncio.current_task()
        self._waits_for: Transaction | None = None
        self._over = asyncio.get_running_loop().create_future()
        self._broken = False

    def check(self) -> None:
        """Raise DatabaseGone when the connection broke meanwhile."""
        if self._broken:
            raise DatabaseGone("the connection to the database was lost")

    def get(self, table: str, key: Key) -> Row | None:
        """A row as this transaction sees it."""
        mine = self.changes.get(table, {})
        return mine[key] if key in mine else self._store.tables.get(table, {}).get(key)

    def scan(self, table: str) -> Iterator[tuple[Key, Row]]:
        """Every row as this transaction sees it, in order of its key."""
        mine = self.changes.get(table, {})
        seen = {key: row for key, row in self._store.tables.get(table, {}).items() if key not in mine}
        seen |= {key: row for key, row in mine.items() if row is not None}
        yield from sorted(seen.items())

    def is_free(self, table: str, key: Key) -> bool:
        """Whether nobody else holds the row."""
        return self._store.holders.get((table, key), self) is self

    async def lock(self, table: str, key: Key) -> None:
        """Hold the row until the end, waiting for whoever holds it.

        Raises:
            DeadlockFound: Who holds it waits for this transaction.
            DatabaseGone: The connection broke while waiting.
        """
        place = (table, key)
        await self._until_free(place)
        if place not in self._store.holders:
            self._store.holders[place] = self
            self.taken.append(place)

    async def _until_free(self, place: Place) -> None:
        while (holder := self._store.holders.get(place, self)) is not self:
            self._check_circle(holder)
            self._waits_for = holder
            await asyncio.shield(holder._over)  # noqa: SLF001  its own kind
            self._waits_for = None
            self.check()

    def _check_circle(self, holder: "Transaction") -> None:
        one: Transaction | None = holder
        while one is not None:
            if one is self:
                raise DeadlockFound(f"transactions of {self.owner} and {holder.owner} wait for each other")
            one = one._waits_for  # noqa: SLF001  its own kind

    async def put(self, table: str, key: Key, row: Row | None) -> None:
        """Write a row, or delete it, holding it."""
        await self.lock(table, key)
        self.changes.setdefault(table, {})[key] = row

    async def add(self, table: str, key: Key, row: Row) -> bool:
        """Insert a row unless there is one; False when there is."""
        await self._until_free((table, key))
        if self.get(table, key) is not None:
            return False
        await self.put(table, key, row)
        return True

    async def bear(self, table: str, key: Key, row: Row) -> bool:
        """Insert a row whose key nobody else can know: nobody waits for it, so no order of locks counts it."""
        self.born.add((table, key))
        return await self.add(table, key, row)

    def commit(self) -> None:
        """Make it last."""
        self.check()
        self._store.committed(self)
        for table, rows in self.changes.items():
            kept = self._store.tables.setdefault(table, {})
            for key, row in rows.items():
                if row is None:
                    kept.pop(key, None)
                else:
                    kept[key] = row
        self._end()

    def roll_back(self, *, broken: bool = False) -> None:
        """Forget it; *broken* also fails whatever it still tries."""
        if self.number in self._store.open:
            self._broken = broken
            self._end()

    def _end(self) -> None:
        for place in self.taken:
            if self._store.holders.get(place) is self:
                del self._store.holders[place]
        self._store.open.pop(self.number, None)
        if not self._over.done():
            self._over.set_result(None)
