"""The product's packs and the reference calendar of requirements section 7, ready for a test."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from shared.packs.loader import builtin_pack
from shared.rules.clocks import Due, Limits, due
from shared.rules.model import CaseType, ClockRule, Pack
from shared.timekeeping.calendar import Calendar, Span

SHANGHAI = "Asia/Shanghai"
DAY_SHIFT = Span(8 * 60 + 30, 17 * 60 + 30)
CALENDAR = Calendar(version="reference", zone=SHANGHAI, weekly=((DAY_SHIFT,),) * 7, statutory="cn")


def local(text: str) -> datetime:
    """The instant of a Shanghai wall-clock time, such as ``2025-03-04 10:00``, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(SHANGHAI)).astimezone(UTC)


def case_type(pack: str, name: str = "complaint") -> CaseType:
    """A case type of a built-in pack."""
    return builtin_pack(pack).case_types[name]


def clock(pack: str, rule: str, name: str = "complaint") -> ClockRule:
    """A clock of a built-in pack, by its id."""
    return next(each for each in case_type(pack, name).clocks if each.id == rule)


def pack_named(pack: str) -> Pack:
    """A built-in pack."""
    return builtin_pack(pack)


def reckoned(rule: ClockRule, start: str, limits: Limits | None = None, category: str | None = None) -> Due:
    """When *rule*, started at that Shanghai time, is due."""
    return due(rule, start=local(start), calendar=CALENDAR, limits=limits or Limits(), category=category)
