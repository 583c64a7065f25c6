"""What leaves and what waits: outbox, effects, parked and dead letters."""

from collections.abc import Iterator, Mapping
from typing import Any

from shouwen.torture.database import Row, Transaction
from shouwen.torture.imitation.registry import Parameters, Rows, change, columns, imitates


async def say(tx: Transaction, s: str, p: Parameters) -> None:
    """The part of ``write`` that fills the outbox."""
    for row in columns(p, id="messages", subject="subjects", headers="headers", body="bodies"):
        fresh = {**row, "created_at": p["now"], "published_at": None, "seq": None}
        if not await tx.add(f"{s}.outbox", (row["id"],), fresh):
            raise ValueError(f"outbox row {row['id']} is there already")


@imitates("said")
async def _said(tx: Transaction, s: str, p: Parameters) -> Rows:
    free = [row for row in columns(p, id="ids", seq="seqs") if tx.is_free(f"{s}.outbox", (row["id"],))]
    for row in free:
        await change(tx, f"{s}.outbox", row["id"], published_at=p["now"], seq=row["seq"])
    return ()


def _outbox(tx: Transaction, s: str, *, published: bool) -> Iterator[Row]:
    return (row for _, row in tx.scan(f"{s}.outbox") if (row["published_at"] is not None) is published)


@imitates("unsaid")
async def _unsaid(tx: Transaction, s: str, p: Parameters) -> Rows:
    waiting = [row for row in _outbox(tx, s, published=False) if row["created_at"] < p["before"]]
    free = [row for row in waiting if tx.is_free(f"{s}.outbox", (row["id"],))][: p["most"]]
    for row in free:
        await tx.lock(f"{s}.outbox", (row["id"],))
    return free


@imitates("unsaid_age")
async def _unsaid_age(tx: Transaction, s: str, _p: Parameters) -> Rows:
    made = [row["created_at"] for row in _outbox(tx, s, published=False)]
    return [{"rows": len(made), "oldest": min(made, default=None)}]


@imitates("forget_said")
async def _forget_said(tx: Transaction, s: str, p: Parameters) -> Rows:
    for row in list(_outbox(tx, s, published=True)):
        if row["published_at"] < p["before"]:
            await tx.put(f"{s}.outbox", (row["id"],), None)
    return ()


@imitates("last_said")
async def _last_said(tx: Transaction, s: str, _p: Parameters) -> Rows:
    told = [row for row in _outbox(tx, s, published=True) if row["subject"].startswith("ev.")]
    return sorted(told, key=lambda row: -row["seq"])[:1]


@imitates("say_again")
async def _say_again(tx: Transaction, s: str, _p: Parameters) -> Rows:
    again = [row for row in _outbox(tx, s, published=True) if row["subject"].startswith("ev.")]
    for row in again:
        await change(tx, f"{s}.outbox", row["id"], published_at=None, seq=None)
    return again


@imitates("say_records_again")
async def _say_records_again(_tx: Transaction, _s: str, _p: Parameters) -> Rows:
    return ()  # nobody speaks on DIRECTORY in a simulated world


LANE = {"entity": "entities", "speaker": "speakers", "version": "versions"}


def _lane(row: Mapping[str, Any]) -> tuple[str, str, int]:
    return (row["entity"], row["speaker"], row["version"])


@imitates("park")
async def _park(tx: Transaction, s: str, p: Parameters) -> Rows:
    for row in columns(p, **LANE, headers="headers", body="bodies"):
        await tx.add(f"{s}.parked", _lane(row), {**row, "parked_at": p["now"]})
    return ()


@imitates("parked_of")
async def _parked_of(tx: Transaction, s: str, p: Parameters) -> Rows:
    return [row for _, row in tx.scan(f"{s}.parked") if row["entity"] in p["ids"]]


