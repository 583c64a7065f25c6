"""The index of cases in PostgreSQL, written in the transaction of the fold: one statement a batch."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.dispatch.policy.lifecycle import Status
from services.dispatch.ports import Wanted
from services.dispatch.state import CaseState
from shared.process.books import Finding, Page, stray_rows, strays_of
from shared.storage.unit import Work

_PUT = text("""
    insert into dispatch.cases as c (id, number, site, status, department, assignee, order_number, round, severity,
        incident, ending, received_at)
    select id, number, site, status, department, assignee, order_number, round, severity, incident, ending, received_at
    from unnest(cast(:ids as text[]), cast(:numbers as text[]), cast(:sites as text[]), cast(:statuses as text[]),
        cast(:departments as text[]), cast(:assignees as text[]), cast(:orders as text[]), cast(:rounds as int[]),
        cast(:severities as text[]), cast(:incidents as text[]), cast(:endings as text[]),
        cast(:received as timestamptz[]))
        as v(id, number, site, status, department, assignee, order_number, round, severity, incident, ending,
            received_at)
    order by id
    on conflict (id) do update set status = excluded.status, department = excluded.department,
        assignee = excluded.assignee, order_number = excluded.order_number, round = excluded.round,
        severity = excluded.severity, incident = excluded.incident, ending = excluded.ending,
        received_at = excluded.received_at
    where (c.status, c.department, c.assignee, c.order_number, c.round, c.severity, c.incident, c.ending,
        c.received_at) is distinct from (excluded.status, excluded.department, excluded.assignee,
        excluded.order_number, excluded.round, excluded.severity, excluded.incident, excluded.ending,
        excluded.received_at)""")

_COLUMNS = (
    "id, number, site, status, department, assignee, order_number, round, severity, incident, ending, received_at"
)
_EVERY_SITE = """(with recursive known as (
            (select min(site) as site from dispatch.cases)
            union all
            select (select min(c.site) from dispatch.cases c where c.site > k.site)
            from known k where k.site is not null)
        select site from known where site is not null)"""
_SOME_SITES = "unnest(cast(:sites as text[]))"
_ASSIGNED = """assignee = :assignee
        and (cast(:sites as text[]) is null or site = any(cast(:sites as text[])))
        and (cast(:statuses as text[]) is null or status = any(cast(:statuses as text[])))
        and (cast(:department as text) is null or department = cast(:department as text))"""


def _in_order(where: str) -> TextClause:
    return text(f"select {_COLUMNS} from dispatch.cases where id > :after and {where} order by id limit :limit")  # noqa: S608


# Each walks an index in the order of ids; a condition that may be empty would keep the planner from it.
@cache
def _gathered(sites: str, *, by_department: bool) -> TextClause:
    department = "c.department = :department and " if by_department else ""
    return text(f"""
    select {_COLUMNS} from (
        select one.id from {sites} as s(site), unnest(cast(:statuses as text[])) as t(status) cross join lateral (
            select c.id from dispatch.cases c
            where {department} c.site = s.site and c.status = t.status and c.id > :after order by c.id limit :limit) one
        order by one.id limit :limit) found
    join dispatch.cases using (id) order by id""")  # noqa: S608  constants of this module


_EVERYTHING, _OF_ASSIGNEE = _in_order("true"), _in_order(_ASSIGNED)

_OPEN = text(f"""
    select {_COLUMNS} from dispatch.cases where site = :site and status = any(cast(:statuses as text[]))
    order by id""")  # noqa: S608  constants of this module
_JOINED = text("""
    select id from dispatch.entities where parent = :incident and status = :joined order by id""")


_NAMES = (
    "id",
    "number",
    "site",
    "status",
    "department",
    "assignee",
    "order_number",
    "round",
    "severity",
    "incident",
    "ending",
    "received_at",
)
_DROP = text("delete from dispatch.cases where id = any(cast(:ids as text[]))")
_STRAYS = strays_of("dispatch.cases", "id")


class PostgresIndex:
    """Keeps and reads ``dispatch.cases``; also the projection of the service."""

    async def project(self, conn: AsyncConnection, work: Work) -> None:
        """Write every case that changed."""
        changed = [slot.state for slot in work.slots.values() if slot.changed]
        cases = [state for state in changed if isinstance(state, CaseState) and state.number]
        if cases:
            await conn.execute(_PUT, _columns(cases))

    async def strays(self, conn: AsyncConnection, page: Page) -> Sequence[Finding]:
        """Rows that are not what the cases of *page* make of them."""
        states = (slot.state for slot in page.slots.values())
        cases = [state for state in states if isinstance(state, CaseState) and state.number]
        rows = [dict(zip(_NAMES, row, strict=True)) for row in zip(*_columns(cases).values(), strict=True)]
        return await stray_rows(conn, _STRAYS, msgspec.json.encode(rows).decode(), page)

    async def drop(self, conn: AsyncConnection, entities: Sequence[str]) -> None:
        """Forget the rows of *entities*."""
        await conn.execute(_DROP, {"ids": list(entities)})

    async def listed(self, conn: AsyncConnection, wanted: Wanted) -> Sequence[dict[str, Any]]:
        """A page of cases in order of their ids."""
        rows = await conn.execute(_listing(wanted), _asked(wanted))
        return [dict(row) for row in rows.mappings()]

    async def open_at(self, conn: AsyncConnection, site: str) -> Sequence[dict[str, Any]]:
        """Every case of a site that has not ended, in order of their ids."""
        statuses = [each.value for each in Status if each is not Status.CLOSED]
        rows = await conn.execute(_OPEN, {"site": site, "statuses": statuses})
        return [dict(row) for row in rows.mappings()]

    async def joined(self, conn: AsyncConnection, incident: str) -> tuple[str, ...]:
        """The cases that hang under an incident without an order of their own, in order of their ids."""
        rows = await conn.execute(_JOINED, {"incident": incident, "joined": Status.JOINED.value})
        return tuple(row.id for row in rows)


def _listing(wanted: Wanted) -> TextClause:
    if wanted.assignee is not None:
        return _OF_ASSIGNEE
    if wanted.sites is None and not wanted.statuses and wanted.department is None:
        return _EVERYTHING
    sites = _EVERY_SITE if wanted.sites is None else _SOME_SITES
    return _gathered(sites, by_department=wanted.department is not None)


def _asked(wanted: Wanted) -> dict[str, Any]:
    """Each site and status once, as each is walked; where no status is asked for, all are."""
    every = None if wanted.assignee is not None else [each.value for each in Status]
    return {
        "after": wanted.after,
        "sites": None if wanted.sites is None else list(dict.fromkeys(wanted.sites)),
        "statuses": list(dict.fromkeys(wanted.statuses)) or every,
        "department": wanted.department,
        "assignee": wanted.assignee,
        "limit": wanted.limit,
    }


def _columns(cases: Sequence[CaseState]) -> dict[str, list[Any]]:
    return {
        "ids": [c.case for c in cases],
        "numbers": [c.number for c in cases],
        "sites": [c.site for c in cases],
        "statuses": [c.status.value for c in cases],
        "departments": [c.department for c in cases],
        "assignees": [c.assignee for c in cases],
        "orders": [c.order for c in cases],
        "rounds": [c.round for c in cases],
        "severities": [c.severity for c in cases],
        "incidents": [c.incident for c in cases],
        "endings": [c.ending for c in cases],
        "received": [c.received_at for c in cases],
    }
