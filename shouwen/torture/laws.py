"""The promises of the product, looked at after every step: what may never be seen, not even for a moment.

Source: design.md §11.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from shared.contracts.effects import Wanted
from shared.storage.slots import decode_heard
from shouwen.torture.crew import Crew
from shouwen.torture.database import Row, Transaction
from shouwen.torture.stored import Stored
from shouwen.torture.world import SKEW_MOST, Seat, World


class Laws:
    """Watches commits, the log, acknowledgements, answers and providers."""

    def __init__(self, world: World, crew: Crew) -> None:
        """Watch from now on."""
        self._world, self._crew = world, crew
        self._attempts: dict[str, int] = {}
        world.store.committed = self._committed
        crew.log.stored = self._stored
        world.acknowledged = self._acknowledged
        world.carried = self._carried

    def _table(self, service: str, table: str) -> dict[tuple[object, ...], Row]:
        return self._world.store.tables.get(f"{service}.{table}", {})

    # ---------------------------------------------------------------- commits

    def _committed(self, transaction: Transaction) -> None:
        self._order_of_locks(transaction)
        for table, rows in transaction.changes.items():
            if table.endswith(".entities"):
                for key, row in rows.items():
                    self._entity_moves_on(table, key, row)
                    self._timer_follows(table.partition(".")[0], key, transaction)
            elif table.endswith(".dead_letters"):
                for row in rows.values():
                    self._in_one_place(table.partition(".")[0], row, transaction)

    def _in_one_place(self, service: str, grave: Row | None, transaction: Transaction) -> None:
        lane = (grave["entity"], grave["speaker"], grave["version"]) if grave is not None else ()
        if transaction.get(f"{service}.parked", lane) is not None:
            self._world.accuse("a letter is parked or dead, not both", f"{service} {lane}")

    def _order_of_locks(self, transaction: Transaction) -> None:
        """New entity rows, then known ones, each sorted, then anything else; everywhere."""
        known = self._world.store.tables
        ranks = [
            ((0, key) if key not in known.get(table, {}) else (1, key)) if table.endswith(".entities") else (2, ())
            for table, key in transaction.taken
            if (table, key) not in transaction.born  # nobody can wait for it
        ]
        if ranks != sorted(ranks):
            self._world.accuse("locks are taken in one order", f"{transaction.owner} took {transaction.taken}")

    def _entity_moves_on(self, table: str, key: tuple[object, ...], row: Row | None) -> None:
        before = self._world.store.tables.get(table, {}).get(key)
        if before is None or row is None:
            return
        if row["said"] < before["said"]:
            self._world.accuse("versions only grow", f"{table} {key} said {before['said']}, now {row['said']}")
        heard = decode_heard(row["heard"])
        for speaker, (version, _) in decode_heard(before["heard"]).items():
            if heard.get(speaker, (0, 0))[0] < version:
                self._world.accuse("versions only grow", f"{table} {key} forgot version {version} of {speaker}")

    def _timer_follows(self, service: str, key: tuple[object, ...], transaction: Transaction) -> None:
        """A timer stands exactly where the state it belongs to owes a step."""
        row, timer = transaction.get(f"{service}.entities", key), transaction.get(f"{service}.timers", key)
        owed = self._crew.owed(service, row) if row is not None else None
        armed = timer["due_at"] if timer is not None else None
        if owed != armed:
            self._world.accuse("every step owed is armed", f"{service} {key[0]} owes {owed}, armed is {armed}")

    # ---------------------------------------------------------------- the log

    def _stored(self, message: Stored) -> None:
        """Nothing is said that was not decided, every version once, and no step before it is due."""
        if message.id.startswith("poison-"):
            return
        if (message.id,) not in self._table(message.speaker, "outbox"):
            self._world.accuse("what is said was committed before", f"{message.kind} of {message.entity}")
        lane = (message.speaker, message.entity, message.version)
        if self._crew.log.versions.get(lane, message.id) != message.id:
            self._world.accuse("every version is said once", f"{message.kind} {message.entity} v{message.version}")
        if message.kind == "escalation.clock_breached":
            self._neither_early_nor_misdated(message)

    def _neither_early_nor_misdated(self, message: Stored) -> None:
        due_at = datetime.fromisoformat(msgspec.json.decode(message.body)["due_at"])
        if datetime.fromisoformat(message.headers["ce-time"]) != due_at:
            self._world.accuse("a breach has its true instant", f"{message.entity} due {due_at}, {message.headers}")
        if self._world.clock.now() + timedelta(seconds=SKEW_MOST) < due_at:
            self._world.accuse("no deadline comes early", f"{message.entity} is due at {due_at}")

    def _acknowledged(self, hearer: str, message: Stored) -> None:
        """Whoever acknowledges has applied it, parked it, or buried it."""
        row = self._table(hearer, "entities").get((message.entity,))
        heard = decode_heard(row["heard"]).get(message.speaker, (0, 0))[0] if row is not None else 0
        lane = (message.entity, message.speaker, message.version)
        kept = lane in self._table(hearer, "parked") or any(
            grave["body"] == message.body for grave in self._table(hearer, "dead_letters").values()
        )
        if heard < message.version and not kept:
            self._world.accuse("acknowledged means kept", f"{hearer} acknowledged {message.kind} of {message.entity}")

    # ---------------------------------------------------------------- people and providers

    def answered(self, service: str, entity: str, version: int) -> None:
        """An answer speaks of what was committed."""
        row = self._table(service, "entities").get((entity,))
        if row is None or row["said"] < version:
            self._world.accuse("answered means committed", f"{service} answered for {entity} v{version}, holds {row}")

    def _carried(self, seat: Seat, bundle: Sequence[Wanted]) -> None:
        """What leaves the house was wanted by a committed decision, and nobody holds a transaction meanwhile."""
        task = asyncio.current_task()
        if any(transaction.task is task for transaction in self._world.store.open.values()):
            self._world.accuse("no transaction while a provider works", f"{seat.name} carried {bundle[0].key}")
        for wanted in bundle:
            made = self._attempts.get(wanted.key, 0)
            row = self._table(seat.service, "wanted").get((wanted.key,))
            if row is None or row["attempts"] <= made:
                self._world.accuse("an attempt is committed before it is made", wanted.key)
            self._attempts[wanted.key] = made + 1
