"""Mappings, headers and rows of an invented source, for tests of the import."""

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from shouwen.importing.judging import Judge
from shouwen.importing.mapping import Mapping
from shouwen.importing.reading import laid_out
from shouwen.importing.survey import Survey, sort_rows

HEADER = ("id", "office", "opened", "ended", "topic", "words", "zip")
COLUMNS = {
    "key": "id",
    "site": "office",
    "received": "opened",
    "closed": "ended",
    "category": "topic",
    "content": "words",
}
NOW = datetime(2025, 3, 4, 17, 0, tzinfo=UTC)
NEW_YORK = "America/New_York"


def mapping(**more: Any) -> Mapping:
    """A mapping of the invented source."""
    given: dict[str, Any] = {
        "source": "invented",
        "pack": "P000",
        "zone": NEW_YORK,
        "columns": COLUMNS,
        "left_out": ["zip"],
        "dates": ["%m/%d/%Y", "%m/%d/%Y %I:%M:%S %p"],
        "midnight_means_no_time": True,
    }
    return Mapping.model_validate(given | more)


def row(header: Sequence[str] = HEADER, **cells: str) -> list[str]:
    """A row that is fine but for *cells*."""
    fine = {"id": "k1", "office": "A1", "opened": "2024-01-05", "topic": "Parks"} | cells
    return [fine.get(name, "") for name in header]


def sorted_rows(*rows: Sequence[str], now: datetime = NOW, header: Sequence[str] = HEADER, **more: Any) -> Survey:
    """A survey of *rows*; the first stands on line 2."""
    chosen = mapping(**more)
    return sort_rows(iter(list(enumerate(rows, start=2))), Judge(chosen, laid_out(header, chosen), now))


def as_csv(*rows: Sequence[str]) -> str:
    """A file with the header and *rows*."""
    out = io.StringIO()
    csv.writer(out).writerows([HEADER, *rows])
    return out.getvalue()
