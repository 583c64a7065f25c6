"""Statements of lists whose cost follows the page, not the number of cases stored.

Estate by estate they walk an index that is already in the order of the list, and join only what is shown. A statement
says nothing of what nobody asked for: a condition that may be empty keeps the planner from the index.
"""

from functools import cache

from sqlalchemy import TextClause, text

from services.reporting.tables import COLUMNS, NO_DUE, SCHEMA

_NOT_LISTED = frozenset({"promises", "clocks", "local_date", "flags", "form", "steps"})
_PLAIN = ", ".join(f'c."{name}"' for name in COLUMNS if name not in _NOT_LISTED)
SHOWN = f"{_PLAIN}, to_char(c.local_date, 'YYYY-MM-DD') as local_date"
"""What a list shows of a case beside its personal data."""

_CONDITIONS = {
    "status": "c.status = :status",
    "unfinished": "c.status <> 'closed'",
    "month": "c.month = :month",
    "case_types": "c.case_type = any(cast(:case_types as text[]))",
    "category": "c.category = :category",
    "severity": "c.severity = :severity",
    "validity": "c.validity = :validity",
    "drill": "c.drill = :drill",
    "incident": "c.incident = :incident",
    "numbers": "c.number = any(cast(:numbers as text[]))",
    "found": """(c.number ilike :begins or c.unit ilike :found
                or p.name ilike :found or p.phone ilike :found or p.content ilike :found)""",
    "down_at": "(c.received_at, c.case_id) >= (cast(:down_at as timestamptz), cast(:down_id as text))",
    "department": "coalesce(c.department, c.responsible) = :department",
}
CONDITIONS = frozenset(_CONDITIONS)
"""What may be asked for, each by the name of its parameter; *unfinished* has none and opens an index of few rows."""


# Fenced, so that the words of the cases looked through are read one by one and never the whole table.
_WORDS = f"""left join lateral (
                select name, phone, content from {SCHEMA}.case_private where case_id = c.case_id offset 0) p on true"""  # noqa: S608


def _where(asked: frozenset[str]) -> str:
    return "".join(f"\n            and {_CONDITIONS[name]}" for name in sorted(asked))


def _newest(asked: frozenset[str]) -> str:
    words = _WORDS if "found" in asked else ""
    return f"""
        select one.case_id, one.received_at from unnest(cast(:sites as text[])) as s(site) cross join lateral (
            select c.case_id, c.received_at from {SCHEMA}.cases c {words}
            where c.site = s.site
                and (c.received_at, c.case_id) < (cast(:after_at as timestamptz), cast(:after_id as text))
                {_where(asked)}
            order by c.received_at desc, c.case_id desc limit :most) one
        order by one.received_at desc, one.case_id desc"""  # noqa: S608  names and constants of this package


@cache
def search(asked: frozenset[str]) -> TextClause:
    """The *most* newest cases of *sites* behind (*after_at*, *after_id*), narrowed by what is *asked*."""
    return text(f"""
    with found as ({_newest(asked)} limit :most)
    select {SHOWN}, nullif(p.name, '') as name, left(p.content, 80) as content
    from found join {SCHEMA}.cases c using (case_id) left join {SCHEMA}.case_private p using (case_id)
    order by c.received_at desc, c.case_id desc""")  # noqa: S608


@cache
def end(asked: frozenset[str]) -> TextClause:
    """The last of the *most* newest cases; nothing where there are fewer."""
    return text(f"{_newest(asked)} offset cast(:most as int) - 1 limit 1")


@cache
def board(asked: frozenset[str]) -> TextClause:
    """The *most* open cases of *sites* that fall due next, behind (*after_due*, *after_id*)."""
    return text(f"""
    with found as (
        select one.case_id, one.due from unnest(cast(:sites as text[])) as s(site) cross join lateral (
            select c.case_id, coalesce(c.next_due_at, {NO_DUE}) as due from {SCHEMA}.cases c
            where c.open and c.site = s.site
                and (coalesce(c.next_due_at, {NO_DUE}), c.case_id)
                    > (cast(:after_due as timestamptz), cast(:after_id as text))
                {_where(asked)}
            order by coalesce(c.next_due_at, {NO_DUE}), c.case_id limit :most) one
        order by one.due, one.case_id limit :most)
    select {SHOWN}, left(p.content, 80) as content
    from found join {SCHEMA}.cases c using (case_id) left join {SCHEMA}.case_private p using (case_id)
    order by found.due, c.case_id""")  # noqa: S608
