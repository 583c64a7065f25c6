"""What outside parties owed and missed in a month, as people read it."""

from collections.abc import Iterator, Sequence
from typing import Any

from services.reporting.ports import ContractReader, Row
from services.reporting.views.names import Names
from shared.rules.book import Book
from shared.timekeeping.calendar import month_window
from shared.web.wording import Voice


class Statements:
    """Writes statements with the directory at hand."""

    def __init__(self, book: Book, contracts: ContractReader) -> None:
        self._book, self._contracts = book, contracts

    async def of(self, site: str, month: str, voice: Voice) -> dict[str, Any]:
        """How many terms each party met, and those it missed, one by one."""
        zone = self._book.site(site).zone
        owed = await self._contracts.owed(site, *month_window(int(month[:4]), int(month[5:]), zone))
        names = Names(self._book, Voice(voice.language, zone), site=site, pack=None)
        missed = [_missed(row, names) for row in owed if row["missed"]]
        return {"site": site, "month": month, "items": list(_sums(owed, names)), "missed": missed}


def _sums(owed: Sequence[Row], names: Names) -> Iterator[dict[str, Any]]:
    keys = sorted({(row["department"] or "", row["clock"]) for row in owed})
    for department, clock in keys:
        fell = [row for row in owed if (row["department"] or "", row["clock"]) == (department, clock)]
        missed = sum(row["missed"] for row in fell)
        shown = {"department": department, "name": names.department(department), "clock": clock}
        yield shown | {"clock_name": names.clock_name(clock), "due": len(fell), "met": len(fell) - missed}


def _missed(row: Row, names: Names) -> dict[str, Any]:
    told = {name: row[name] for name in ("case_id", "number", "department", "clock", "due_at")}
    return told | {"name": names.department(row["department"]), "clock_name": names.clock_name(row["clock"])}
