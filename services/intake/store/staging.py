"""Records of a file as PostgreSQL copies them in: kind, id, body, silent, until, over, keys, parted by tabs."""

import json
from collections.abc import Callable
from dataclasses import fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from services.intake.policy.masters.records import RECORDS, Record, Resident
from services.intake.store.search_keys import keys_of

NOTHING = "\\N"
BESIDES = frozenset({"at", "id", "numbered"})
"""Fields that are no part of what is kept: where the row stands, and what it is kept under."""
FOLLOWING = {"reach": "phone"}
"""Fields that are read from the column of another."""

_KINDS = {record: kind.value for kind, record in RECORDS.items()}
_FIELDS = {record: tuple(f.name for f in fields(record) if f.name not in BESIDES) for record in _KINDS}
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def line_of(record: Record) -> str:
    """One line for the copy of a record of any kind but matters."""
    body = {name: _plain(getattr(record, name)) for name in _FIELDS[type(record)]}
    cells = (_KINDS[type(record)], record.id, json.dumps(body, ensure_ascii=False), _silent(record), *_ending(record))
    return "\t".join(cell if cell is NOTHING else cell.translate(_ESCAPES) for cell in cells) + "\n"


def matter_line(key: str, body: str, entity: str) -> str:
    """One line for the copy of a matter that would become the case *entity*."""
    cells = ("matters", key, body, "{}", NOTHING, "f", entity)
    return "\t".join(cell if cell is NOTHING else cell.translate(_ESCAPES) for cell in cells) + "\n"


def _silent(record: Record) -> str:
    """The fields whose columns the sheet does not have: what is known of them stays."""
    said = record.at.columns
    names = _FIELDS[type(record)]
    return "{" + ",".join(name for name in names if FOLLOWING.get(name, name) not in said) + "}"


def _ending(record: Record) -> tuple[str, str, str]:
    """The first day on which it holds no more, whether it has ended without a day, and what it is found by."""
    if isinstance(record, Resident):
        last = record.moved_out
        until = (last + timedelta(days=1)).isoformat() if last is not None else NOTHING
        return until, "f", " ".join(sorted(keys_of(record.unit, record.name, record.phone)))
    return NOTHING, "t" if getattr(record, "ended", False) else "f", NOTHING


def _plain(value: Any) -> Any:
    shown = _SHOWN.get(type(value))
    return shown(value) if shown is not None else value


_SHOWN: dict[type, Callable[[Any], Any]] = {
    str: lambda value: value or None,
    date: lambda value: value.isoformat(),
    datetime: lambda value: value.isoformat(),
    Decimal: str,
}
