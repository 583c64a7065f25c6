"""Records of a file as PostgreSQL copies them in: kind, id, body, silent, until, over, keys, parted by tabs."""

import re
from dataclasses import fields
from datetime import timedelta
from functools import cache

import msgspec

from services.intake.policy.masters.records import RECORDS, Record, Resident
from services.intake.store.search_keys import keys_of

NOTHING = "\\N"
BESIDES = frozenset({"at", "id", "numbered"})
"""Fields that are no part of what is kept: where the row stands, and what it is kept under."""
FOLLOWING = {"reach": "phone"}
"""Fields that are read from the column of another."""

KINDS = {record: kind.value for kind, record in RECORDS.items()}
"""What the sheet of each record is called."""
_FIELDS = {record: tuple(f.name for f in fields(record) if f.name not in BESIDES) for record in KINDS}
_SPECIAL = re.compile(r"[\\\t\n\r]")
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def line_of(record: Record) -> str:
    """One line for the copy of a record of any kind but matters."""
    said = {name: getattr(record, name) for name in _FIELDS[type(record)]}
    body = msgspec.json.encode({name: None if value == "" else value for name, value in said.items()}).decode()
    return _line(KINDS[type(record)], record.id, body, _silent(record), *_ending(record))


def matter_line(key: str, body: str, entity: str) -> str:
    """One line for the copy of a matter that would become the case *entity*."""
    return _line("matters", key, body, "{}", NOTHING, "f", entity)


def _line(*cells: str) -> str:
    escaped = (cell.translate(_ESCAPES) if cell is not NOTHING and _SPECIAL.search(cell) else cell for cell in cells)
    return "\t".join(escaped) + "\n"


def _silent(record: Record) -> str:
    """The fields whose columns the sheet does not have: what is known of them stays."""
    return _not_among(_FIELDS[type(record)], record.at.columns)


@cache
def _not_among(names: tuple[str, ...], said: frozenset[str]) -> str:
    return "{" + ",".join(name for name in names if FOLLOWING.get(name, name) not in said) + "}"


def _ending(record: Record) -> tuple[str, str, str]:
    """The first day on which it holds no more, whether it has ended without a day, and what it is found by."""
    if isinstance(record, Resident):
        last = record.moved_out
        until = (last + timedelta(days=1)).isoformat() if last is not None else NOTHING
        return until, "f", " ".join(sorted(keys_of(record.unit, record.name, record.phone)))
    return NOTHING, "t" if getattr(record, "ended", False) else "f", NOTHING
