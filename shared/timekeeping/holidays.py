"""Public holidays and make-up working days, year by year.

The state council announces a year in the autumn before it; until the table has it, a year is provisional.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.metadata import version
from itertools import groupby


@dataclass(frozen=True, slots=True)
class StatutoryYear:
    """The announced exceptions of one year.

    Attributes:
        known: False while nothing has been announced: weekends only, to be taken as provisional.
        off: Days off, weekends between them included.
        make_up: Weekend days that are worked instead.
    """

    known: bool
    off: frozenset[date]
    make_up: frozenset[date]


NO_STATUTORY_DAYS = StatutoryYear(known=True, off=frozenset(), make_up=frozenset())
_UNANNOUNCED = StatutoryYear(known=False, off=frozenset(), make_up=frozenset())


def chinese_year(year: int) -> StatutoryYear:
    """Return the statutory days of *year* in mainland China.

    Source: requirements TS-4; data of the chinesecalendar package.
    """
    return _chinese_years().get(year, _UNANNOUNCED)


@cache
def chinese_table() -> str:
    """Name and version of the table behind :func:`chinese_year`; another version may know more years."""
    return f"chinesecalendar {version('chinesecalendar')}"


def last_chinese_year() -> int:
    """The last year of the table."""
    return max(_chinese_years())


@cache
def _chinese_years() -> dict[int, StatutoryYear]:
    # Imported late: sites without Chinese holidays need not load the tables.
    from chinese_calendar.constants import holidays, workdays  # noqa: PLC0415

    off, make_up = _by_year(holidays), _by_year(workdays)
    return {
        year: StatutoryYear(known=True, off=days, make_up=make_up.get(year, frozenset())) for year, days in off.items()
    }


def _by_year(days: Iterable[date]) -> dict[int, frozenset[date]]:
    return {year: frozenset(group) for year, group in groupby(sorted(days), key=lambda day: day.year)}
