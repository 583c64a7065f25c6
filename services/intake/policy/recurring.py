"""Matters that come back: what makes two the same, in which window they are counted, when the number is full.

Source: requirements UP-6, UP-7, UP-10, TS-8, TS-12.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import blake2s

from shared.rules.model import Pack
from shared.rules.recurring import OR, RecurrenceRule
from shared.rules.registers import Window, WindowKind
from shared.timekeeping.calendar import local_date, month_day

FIELD = "field:"
PLACE = "place="
RUNNING, RUNNING_NAME = 0, "running"
_MONTHS_A_YEAR, _MONTHS_A_QUARTER, _DAYS_A_WEEK = 12, 3, 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What of a case the rules look at.

    Attributes:
        place: A digest of the place in words: the words are somebody's own and are compared, never told.
    """

    case_type: str
    category: str
    criteria: tuple[str, ...] = ()
    unit: str | None = None
    place: str = ""
    form: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Counted:
    """A case that counts.

    Attributes:
        window: Number of the window its receipt lies in.
        past: It was brought along from the past: it counts, but gives rise to nothing by itself.
    """

    case: str
    received_at: datetime
    window: int
    past: bool = False


@dataclass(frozen=True, slots=True)
class Full:
    """The number is full in this window: *case* completed it, *cases* are those counted, oldest first."""

    case: str
    cases: tuple[str, ...]
    window: int


def place_digest(place: str) -> str:
    """Two places written alike have the same; empty for no place."""
    words = "".join(place.split()).casefold()
    return blake2s(words.encode(), digest_size=8).hexdigest() if words else ""


def rules_counting(pack: Pack, case_type: str) -> Iterator[RecurrenceRule]:
    """The recurrences of *pack* that count cases of this type."""
    return (rule for rule in pack.recurrences if case_type in rule.case_types)


def rule_named(pack: Pack, case_type: str, rule: str) -> RecurrenceRule | None:
    """The recurrence of that id, where it counts cases of this type."""
    return next((one for one in rules_counting(pack, case_type) if one.id == rule), None)


def same_of(rule: RecurrenceRule, traits: Traits) -> tuple[str, ...]:
    """What makes the case the same as others, word by word; empty where it lacks one and is not counted."""
    words = tuple(next(filter(None, (_word(one, traits) for one in each.split(OR))), "") for each in rule.same)
    return words if all(words) else ()


def told(same: Iterable[str]) -> tuple[str, ...]:
    """The same words as others may read them."""
    return tuple("place" if word.startswith(PLACE) else word for word in same)


def digest_of(same: Sequence[str]) -> str:
    """A key for the words, which may be long."""
    return blake2s("\n".join(same).encode(), digest_size=12).hexdigest()


def _word(what: str, traits: Traits) -> str:
    if what == "category":
        return f"category={traits.category}"
    if what == "unit":
        place = f"{PLACE}{traits.place}" if traits.place else ""
        return f"unit={traits.unit}" if traits.unit else place
    if what == "criteria":
        return f"criteria={','.join(sorted(traits.criteria))}" if traits.criteria else ""
    name = what.removeprefix(FIELD)
    return f"{name}={traits.form[name]}" if name in traits.form else ""


def window_of(window: Window, received_at: datetime, zone: str) -> int:
    """The number of the window a case received then is counted in; windows that follow each other differ by one."""
    day = local_date(received_at, zone)
    if window.kind is WindowKind.RUNNING:
        return RUNNING
    if window.kind is WindowKind.CALENDAR_WEEK:
        return (day.toordinal() - 1) // _DAYS_A_WEEK
    month = day.year * _MONTHS_A_YEAR + day.month - 1
    if window.kind is WindowKind.CALENDAR_QUARTER:
        return month // _MONTHS_A_QUARTER
    if window.kind is WindowKind.CUTOFF and window.due_day is not None:
        # From the day it is due on, the cut-off lies behind: the next issue takes the case in.
        return month + (day >= month_day(day.year, day.month, window.due_day))
    return month


def window_named(window: Window, number: int) -> str:
    """The window as people write it: ``2025-03``, ``2025-W10``, ``2025-Q1``."""
    if window.kind is WindowKind.RUNNING:
        return RUNNING_NAME
    if window.kind is WindowKind.CALENDAR_WEEK:
        year, week, _ = date.fromordinal(number * _DAYS_A_WEEK + 1).isocalendar()
        return f"{year}-W{week:02}"
    if window.kind is WindowKind.CALENDAR_QUARTER:
        year, quarter = divmod(number, _MONTHS_A_YEAR // _MONTHS_A_QUARTER)
        return f"{year}-Q{quarter + 1}"
    return f"{number // _MONTHS_A_YEAR}-{number % _MONTHS_A_YEAR + 1:02}"


def filled(rule: RecurrenceRule, counted: Iterable[Counted], raised: Iterable[int]) -> tuple[Full, ...]:
    """The windows whose number is full and that gave rise to nothing yet, oldest first.

    Args:
        rule: The recurrence.
        counted: All cases of one kind.
        raised: Windows in which this kind has given rise to something before.
    """
    by_window: dict[int, list[Counted]] = {}
    for one in sorted(counted, key=lambda one: (one.received_at, one.case)):
        by_window.setdefault(one.window, []).append(one)
    full = {number for number, cases in by_window.items() if len(cases) >= rule.at_least}
    found = []
    for number in sorted(full - set(raised)):
        row = range(number - rule.windows + 1, number + 1)
        if full.issuperset(row) and (last := _completing(rule, by_window[number])) is not None:
            before = [one.case for earlier in row[:-1] for one in by_window[earlier]]
            cases = [one.case for one in by_window[number][: last + 1]]
            found.append(Full(cases[-1], (*before, *cases), number))
    return tuple(found)


def _completing(rule: RecurrenceRule, cases: Sequence[Counted]) -> int | None:
    """Which of the cases completes the number: the first from there on that is not of the past."""
    return next((n for n, one in enumerate(cases) if n >= rule.at_least - 1 and not one.past), None)
