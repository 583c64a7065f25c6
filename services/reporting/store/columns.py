"""How each column of a form is filled from the tables, in SQL.

Words of a pack never become part of a statement: they travel as its parameters.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from services.reporting.policy.columns import TAKEN, told_key
from services.reporting.tables import SCHEMA
from shared.rules.registers import Field, Place

Asked = dict[str, Any]
Expression = Callable[[Place, str], tuple[str, Asked]]


def _local(instant: str, pattern: str = "YYYY-MM-DD HH24:MI") -> str:
    return f"to_char({instant} at time zone cast(:zone as text), '{pattern}')"


EXPRESSIONS: Mapping[Field, str] = {
    Field.NUMBER: "c.number",
    Field.DATE: "to_char(c.local_date, 'YYYY-MM-DD')",
    Field.TIME: _local("c.received_at", "HH24:MI"),
    Field.CHANNEL: "c.channel",
    Field.COMPLAINANT: "p.name",
    Field.CONTACT: "p.phone",
    Field.UNIT: "coalesce(c.unit, p.place)",
    Field.CONTENT: "p.content",
    Field.DEMAND: "p.demand",
    Field.ACCUSED: "c.responsible",
    Field.CATEGORY: "c.category",
    Field.SEVERITY: "c.severity",
    Field.VALIDITY: "c.validity",
    Field.RECEIVED_BY: "c.first_receiver",
    Field.DEPARTMENT: "coalesce(c.department, c.responsible)",
    Field.HANDLED_BY: "c.handled_by",
    Field.METHOD: "p.done",
    Field.RESULT: "coalesce(p.told, p.done)",
    Field.REPLY_DUE: _local("c.reply_due_at"),
    Field.REPLIED_AT: _local("c.first_reply_at"),
    Field.RESOLVE_DUE: _local("c.resolve_due_at"),
    Field.RESOLVED_AT: _local("c.completed_at"),
    Field.ON_TIME: "c.resolve_outcome",
    Field.EXTENDED_BY: "c.extended_by",
    Field.FOLLOWED_UP_AT: _local("c.asked_at"),
    Field.SATISFACTION: "c.satisfaction",
    Field.ROUNDS: "cast(c.round as text)",
    Field.STATE: "c.status",
    Field.CLOSED_AT: _local("c.closed_at"),
    Field.OUTCOME: "c.ending",
    Field.SIGNED_BY: f"""(select i.signed_by from {SCHEMA}.issues i where i.site = c.site and i.register = :register
        and i.period = coalesce(cast(:period as text), c.month))""",  # noqa: S608  a constant of this package
}
"""How the row of a case fills each column of a form. ``method`` is what was done, ``result`` what the customer was
told of it, or what was done where nothing else is known."""

STEP_TAKEN: Mapping[str, str] = {"at": _local("s.at"), "by": "s.by", "outcome": "s.outcome"}
PLANNED: Mapping[str, str] = {
    "rule": "c.planned_rule",
    "period": "c.planned_period",
    "due": _local("c.planned_due_at"),
}
OUTER: Mapping[str, str] = {
    "line": "c.outer_line",
    "number": "c.outer_number",
    "deadline": _local("c.outer_deadline"),
}
IN_ORDER = "m.at, m.fact, m.line"
MONEY: Mapping[str, str] = {
    "at": _local("m.at"),
    "by": "m.by",
    "item": "m.item",
    "move": "m.move",
    "amount": "cast(m.amount as text)",
    "payer": "m.payer",
    "debit": "m.debit",
    "credit": "m.credit",
    "cash": f"""cast(sum(case when m.debit = 'cash' then m.amount when m.credit = 'cash' then -m.amount else 0.00 end)
        over (order by {IN_ORDER}) as text)""",
}


def _form(place: Place, name: str) -> tuple[str, Asked]:
    # A personal field stands in the form of the intake, of a step or of the talk afterwards, and in one only.
    apart = f"jsonb_path_query_first(p.forms, cast(:{name}_path as jsonpath)) #>> '{{}}'"
    sql = f"coalesce(c.form->>cast(:{name} as text), {apart})"
    return sql, {name: place.of, f"{name}_path": f"$.*.{json.dumps(place.of, ensure_ascii=False)}"}


def _taken(place: Place, name: str) -> tuple[str, Asked]:
    if place.part:
        return STEP_TAKEN[place.part], {}
    return f"coalesce(s.form->>cast(:{name} as text), fp.private->'form'->>cast(:{name} as text))", {name: place.of}


def _step(place: Place, name: str) -> tuple[str, Asked]:
    held = f"c.steps->cast(:{name} as text)->>'{place.part}'"
    return (_local(f"cast({held} as timestamptz)") if place.part == "at" else held), {name: place.of}


def _notice(place: Place, name: str) -> tuple[str, Asked]:
    return _step(replace(place, of=told_key(place.of)), name)


_OF: Mapping[str, Expression] = {
    "case": lambda place, _name: (EXPRESSIONS[Field(place.of)], {}),
    "form": _form,
    TAKEN: _taken,
    "step": _step,
    "notice": _notice,
    "planned": lambda place, _name: (PLANNED[place.part], {}),
    "outer": lambda place, _name: (OUTER[place.part], {}),
    "money": lambda place, _name: (MONEY[place.part], {}),
}


def expression(place: Place, name: str) -> tuple[str, Asked]:
    """What fills the column at *place*, with the parameters it needs, which all begin with *name*."""
    return _OF[place.group](place, name)
