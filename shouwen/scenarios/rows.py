"""The rows of a scenario's reporting in memory: what PostgreSQL would count and list, over the same rows.

A test holds the two ways against each other.
"""

import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from services.reporting.policy.columns import TAKEN, told_key
from services.reporting.policy.filing import Filed
from services.reporting.ports import Row
from services.reporting.ports.registers import Scope
from services.reporting.state.view import CaseView
from services.reporting.store.privacy import FORMS, joined, personal, private_of
from services.reporting.store.rows import row_of
from services.reporting.store.steps import moved, taken
from shared.contracts.dispatch import StepTaken
from shared.contracts.envelope import Heard
from shared.rules.conditions import Matter
from shared.rules.registers import MONEY, Field, Place, step_of
from shared.rules.words import Validity
from shared.timekeeping.zones import zone_named

Line = dict[str, Any]
Cell = Callable[[Line, str], Any]
Filings = Mapping[tuple[str, str], Filed]
"""By register and period."""
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
_NO_MONEY = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows reporting would have at this moment, with what they say about persons.

    Attributes:
        steps: A line each time a step was taken, with ``apart``, its personal values.
        money: A line each time money moved.
    """

    of: tuple[Row, ...]
    steps: tuple[Row, ...] = ()
    money: tuple[Row, ...] = ()
    filings: Filings = field(default_factory=dict)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator["Rows"]:
        """See `services.reporting.ports.registers.Snapshots`."""
        yield self

    async def groups(self, scope: Scope) -> Sequence[Row]:
        """See `services.reporting.ports.registers.Snapshot`."""
        found: dict[tuple[Any, ...], dict[str, int]] = {}
        for row in self._taken(scope, "received_at"):
            counts = found.setdefault(tuple(row.get(name) for name in GROUPS), dict.fromkeys(COUNTS, 0))
            for name, count in COUNTS.items():
                counts[name] += count(row)
        ordered = sorted(found.items(), key=lambda each: tuple(str(value) for value in each[0]))
        return [dict(zip(GROUPS, key, strict=True)) | counts for key, counts in ordered]

    async def limits(self, scope: Scope) -> tuple[int, int]:
        """See `services.reporting.ports.registers.Snapshot`."""
        outcomes = [row["resolve_outcome"] for row in self._taken(scope, "resolve_due_at") if row["resolve_outcome"]]
        return len(outcomes), outcomes.count("met")

    async def incidents(self, scope: Scope) -> int:
        """See `services.reporting.ports.registers.Snapshot`."""
        taken = self._taken(scope, "received_at")
        return len(
            {row.get("incident") or row["case_id"] for row in taken if row.get("incident") or row["opens_incident"]}
        )

    async def clocks(self, scope: Scope) -> Mapping[tuple[str, str], tuple[int, int]]:
        """See `services.reporting.ports.registers.Snapshot`."""
        found: dict[tuple[str, str], tuple[int, int]] = {}
        for row in self._listed(scope):
            for clock in row["clocks"]:
                judged = clock.breached or clock.outcome in ("met", "late")
                if clock.due_at is not None and judged and _within(scope, clock.due_at):
                    fell, kept = found.get((clock.clock, row["severity"] or ""), (0, 0))
                    met = clock.outcome == "met" and not clock.breached
                    found[clock.clock, row["severity"] or ""] = fell + 1, kept + met
        return found

    async def summed(self, scope: Scope, field: str) -> Decimal:
        """See `services.reporting.ports.registers.Snapshot`."""
        values = (row["form"].get(field, "") for row in self._taken(scope, "received_at"))
        return sum((Decimal(value) for value in values if _NUMBER.fullmatch(value)), Decimal(0))

    async def steps_taken(self, scope: Scope, step: str) -> int:
        """See `services.reporting.ports.registers.Snapshot`."""
        name, _, outcome = step.partition("=")
        lines = self._joined(scope, [line for line in self.steps if line["step"] == name])
        return sum(not outcome or line["outcome"] == outcome for line in lines)

    async def accounts(self, scope: Scope) -> Sequence[Row]:
        """See `services.reporting.ports.registers.Snapshot`."""
        sums: dict[str, list[Decimal]] = {}
        for line in self._joined(scope, self.money):
            for side, place in (("debit", 0), ("credit", 1)):
                sums.setdefault(line[side], [_NO_MONEY, _NO_MONEY])[place] += line["amount"]
        return [{"account": name, "debit": both[0], "credit": both[1]} for name, both in sorted(sums.items())]

    async def filed(self, site: str, register: str, period: str) -> Filed:
        """See `services.reporting.ports.registers.Snapshot`."""
        del site
        return self.filings.get((register, period), Filed())

    async def rows(self, scope: Scope, places: tuple[Place, ...], zone: str) -> AsyncIterator[Sequence[Any]]:
        """See `services.reporting.ports.registers.Snapshot`."""
        lines = (self._signed(line, scope) for line in self._lines(scope))
        yield [tuple(_cell(place)(line, zone) for place in places) for line in lines]

    def _lines(self, scope: Scope) -> Sequence[Line]:
        step = step_of(scope.rows)
        if scope.rows == MONEY:
            return _with_cash(sorted(self._joined(scope, self.money), key=lambda m: (m["at"], m["fact"], m["line"])))
        if step is not None:
            lines = self._joined(scope, [line for line in self.steps if line["step"] == step])
            return sorted(lines, key=lambda line: (line["received_at"], line["case_id"], line["count"]))
        return sorted(
            map(dict, self._taken(scope, "received_at")), key=lambda row: (row["received_at"], row["case_id"])
        )

    def _joined(self, scope: Scope, lines: Sequence[Row]) -> list[Line]:
        cases = {row["case_id"]: row for row in self._taken(scope, "received_at")}
        told = ((cases[line["case_id"]], line) for line in lines if line["case_id"] in cases)
        return [{**case, "taken": line, **_plain(line)} for case, line in told]

    def _signed(self, line: Line, scope: Scope) -> Line:
        period = scope.period if scope.period is not None else line["month"]
        return line | {"signature": self.filings.get((scope.register, period), Filed()).signed_by}

    def _taken(self, scope: Scope, instant: str) -> Iterator[Row]:
        return (row for row in self._listed(scope) if _within(scope, row.get(instant)))

    def _listed(self, scope: Scope) -> Iterator[Row]:
        for row in self.of:
            mine = row.get("site") == scope.site and row.get("case_type") in scope.case_types
            if mine and not row["drill"] and all(when.holds(_matter(row)) for when in scope.when):
                yield row


def rows_from(heard: Sequence[Heard], views: Mapping[str, CaseView]) -> Rows:
    """The rows that *heard* makes, given how each case looks after it."""
    persons: dict[str, Line] = {}
    for one in heard:
        persons[one.heading.entity] = joined(persons.get(one.heading.entity, {}), private_of(one.fact))
    apart = {one.heading.id: one.fact.private.form for one in heard if isinstance(one.fact, StepTaken)}
    return Rows(
        of=tuple({**persons.get(case, {}), **row_of(case, view)} for case, view in views.items()),
        steps=tuple(line | {"apart": apart[line["fact"]]} for line in taken(heard)),
        money=tuple(line | {"amount": Decimal(line["amount"])} for line in moved(heard)),
    )


def _plain(line: Row) -> Line:
    """A line's own columns, but for those a case has too."""
    return {name: value for name, value in line.items() if name not in ("case_id", "form", "steps")}