@imitates("unpark")
async def _unpark(tx: Transaction, s: str, p: Parameters) -> Rows:
    for row in columns(p, **LANE):
        await tx.put(f"{s}.parked", _lane(row), None)
    return ()


@imitates("parked_long")
async def _parked_long(tx: Transaction, s: str, p: Parameters) -> Rows:
    lanes: dict[tuple[str, str], list[Row]] = {}
    for _, row in tx.scan(f"{s}.parked"):
        if row["parked_at"] < p["before"] and (row["entity"], row["speaker"]) > (p["entity"], p["speaker"]):
            lanes.setdefault((row["entity"], row["speaker"]), []).append(row)
    for _, row in tx.scan(f"{s}.dead_letters"):
        if row["settled"] is None:
            lanes.pop((row["entity"], row["speaker"]), None)
    told = [
        {
            "entity": lane[0],
            "speaker": lane[1],
            "version": min(row["version"] for row in rows),
            "since": min(row["parked_at"] for row in rows),
        }
        for lane, rows in sorted(lanes.items())
    ]
    return told[: p["most"]]


@imitates("bury")
async def _bury(tx: Transaction, s: str, p: Parameters) -> Rows:
    row = {name: value for name, value in p.items() if name != "now" and not name.startswith("copy_")}
    if await tx.add(f"{s}.dead_letters", (p["id"],), {**row, "died_at": p["now"], "settled": None}):
        copy = {name: p[f"copy_{name}"] for name in ("id", "subject", "headers", "body")}
        await tx.add(f"{s}.outbox", (copy["id"],), {**copy, "created_at": p["now"], "published_at": None, "seq": None})
    return ()


WANTED = {"key": "keys", "entity": "entities", "kind": "kinds", "recipient": "recipients", "payload": "payloads"}


@imitates("want")
async def _want(tx: Transaction, s: str, p: Parameters) -> Rows:
    for row in columns(p, **WANTED, next_at="nexts"):
        fresh = {**row, "attempts": 0, "started_at": None, "settled_at": None, "outcome": None}
        await tx.add(f"{s}.wanted", (row["key"],), fresh)
    return ()


@imitates("unwant")
async def _unwant(tx: Transaction, s: str, p: Parameters) -> Rows:
    for key in p["keys"]:
        row = tx.get(f"{s}.wanted", (key,))
        if row is not None and row["settled_at"] is None:
            await change(tx, f"{s}.wanted", key, settled_at=p["now"], outcome="no longer wanted")
    return ()


@imitates("claim")
async def _claim(tx: Transaction, s: str, p: Parameters) -> Rows:
    due = [row for _, row in tx.scan(f"{s}.wanted") if row["settled_at"] is None and row["next_at"] <= p["now"]]
    free = [row for row in due if tx.is_free(f"{s}.wanted", (row["key"],))]
    claimed = sorted(free, key=lambda row: row["next_at"])[: p["most"]]
    for row in claimed:
        started = {"attempts": row["attempts"] + 1, "started_at": p["now"], "next_at": p["lease"]}
        await change(tx, f"{s}.wanted", row["key"], **started)
    return [tx.get(f"{s}.wanted", (row["key"],)) or row for row in claimed]


@imitates("settle")
async def _settle(tx: Transaction, s: str, p: Parameters) -> Rows:
    for key in p["keys"]:
        await change(tx, f"{s}.wanted", key, settled_at=p["now"], outcome=p["outcome"])
    return ()


@imitates("retry")
async def _retry(tx: Transaction, s: str, p: Parameters) -> Rows:
    for key in p["keys"]:
        await change(tx, f"{s}.wanted", key, next_at=p["next_at"], outcome=p["outcome"])
    return ()


@imitates("next_wanted")
async def _next_wanted(tx: Transaction, s: str, _p: Parameters) -> Rows:
    open_ = (row["next_at"] for _, row in tx.scan(f"{s}.wanted") if row["settled_at"] is None)
    return [{"min": min(open_, default=None)}]
