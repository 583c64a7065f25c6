"""Registers and measures of a scenario: issued by reporting's own office over rows that lie in memory.

What PostgreSQL would count is counted here over the same rows; a test holds the two ways against each other.
"""

import json
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from services.reporting.policy.windows import MonthNeeded, Way, WeekNeeded
from services.reporting.ports import Asked, NoRegister, Row, Scope
from services.reporting.state.view import CaseView
from services.reporting.store.privacy import private_of
from services.reporting.store.rows import row_of
from services.reporting.views.office import RegisterOffice
from shared.rules.registers import Field
from shared.timekeeping.zones import zone_named
from shouwen.scenarios.acting import Stage
from shouwen.scenarios.cast import SITE
from shouwen.scenarios.instants import month_of
from shouwen.scenarios.minutes import names_of
from shouwen.scenarios.world import World

T = TypeVar("T")
Record = dict[str, Any]
Cell = Callable[[Row, str], Any]


class NotIssued(ValueError):
    """A register that cannot be issued as asked; the message says why."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows reporting would have at this moment, with what they say about persons."""

    of: tuple[Row, ...]

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator["Rows"]:
        """See `services.reporting.ports.Snapshots`."""
        yield self

    async def groups(self, scope: Scope) -> Sequence[Row]:
        """See `services.reporting.ports.Snapshot`."""
        found: dict[tuple[Any, ...], dict[str, int]] = {}
        for row in self._taken(scope, "received_at"):
            counts = found.setdefault(tuple(row.get(name) for name in GROUPS), dict.fromkeys(COUNTS, 0))
            for name, count in COUNTS.items():
                counts[name] += count(row)
        ordered = sorted(found.items(), key=lambda each: tuple(str(value) for value in each[0]))
        return [dict(zip(GROUPS, key, strict=True)) | counts for key, counts in ordered]

    async def limits(self, scope: Scope) -> tuple[int, int]:
        """See `services.reporting.ports.Snapshot`."""
        outcomes = [row["resolve_outcome"] for row in self._taken(scope, "resolve_due_at") if row["resolve_outcome"]]
        return len(outcomes), outcomes.count("met")

    async def incidents(self, scope: Scope) -> int:
        """See `services.reporting.ports.Snapshot`."""
        taken = self._taken(scope, "received_at")
        return len(
            {row.get("incident") or row["case_id"] for row in taken if row.get("incident") or row["opens_incident"]}
        )

    async def rows(self, scope: Scope, fields: tuple[str, ...], zone: str) -> AsyncIterator[Sequence[Any]]:
        """See `services.reporting.ports.Snapshot`."""
        taken = sorted(self._taken(scope, "received_at"), key=lambda row: (row["received_at"], row["case_id"]))
        yield [tuple(CELLS[Field(name)](row, zone) for name in fields) for row in taken]

    def _taken(self, scope: Scope, instant: str) -> Iterator[Row]:
        for row in self.of:
            mine = row.get("site") == scope.site and row.get("case_type") in scope.case_types
            if mine and not row["drill"] and _within(scope, row.get(instant)):
                yield row


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
}


def _of(*names: str) -> Cell:
    """The first of several columns that says anything."""
    return lambda row, _zone: next((row[name] for name in names if row.get(name) is not None), None)


def _local(name: str, pattern: str = "%Y-%m-%d %H:%M") -> Cell:
    def shown(row: Row, zone: str) -> str | None:
        at = row.get(name)
        return at.astimezone(zone_named(zone)).strftime(pattern) if isinstance(at, datetime) else None

    return shown


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
    Field.SIGNED_BY: lambda _row, _zone: "",
}
"""What the expressions of ``services.reporting.store.registers`` say, in Python."""


def rows_of(world: World) -> Rows:
    """The rows as reporting's projection would have written them."""
    persons: dict[str, dict[str, str]] = {}
    for said in world.log:
        persons.setdefault(said.heading.entity, {}).update(private_of(said.fact))
    slots = world.machines["reporting"].slots.values()
    cases = ((slot.entity, slot.state) for slot in slots if isinstance(slot.state, CaseView))
    return Rows(tuple({**persons.get(case, {}), **row_of(case, view)} for case, view in cases))


