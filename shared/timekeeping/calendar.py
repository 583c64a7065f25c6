"""The calendar as the rest of the product sees it: one module to import, all of it pure.

Durations end where they end: one that is used up exactly at closing time is due at closing time of that day.
Every instant taken and given is aware; every instant given is UTC.

Source: design section 7, requirements section 0.3.
"""

from shared.timekeeping.dates import (
    add_elapsed,
    add_months,
    add_weeks,
    cutoff_window,
    end_of_local_day,
    fixed_month_day,
    month_day,
    month_window,
    week_window,
)
from shared.timekeeping.explaining import CountedDay, Piece, explain_working_days, explain_working_time
from shared.timekeeping.opening import (
    Calendar,
    Day,
    DayKind,
    Span,
    StartDay,
    Statutory,
    day_at,
    open_intervals,
    provisional_years,
)
from shared.timekeeping.working import (
    Pause,
    add_working_days,
    add_working_time,
    apart,
    closing_time,
    is_open,
    next_open,
    working_day,
    working_days_later,
    working_time_between,
)
from shared.timekeeping.zones import as_utc, local_date, midnight, zone_named

__all__ = [
    "Calendar",
    "CountedDay",
    "Day",
    "DayKind",
    "Pause",
    "Piece",
    "Span",
    "StartDay",
    "Statutory",
    "add_elapsed",
    "add_months",
    "add_weeks",
    "add_working_days",
    "add_working_time",
    "apart",
    "as_utc",
    "closing_time",
    "cutoff_window",
    "day_at",
    "end_of_local_day",
    "explain_working_days",
    "explain_working_time",
    "fixed_month_day",
    "is_open",
    "local_date",
    "midnight",
    "month_day",
    "month_window",
    "next_open",
    "open_intervals",
    "provisional_years",
    "week_window",
    "working_day",
    "working_days_later",
    "working_time_between",
    "zone_named",
]
