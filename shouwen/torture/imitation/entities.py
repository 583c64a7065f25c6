"""Entities, their timers, positions, and the keys of commands."""

from datetime import datetime

from shouwen.torture.database import Row, Transaction
from shouwen.torture.imitation.messages import say
from shouwen.torture.imitation.registry import Parameters, Rows, change, columns, imitates

NEW = {"state": None, "schema": 1, "said": 0, "said_chain": 0, "heard": None, "waiting": 0} | dict.fromkeys(
    ("site", "status", "parent")
)
SAVED = {
    "state": "states",
    "schema": "schemas",
    "said": "said",
    "said_chain": "chains",
    "heard": "heard",
    "waiting": "waiting",
    "site": "sites",
    "status": "statuses",
    "parent": "parents",
}


@imitates("lock")
async def _lock(tx: Transaction, s: str, p: Parameters) -> Rows:
    known = {row["id"] for row in await _peek(tx, s, p)}
    made = [one for one in sorted(p["ids"]) if one not in known and await _added(tx, s, one)]
    if len(known) + len(made) < len(p["ids"]):
        return await _peek(tx, s, {"ids": made})
    return [*await _peek(tx, s, {"ids": made}), *await _held(tx, s, {"ids": known})]


async def _added(tx: Transaction, s: str, entity: str) -> bool:
    return await tx.add(f"{s}.entities", (entity,), {"id": entity, **NEW})


async def _held(tx: Transaction, s: str, p: Parameters) -> Rows:
    for entity in sorted(p["ids"]):
        await tx.lock(f"{s}.entities", (entity,))
    return await _peek(tx, s, p)


@imitates("lock_free")
async def _lock_free(tx: Transaction, s: str, p: Parameters) -> Rows:
    there = [row["id"] for row in await _peek(tx, s, p)]
    return await _held(tx, s, {"ids": [entity for entity in there if tx.is_free(f"{s}.entities", (entity,))]})


@imitates("peek")
async def _peek(tx: Transaction, s: str, p: Parameters) -> Rows:
    rows = (tx.get(f"{s}.entities", (entity,)) for entity in sorted(p["ids"]))
    return [row for row in rows if row is not None]


@imitates("write")
async def _write(tx: Transaction, s: str, p: Parameters) -> Rows:
    for entity, fresh, fields in zip(p["ids"], p["fresh"], columns(p, **SAVED), strict=True):
        if not fresh:
            await change(tx, f"{s}.entities", entity, **fields)
        elif not await tx.bear(f"{s}.entities", (entity,), {"id": entity, **fields}):
            raise ValueError(f"entity {entity} is there already")
    await _arm(tx, s, p)
    await say(tx, s, p)
    return ()


@imitates("unseed")
async def _unseed(tx: Transaction, s: str, p: Parameters) -> Rows:
    for entity in p["ids"]:
        row = tx.get(f"{s}.entities", (entity,))
        if row is not None and row["state"] is None:
            await tx.put(f"{s}.entities", (entity,), None)
    return ()


async def _arm(tx: Transaction, s: str, p: Parameters) -> None:
    rows = sorted(columns(p, entity="armed", due_at="dues", rank="ranks"), key=lambda row: str(row["entity"]))
    for row in rows:
        await tx.lock(f"{s}.timers", (row["entity"],))
        old = tx.get(f"{s}.timers", (row["entity"],))
        generation = old["generation"] + 1 if old is not None else 1
        await tx.put(f"{s}.timers", (row["entity"],), {**row, "generation": generation})


@imitates("disarm")
async def _disarm(tx: Transaction, s: str, p: Parameters) -> Rows:
    for entity in p["ids"]:
        if tx.get(f"{s}.timers", (entity,)) is not None:
            await tx.put(f"{s}.timers", (entity,), None)
    return ()


def _due_before(tx: Transaction, s: str, now: datetime) -> list[Row]:
    return [row for _, row in tx.scan(f"{s}.timers") if row["due_at"] < now]


@imitates("due")
async def _due(tx: Transaction, s: str, p: Parameters) -> Rows:
    return sorted(_due_before(tx, s, p["now"]), key=lambda row: (row["rank"], row["due_at"]))[: p["most"]]


@imitates("still_due")
async def _still_due(tx: Transaction, s: str, p: Parameters) -> Rows:
    return [row for row in _due_before(tx, s, p["now"]) if row["entity"] in p["ids"]]


@imitates("put_off")
async def _put_off(tx: Transaction, s: str, p: Parameters) -> Rows:
    row = tx.get(f"{s}.timers", (p["entity"],))
    if row is not None:
        await change(tx, f"{s}.timers", p["entity"], due_at=max(row["due_at"], p["until"]))
    return ()


@imitates("next_due")
async def _next_due(tx: Transaction, s: str, _p: Parameters) -> Rows:
    return [{"min": min((row["due_at"] for _, row in tx.scan(f"{s}.timers")), default=None)}]


@imitates("remember")
async def _remember(tx: Transaction, s: str, p: Parameters) -> Rows:
    for row in columns(p, account="accounts", key="keys", digest="digests", answer="answers"):
        if not await tx.add(f"{s}.idempotency", (row["account"], row["key"]), {**row, "asked_at": p["now"]}):
            raise ValueError(f"key {row['key']} was used already")
    return ()


@imitates("remembered")
async def _remembered(tx: Transaction, s: str, p: Parameters) -> Rows:
    found = (tx.get(f"{s}.idempotency", (a, k)) for a, k in zip(p["accounts"], p["keys"], strict=True))
    return [row for row in found if row is not None]


@imitates("forget_asked")
async def _forget_asked(tx: Transaction, s: str, p: Parameters) -> Rows:
    for key, row in list(tx.scan(f"{s}.idempotency")):
        if row["asked_at"] < p["before"]:
            await tx.put(f"{s}.idempotency", key, None)
    return ()