def issued(stage: Stage, register: str, *, month: str | None, window: str) -> dict[str, Any]:
    """The register as the interface answers it.

    Raises:
        NotIssued: The site keeps none of that name, or another period is needed.
    """
    office = RegisterOffice(stage.world.book, rows_of(stage.world))
    asked = Asked(
        register=register,
        site=SITE,
        month=month,
        way=Way(window),
        form="json",
        rows_only=False,
        language="zh",
        now=stage.world.now,
    )
    try:
        whole = _awaited(_whole(office, asked))
    except NoRegister as wrong:
        raise NotIssued(f"no register {register}; there are {', '.join(wrong.known) or '—'}") from wrong
    except (MonthNeeded, WeekNeeded) as wrong:
        raise NotIssued("month: YYYY-MM (or YYYY-Www for a weekly register)") from wrong
    answer: dict[str, Any] = json.loads(whole)
    return answer


async def _whole(office: RegisterOffice, asked: Asked) -> bytes:
    issue = await office.issue(asked)
    return b"".join([part async for part in issue.parts])


def _awaited(work: Coroutine[Any, Any, T]) -> T:
    """The outcome of a coroutine that never has to wait for anything."""
    try:
        work.send(None)
    except StopIteration as done:
        outcome: T = done.value
        return outcome
    raise RuntimeError("rows in memory were waited for")


def register(stage: Stage, register: str, *, month: str | None, window: str) -> Record:
    """An issue of a register as one record."""
    found = issued(stage, register, month=month, window=window)
    totals, pack = found["totals"], found["pack"]
    kept = stage.world.book.pack(pack["id"], pack["version"]).registers[register]
    return {
        "id": register,
        "month": month,
        "window": window,
        "rows": len(found["rows"]),
        "received": found["matters"],
        "incidents": found["incidents"],
        "from": _instant(found["window"]["from"]),
        "to": _instant(found["window"]["to"]),
        "due": _instant(found["window"].get("due_at")),
        "pack": pack["id"],
        "compiled_by": kept.compiled_by,
        "reported_to": list(kept.to),
        "columns": [column["field"] for column in found["columns"]],
        "totals": {key: value for key, value in totals.items() if isinstance(value, int)},
        **{name: {one["id"]: one["count"] for one in totals[name]} for name in TALLIES},
    }


TALLIES = ("categories", "severities", "validities", "packs")


def rows(stage: Stage, name: str, *, month: str | None, window: str) -> list[Record]:
    """The lines of a register, column by column; people by id, name and role."""
    found = issued(stage, name, month=month, window=window)
    asked = {"register": name, "month": month, "window": window}
    return [{**row, **_people(stage, row), **asked} for row in found["rows"]]


def _people(stage: Stage, row: Record) -> Record:
    return {name: names_of(stage, row[name]) for name in PEOPLE if row.get(name)}


PEOPLE = ("received_by", "handled_by", "extended_by")
"""Cells that hold a person's id; a check may write his role or name."""


def measures(stage: Stage, name: str, *, month: str | None, window: str) -> list[Record]:
    """The measures of a register."""
    found = issued(stage, name, month=month, window=window)
    return [
        {
            "id": one["id"],
            "register": name,
            "month": month,
            "window": window,
            "numerator": one["numerator"],
            "denominator": one["denominator"],
            "percent": one["percent"],
            "not_yet_judged": one["not_yet_judged"],
            "target": one["target_percent"],
            "reached": one["reached"],
            "pack": one["pack"],
        }
        for one in found["measures"]
    ]


def register_with(stage: Stage, measure: str) -> str:
    """The register of the site's pack that carries a measure; the measure's own id where none does."""
    pack = stage.world.book.pack_for(SITE, stage.world.now)
    carrying = (r.id for r in pack.registers.values() if any(one.id == measure for one in r.measures))
    return next(carrying, measure)


def usual_month(stage: Stage) -> str:
    """The month of the instant one looks at."""
    return month_of(stage.world.now, stage.setting.zone)


def _instant(stated: str | None) -> datetime | None:
    return datetime.fromisoformat(stated) if stated else None
