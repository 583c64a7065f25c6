"""A file of master data, read and judged row by row: what intake's jobs and the tests call."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from services.intake.policy.masters.findings import Cap, Finding
from services.intake.policy.masters.judging import judge
from services.intake.policy.masters.known import Known
from services.intake.policy.masters.records import Record
from services.intake.views.reading import read
from services.intake.views.refusals import Unreadable


def judged(path: Path, filename: str, known: Known, today: date, zone: str) -> Iterator[Record | Finding]:
    """Records and findings of a file, in its order; findings that only the whole file shows come last.

    Of many findings of one kind the first are listed and the rest summed up, see `Finding.count`. A file that cannot
    be read is a finding too: nothing is raised. It reads as it is asked, so it may be stopped at any row.

    Args:
        path: Where the uploaded bytes lie.
        filename: As the person named it.
        known: What the site has already.
        today: The site's date.
        zone: The site's IANA zone.
    """
    cap = Cap()
    try:
        for found in judge(read(path, filename), known, today, zone):
            if not isinstance(found, Finding) or cap.lets(found):
                yield found
    except Unreadable as refused:
        yield refused.finding
    yield from cap.rest()
