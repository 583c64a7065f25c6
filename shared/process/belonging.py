"""Which log and which database are one system: both carry its id, so that two systems never mix.

The id stands in the metadata of ``EV`` and in ``shouwen.belonging``. Provisioning gives it to both; every start
compares. A log that was lost, or a database that was, is bound anew on purpose and never by accident.

Source: design.md §4 (streams and durables are declared by one provisioning command).
"""

from dataclasses import dataclass
from typing import Any

from nats.aio.client import Client
from nats.js.errors import NotFoundError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.process.connecting import CannotStart
from shared.process.provisioning import EV, SYSTEM

_THERE = text("select to_regclass('shouwen.belonging')")
_HELD = text("select id from shouwen.belonging")
_MAKE = (
    text("create schema if not exists shouwen"),
    text("""
        create table if not exists shouwen.belonging (
            one boolean primary key default true check (one),
            id text not null,
            since timestamptz not null default now()
        )"""),
)
_HOLD = text("insert into shouwen.belonging (id) values (:id) on conflict (one) do update set id = :id, since = now()")
_HEARERS = text("select quote_ident(schemaname) from pg_tables where tablename = 'positions'")
ADOPT = (
    "若确知二者同属一个系统（例如日志或数据库已丢失并重建），请运行 shouwen provision --adopt"
    "（或 shouwen up --adopt）。"
    " If you know that they are one system, because the log or the database was lost and made anew,"
    " run `shouwen provision --adopt` (or `shouwen up --adopt`)."
)


@dataclass(frozen=True, slots=True)
class Side:
    """The log or the database.

    Attributes:
        id: Of the system it belongs to; None when nobody has said so yet.
        used: The log holds messages; the database has heard some.
    """

    id: str | None
    used: bool


def agreed(log: Side, database: Side, *, new: str, adopt: bool = False) -> str:
    """The id both shall carry.

    A side without an id is one of an earlier release and takes the other's, unless it is so empty beside the other
    that it can only be a wrong address or the replacement of something lost.

    Args:
        log: What ``EV`` carries.
        database: What the database carries.
        new: Id of a new system, where neither has one.
        adopt: A person says that they belong together; the database's word holds.

    Raises:
        CannotStart: They belong to different systems, or one of them seems to have been replaced.
    """
    ours = database.id or log.id or new
    if adopt or log.id == database.id:
        return ours
    if log.id is None and (log.used or not database.used):
        return ours
    if database.id is None and database.used:
        return ours
    raise CannotStart(f"{_complaint(log, database)} {ADOPT}")


def _complaint(log: Side, database: Side) -> str:
    if log.id is None:
        return (
            f"数据库属于系统 {database.id}，而这个 NATS 上的日志是空的。"
            f" The database belongs to system {database.id}, but the log on this NATS is empty."
        )
    if database.id is None:
        return (
            f"这个 NATS 上的日志属于系统 {log.id}，而这个数据库是新的。"
            f" The log on this NATS belongs to system {log.id}, but this database is new."
        )
    return (
        f"数据库属于系统 {database.id}，这个 NATS 上的日志属于系统 {log.id}；"
        "请检查 SHOUWEN_DATABASE_URL 和 SHOUWEN_NATS_URL。"
        f" The database belongs to system {database.id}, the log on this NATS to system {log.id};"
        " see SHOUWEN_DATABASE_URL and SHOUWEN_NATS_URL."
    )


async def side_of_log(nc: Client) -> Side:
    """What the log carries; one that is not there yet carries nothing."""
    try:
        info = await nc.jetstream().stream_info(EV)
    except NotFoundError:
        return Side(None, used=False)
    return Side((info.config.metadata or {}).get(SYSTEM), used=bool(info.state.last_seq))


async def side_of_database(db: AsyncEngine) -> Side:
    """What the database carries."""
    async with db.connect() as conn:
        there = (await conn.execute(_THERE)).scalar() is not None
        held = (await conn.execute(_HELD)).scalar() if there else None
        return Side(held, used=await _has_heard(conn))


async def _has_heard(conn: AsyncConnection) -> bool:
    schemas = [row[0] for row in await conn.execute(_HEARERS)]
    # Names come quoted from the database's own catalogue.
    looks: list[Any] = [text(f"select exists (select from {schema}.positions)") for schema in schemas]  # noqa: S608
    return any([(await conn.execute(look)).scalar() for look in looks])


async def bind_database(db: AsyncEngine, system: str) -> None:
    """Write down in the database which system it belongs to."""
    async with db.begin() as conn:
        for statement in _MAKE:
            await conn.execute(statement)
        await conn.execute(_HOLD, {"id": system})


async def require_same_system(nc: Client, db: AsyncEngine) -> None:
    """Refuse to start on a log and a database of different systems; where neither says anything, nothing is known.

    Raises:
        CannotStart: Names both and the remedy.
    """
    log, database = await side_of_log(nc), await side_of_database(db)
    if log.id == database.id:
        return
    agreed(log, database, new="")
    raise CannotStart(
        "日志与数据库只有一方写有系统编号，请运行 shouwen provision。"
        " Only one of log and database says which system it belongs to; run `shouwen provision`."
    )
