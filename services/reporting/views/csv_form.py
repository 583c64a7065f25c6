"""A register as CSV: the list first, so that a program can read it up to the empty line, then head and sums."""

import csv
from collections.abc import AsyncIterator, Iterable, Sequence
from io import StringIO
from typing import Any

from services.reporting.views.cells import Cells, safe
from services.reporting.views.document import Document
from services.reporting.views.summary import Line, both, head, ledger, measures, sums

MEDIA = "text/csv; charset=utf-8"
BOM = "\ufeff"
"""Without it Excel reads Chinese as noise."""


async def csv_parts(
    document: Document, batches: AsyncIterator[Sequence[Any]], cells: Cells, *, rows_only: bool
) -> AsyncIterator[bytes]:
    """The file, batch by batch; no cell of it is a formula."""
    yield (BOM + written([[both(column.name) for column in document.register.columns]])).encode()
    async for batch in batches:
        yield written(cells.guarded(batch)).encode()
    if not rows_only:
        yield written(_foot(document)).encode()


def written(rows: Iterable[Iterable[str | None]]) -> str:
    """Rows as CSV text with CRLF line ends (RFC 4180); None is an empty cell."""
    sheet = StringIO()
    csv.writer(sheet).writerows(rows)
    return sheet.getvalue()


def _foot(document: Document) -> list[list[str]]:
    sections = (head(document), sums(document), measures(document), ledger(document.ledger))
    return [row for section in sections if section for row in ([], *(_guarded(line) for line in section))]


def _guarded(line: Line) -> list[str]:
    return [safe(part) for part in line]