def _matter(row: Row) -> Matter:
    return Matter(
        severity=row["severity"] or "",
        validity=Validity(row["validity"]),
        category=row["category"],
        flags=frozenset(row["flags"]),
    )


def _with_cash(lines: Sequence[Line]) -> list[Line]:
    cash, found = _NO_MONEY, list[Line]()
    for line in lines:
        cash += line["amount"] if line["debit"] == "cash" else _NO_MONEY
        cash -= line["amount"] if line["credit"] == "cash" else _NO_MONEY
        found.append(line | {"cash": cash})
    return found


def _within(scope: Scope, at: datetime | None) -> bool:
    if at is None:
        return scope.start is None and scope.end is None
    return (scope.start is None or at >= scope.start) and (scope.end is None or at < scope.end)


GROUPS = ("category", "severity", "validity", "pack")
COUNTS: Mapping[str, Callable[[Row], int]] = {
    "received": lambda _row: 1,
    "handled": lambda row: row["completed_at"] is not None,
    "followed_up": lambda row: row["completed_at"] is not None and row["asked"] > 0,
    "answers": lambda row: row["answers"] or 0,
    "satisfied": lambda row: row["satisfied"] or 0,
    "reopened": lambda row: row["reopened"] > 0,
    "raised": lambda row: row["raises"] > 0,
    "breached": lambda row: row["breaches"] > 0,
    "imported": lambda row: bool(row["historical"]),
    "on_time": lambda row: row["resolve_outcome"] == "met",
    "undecided": lambda row: row["validity"] == "unjudged" and row["ending"] == "withdrawn",
}


