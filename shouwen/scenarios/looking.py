"""Looks at a world as a check asks: the records of its kind."""

from typing import Any

from shouwen.scenarios import registers
from shouwen.scenarios.acting import Stage
from shouwen.scenarios.minutes import Record
from shouwen.scenarios.model import Check
from shouwen.scenarios.seeing import SIGHT

ISSUED = {"register": "id", "row": "register", "measure": "register"}
"""Kinds that are seen in a register, and the field that names it."""


def records(stage: Stage, check: Check) -> list[Record]:
    """Everything of the check's kind.

    Raises:
        NotIssued: A register that cannot be issued as asked.
    """
    if check.kind not in ISSUED:
        return SIGHT[check.kind](stage, check.case)
    name, month = _asked(check, ISSUED[check.kind]), _asked(check, "month")
    if name is None and check.kind == "measure":
        name = registers.register_with(stage, str(_asked(check, "id")))
    how: dict[str, Any] = {
        "month": None if month is None and "month" in check.expected else month or registers.usual_month(stage),
        "window": _asked(check, "window") or "own",
    }
    if check.kind == "register":
        return [registers.register(stage, str(name), **how)]
    look = registers.rows if check.kind == "row" else registers.measures
    return list(look(stage, str(name), **how))


def _asked(check: Check, field: str) -> str | None:
    found = check.expected.get(field)
    return str(found.value) if found is not None and found.value is not None else None
