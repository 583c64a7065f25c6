"""Plans: recurring work a manual demands, as rules from which planned cases come.

Source: requirements §3.20 to §3.41, TS-6, N-47.
"""

from dataclasses import dataclass
from enum import StrEnum

from shared.organisation.records import Named

LAST_DAY = 31
"""A month day no shorter month has: its last day is meant (TS-6)."""


class Every(StrEnum):
    """How often, by the site's local dates; a week begins on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Round:
    """One time of day of a daily or weekly plan; minutes of the local day, 1440 being 24:00.

    Attributes:
        opens: When the case opens.
        due: When it has to be done, inclusive.
    """

    id: str
    name: Named
    opens: int
    due: int


@dataclass(frozen=True, slots=True)
class Season:
    """The part of the year a plan runs in; site parameters hold month and day as ``MM-DD``.

    From the date in *begins* to the day before the date in *ends*, around the new year where that is earlier. While one
    of them is unset the plan waits, visibly.
    """

    begins: str
    ends: str


@dataclass(frozen=True, slots=True)
class PlanRule:
    """One duty that comes round.

    Attributes:
        every: How often a case is opened.
        rounds: Times of the day; for the other periods one case opens at 00:00 of the first day of the period and is
            due at 24:00 of its due day.
        weekday: 1 Monday to 7 Sunday, for a week; None with *day_parameter*: as the site says.
        day: Day of the month (31: the last one) for month, quarter (of its last month) and year (of *month*).
        month: For a year.
        day_parameter: Site parameter holding the weekday or day where the manual names none; unset: the plan waits.
        opens_days_before: How many days before its due day the case opens; None: at the beginning of the period.
        role: Who has to do it; None: the department of the category.
        remind: Whether the last working day before the due day brings a reminder (TS-6, N-47).
        each_unit: One case for every occupied unit instead of one for the site.
        each_of: One case for everybody who holds this role at the site when the duty opens; *named_in* is the field of
            the case type's form his name goes into.
        unset: The manual's words where it gives no time.
        covers: Ids of the requirements it meets.
    """

    id: str
    name: Named
    case_type: str
    category: str
    every: Every
    source: str
    rounds: tuple[Round, ...] = ()
    weekday: int | None = None
    day: int | None = None
    month: int | None = None
    day_parameter: str | None = None
    opens_days_before: int | None = None
    season: Season | None = None
    role: str | None = None
    remind: bool = True
    each_unit: bool = False
    each_of: str | None = None
    named_in: str | None = None
    unset: Named | None = None
    covers: tuple[str, ...] = ()
    product_default: bool = False