def _of(*names: str) -> Cell:
    """The first of several columns that says anything."""
    return lambda row, _zone: next((row[name] for name in names if row.get(name) is not None), None)


def _local(name: str, pattern: str = "%Y-%m-%d %H:%M") -> Cell:
    return lambda row, zone: _shown(row.get(name), zone, pattern)


def _shown(at: Any, zone: str, pattern: str = "%Y-%m-%d %H:%M") -> str | None:
    return at.astimezone(zone_named(zone)).strftime(pattern) if isinstance(at, datetime) else None


CELLS: Mapping[Field, Cell] = {
    **{field: _of(field.value) for field in Field},
    Field.DATE: lambda row, _zone: row["local_date"].isoformat(),
    Field.TIME: _local("received_at", "%H:%M"),
    Field.COMPLAINANT: _of("name"),
    Field.CONTACT: _of("phone"),
    Field.UNIT: _of("unit", "place"),
    Field.ACCUSED: _of("responsible"),
    Field.RECEIVED_BY: _of("first_receiver"),
    Field.DEPARTMENT: _of("department", "responsible"),
    Field.METHOD: _of("done"),
    Field.RESULT: _of("told", "done"),
    Field.REPLY_DUE: _local("reply_due_at"),
    Field.REPLIED_AT: _local("first_reply_at"),
    Field.RESOLVE_DUE: _local("resolve_due_at"),
    Field.RESOLVED_AT: _local("completed_at"),
    Field.ON_TIME: _of("resolve_outcome"),
    Field.FOLLOWED_UP_AT: _local("asked_at"),
    Field.ROUNDS: lambda row, _zone: str(row["round"]),
    Field.STATE: _of("status"),
    Field.CLOSED_AT: _local("closed_at"),
    Field.OUTCOME: _of("ending"),
    Field.SIGNED_BY: _of("signature"),
}
"""What the expressions of ``services.reporting.store.columns`` say, in Python."""
OTHERS: Mapping[tuple[str, str], Cell] = {
    ("planned", "rule"): _of("planned_rule"),
    ("planned", "period"): _of("planned_period"),
    ("planned", "due"): _local("planned_due_at"),
    ("outer", "line"): _of("outer_line"),
    ("outer", "number"): _of("outer_number"),
    ("outer", "deadline"): _local("outer_deadline"),
    **{("money", part): _of(part) for part in ("by", "item", "move", "payer", "debit", "credit")},
    ("money", "at"): _local("at"),
    ("money", "amount"): lambda line, _zone: str(line["amount"]),
    ("money", "cash"): lambda line, _zone: str(line["cash"]),
}


def _cell(place: Place) -> Cell:
    if place.group == "case":
        return CELLS[Field(place.of)]
    of_steps = {"form": _form, "step": _step, "notice": _notice, TAKEN: _this_time}.get(place.group)
    return of_steps(place) if of_steps is not None else OTHERS[place.group, place.part]


def _form(place: Place) -> Cell:
    return lambda row, _zone: row["form"].get(place.of, personal(row.get(FORMS, {}), place.of))


def _step(place: Place) -> Cell:
    def shown(row: Line, zone: str) -> Any:
        value = row["steps"].get(place.of, {}).get(place.part)
        return _shown(value, zone) if place.part == "at" else value

    return shown


def _notice(place: Place) -> Cell:
    return _step(replace(place, of=told_key(place.of)))


def _this_time(place: Place) -> Cell:
    def shown(row: Line, zone: str) -> Any:
        line = row["taken"]
        if place.part:
            return _shown(line["at"], zone) if place.part == "at" else line[place.part]
        return line["form"].get(place.of, line["apart"].get(place.of))

    return shown
