"""Dates and instants of forms held against one another: what must not lie before what.

A field says ``not_before`` and names other fields of its case type, when the case was received, or now. A date is held
against the local day of an instant; the same day, or the same instant, is not before.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from shared.organisation.records import Named
from shared.rules.forms import Filled, FormField
from shared.rules.indexing import index_of
from shared.rules.model import CaseType
from shared.rules.reading import Fault
from shared.timekeeping.zones import zone_named

RECEIVED, NOW = "received", "now"
"""What ``not_before`` may name beside fields."""

_DAY = 10
"""Characters of a canonical date; an instant has more."""
_MINUTE = 16


@dataclass(frozen=True, slots=True)
class Floor:
    """What something must not lie before: a date or an instant in canonical text, and what it is called."""

    name: Named
    value: str


Floors = Mapping[str, Floor]
"""By what ``not_before`` names; what is not known holds nothing up."""

NO_FLOORS: Floors = {}
_RECEIVED = Named("受理时间", "the time the matter was received")
_NOW = Named("现在", "now")


def clock_floors(*, received_at: datetime | None, now: datetime | None) -> Floors:
    """When the case was received, and now, as far as they are known."""
    known = {RECEIVED: (_RECEIVED, received_at), NOW: (_NOW, now)}
    return {word: Floor(name, at.astimezone(UTC).isoformat()) for word, (name, at) in known.items() if at is not None}


def field_floors(case_type: CaseType, dates: Filled) -> Floors:
    """The fields of forms filled in before that others are held against."""
    names = index_of(case_type).floors
    return {id_: Floor(names[id_], value) for id_, value in dates.items() if id_ in names}


def dates_kept(case_type: CaseType, dates: Filled, filled: Filled) -> Filled:
    """*dates* with those of a form just filled in that later forms are held against."""
    wanted = index_of(case_type).floors
    fresh = {id_: filled[id_] for id_ in wanted if id_ in filled}
    return {**dates, **fresh} if fresh else dates


def too_early(field: FormField, value: str, floor: Floor, zone: str) -> Fault | None:
    """What is wrong with a date or an instant that lies before *floor*; None for nothing."""
    by_day = _DAY in (len(value), len(floor.value))
    least = _local(floor.value, zone)[:_DAY] if by_day else _local(floor.value, zone)
    if by_day:
        early = _local(value, zone)[:_DAY] < least
    else:
        early = datetime.fromisoformat(value) < datetime.fromisoformat(floor.value)
    if not early:
        return None
    shown = least.replace("T", " ")[:_MINUTE]
    wrong = Named(
        f"“{field.name.zh}”不得早于“{floor.name.zh}”（{shown}）",
        f'"{field.name.en}" must not lie before "{floor.name.en}" ({shown})',
    )
    right = Named(f"请填 {shown} 或以后，或更正前一项", f"give {shown} or later, or mend the other one")
    return Fault(field.id, "too_early", wrong, right)


def _local(value: str, zone: str) -> str:
    """A date as it is; an instant as the clock of the site shows it."""
    return value if len(value) == _DAY else datetime.fromisoformat(value).astimezone(zone_named(zone)).isoformat()
