"""Registers and measures of a scenario: issued by reporting's own office over rows that lie in memory."""

import json
import re
from collections.abc import Coroutine
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from services.reporting.policy.windows import MONTH, MonthNeeded, QuarterNeeded, Way, WeekNeeded
from services.reporting.ports.registers import Asked, NoRegister, Paper
from services.reporting.state.view import CaseView
from services.reporting.views.office import RegisterOffice
from shared.contracts.envelope import Heard
from shared.rules.registers import WindowKind
from shouwen.scenarios.acting import Stage
from shouwen.scenarios.cast import SITE
from shouwen.scenarios.instants import month_of
from shouwen.scenarios.minutes import names_of
from shouwen.scenarios.rows import Rows, rows_from
from shouwen.scenarios.world import World

T = TypeVar("T")
_MONTHS_A_QUARTER = 3
Record = dict[str, Any]


class NotIssued(ValueError):
    """A register that cannot be issued as asked; the message says why."""


def rows_of(world: World) -> Rows:
    """The rows as reporting's projection would have written them."""
    slots = world.machines["reporting"].slots.values()
    views = {slot.entity: slot.state for slot in slots if isinstance(slot.state, CaseView)}
    return rows_from([Heard(said.heading, said.fact) for said in world.log], views)


def issued(stage: Stage, register: str, *, month: str | None, window: str) -> dict[str, Any]:
    """The register as the interface answers it.

    Raises:
        NotIssued: The site keeps none of that name, or another period is needed.
    """
    office, asked = _at_office(stage, register, month, window)
    answer: dict[str, Any] = json.loads(_given(_whole(office, asked), register))
    return answer


def paper_of(stage: Stage, register: str, month: str) -> Paper:
    """What would be signed and filed.

    Raises:
        NotIssued: The site keeps none of that name, or another period is needed.
    """
    office, asked = _at_office(stage, register, month, Way.OWN)
    return _given(office.paper(asked), register)


def _at_office(stage: Stage, register: str, month: str | None, window: str) -> tuple[RegisterOffice, Asked]:
    office = RegisterOffice(stage.world.book, replace(rows_of(stage.world), filings=stage.filings))
    if window == Way.OWN and _quarterly(stage, register):
        month = _quarter_of(month)
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
    return office, asked


def _given(work: Coroutine[Any, Any, T], register: str) -> T:
    try:
        return _awaited(work)
    except NoRegister as wrong:
        raise NotIssued(f"no register {register}; there are {', '.join(wrong.known) or '—'}") from wrong
    except (MonthNeeded, WeekNeeded, QuarterNeeded) as wrong:
        raise NotIssued("month: YYYY-MM (YYYY-Www for a weekly register, YYYY-Qn for a quarterly one)") from wrong


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
        "rows": found["lines"],
        "signed_by": names_of(stage, found["signature"]["by"]) if found["signature"]["by"] else None,
        "signature_missing": found["signature"]["missing"],
        "balanced": (found["ledger"] or {}).get("balanced"),
        "balances": {one["id"]: Decimal(str(one["balance"])) for one in (found["ledger"] or {}).get("accounts", ())},
        "aliases": [alias["zh"] for alias in found["register"]["aliases"]],
        "received": found["matters"],
        "incidents": found["incidents"],
        "from": _instant(found["window"]["from"]),
        "to": _instant(found["window"]["to"]),
        "due": _instant(found["window"].get("due_at")),
        "pack": pack["id"],
        "compiled_by": kept.compiled_by,
        "reported_to": list(kept.to),
        "retention_years": kept.retention_years,
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
    persons = (name for name in row if name in PEOPLE or (name.startswith("step.") and name.endswith(".by")))
    return {name: names_of(stage, row[name]) for name in persons if row[name]}


PEOPLE = ("received_by", "handled_by", "extended_by", "signed_by", "money.by")
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
            "withdrawn_unjudged": one["withdrawn_unjudged"],
            "target": one["target_percent"],
            "reached": one["reached"],
            "sample": one["sample"],
            "clock": one["clock"],
            "severity": one["severity"],
            "derived": one["derived"],
            "applicable": one["applicable"],
            "pack": one["pack"],
        }
        for one in found["measures"]
    ]


def register_with(stage: Stage, measure: str) -> str:
    """The register of the site's pack that carries a measure; the measure's own id where none does."""
    packs = stage.world.book.packs_at(SITE, stage.world.now)
    kept = (register for pack in packs for register in pack.registers.values())
    carrying = (register.id for register in kept if any(one.id == measure for one in register.measures))
    return next(carrying, measure)


def _quarterly(stage: Stage, register: str) -> bool:
    packs = stage.world.book.packs_at(SITE, stage.world.now)
    kept = next((pack.registers[register] for pack in packs if register in pack.registers), None)
    return kept is not None and kept.window.kind is WindowKind.CALENDAR_QUARTER


def _quarter_of(month: str | None) -> str | None:
    """The quarter a month lies in; anything else as it is."""
    if month is None or not re.fullmatch(MONTH, month):
        return month
    return f"{month[:4]}-Q{(int(month[5:]) - 1) // _MONTHS_A_QUARTER + 1}"


def usual_month(stage: Stage) -> str:
    """The month of the instant one looks at."""
    return month_of(stage.world.now, stage.setting.zone)


def _instant(stated: str | None) -> datetime | None:
    return datetime.fromisoformat(stated) if stated else None
