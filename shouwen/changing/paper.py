"""A change file: the evidence, and what it changes.

Source: docs/calendars.md.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeVar, get_args

from shared.organisation.calendar_changes import CalendarChange
from shared.organisation.calendar_words import CannotRead, days_in, hours_in
from shared.organisation.records import Named, Notice, SpecialDay
from shared.timekeeping.calendar import Span, StartDay, Statutory
from shouwen.changing.contradictions import contradiction
from shouwen.changing.nodes import Fault, FileInvalid, Value, read_values

T = TypeVar("T")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CHANGES = ("weekly", "statutory", "start_day", "notices", "special_days", "drop_special_days")
TOP = ("evidence", *CHANGES)
LONGEST = 300
NO_HOURS: tuple[Span, ...] = ()
NO_DAYS: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """What a change file says.

    Attributes:
        source: Of the evidence: title and number of the notice or decision.
        dated: Its date.
    """

    source: str
    dated: date
    change: CalendarChange


def read_paper(file: Path) -> Paper:
    """The change that *file* asks for.

    Raises:
        Refused: The file cannot be read, or is wrong; every fault is named with its line.
    """
    reading = _Reading()
    top = read_values(file)
    paper = reading.paper(top)
    impossible = contradiction(paper.change, top) if not reading.faults else None
    if reading.faults or impossible:
        raise FileInvalid(file, [*reading.faults, *filter(None, [impossible])])
    return paper


@dataclass(slots=True)
class _Reading:
    """Reads on after a fault, so that all of them are told at once."""

    faults: list[Fault] = field(default_factory=list)

    def paper(self, top: Value) -> Paper:
        parts = self._parts(top, TOP, needed=("evidence",))
        proof = self._parts(parts["evidence"], ("source", "dated")) if "evidence" in parts else {}
        source, dated = self._line(proof.get("source")), self._day(proof.get("dated"))
        if not any(name in parts for name in CHANGES):
            self._wrong(top, Named("没有要改的内容", "nothing is to be changed"), _one_of(CHANGES))
        return Paper(source, dated, self._change(parts, source, dated))

    def _change(self, parts: Mapping[str, Value], source: str, dated: date) -> CalendarChange:
        notices = (self._notice(one, source, dated) for one in self._list(parts.get("notices")))
        special = (day for one in self._list(parts.get("special_days")) for day in self._special(one))
        return CalendarChange(
            weekly=self._weekly(parts["weekly"]) if "weekly" in parts else None,
            statutory=self._word(parts.get("statutory"), get_args(Statutory)),
            start_day=self._word(parts.get("start_day"), get_args(StartDay)),
            notices=tuple(notices),
            special_days=tuple(special),
            dropped_days=self._days(parts.get("drop_special_days")),
        )

    def _weekly(self, week: Value) -> tuple[tuple[Span, ...], ...]:
        days = self._parts(week, WEEKDAYS)
        return tuple(self._read(days.get(day), hours_in, NO_HOURS) for day in WEEKDAYS)

    def _notice(self, one: Value, source: str, dated: date) -> Notice:
        parts = self._parts(one, ("year", "source", "published", "off", "make_up"), needed=("year", "off"))
        year = self._read(parts.get("year"), _year, 0)
        return Notice(
            year,
            self._line(parts["source"]) if "source" in parts else source,
            self._day(parts["published"]) if "published" in parts else dated,
            self._days(parts.get("off"), year),
            self._days(parts.get("make_up"), year),
        )

    def _special(self, one: Value) -> Iterator[SpecialDay]:
        parts = self._parts(one, ("day", "hours", "note"), needed=("day", "hours"))
        hours = self._read(parts.get("hours"), hours_in, NO_HOURS)
        note = self._line(parts["note"]) if "note" in parts else ""
        return (SpecialDay(day, hours, note) for day in self._days(parts.get("day")))

    def _parts(self, value: Value, known: Sequence[str], *, needed: Sequence[str] | None = None) -> Mapping[str, Value]:
        if not isinstance(value.content, Mapping):
            self._wrong(value, Named("应为“键: 值”各一行", "lines of “key: value” belong here"), _one_of(known))
            return {}
        for name, part in value.content.items():
            if name not in known:
                self._wrong(part, Named(f"没有 {name} 这一项", f"there is no {name}"), _one_of(known))
        for name in known if needed is None else needed:
            if name not in value.content:
                self._wrong(value, Named(f"缺少 {name}", f"{name} is missing"), Named("请补上", "add it"))
        return value.content

    def _list(self, value: Value | None) -> Sequence[Value]:
        if value is None:
            return ()
        if isinstance(value.content, str | Mapping):
            self._wrong(
                value, Named("应为列表", "a list belongs here"), Named("每项以“- ”开头", "begin each with “- ”")
            )
            return ()
        return value.content

    def _days(self, value: Value | None, year: int | None = None) -> tuple[date, ...]:
        if value is None:
            return ()
        items = [value] if isinstance(value.content, str) else self._list(value)
        return tuple(
            day for one in items for day in self._read(one, lambda written: days_in(written, year=year), NO_DAYS)
        )

    def _day(self, value: Value | None) -> date:
        return self._read(value, _one_day, date.min)

    def _line(self, value: Value | None) -> str:
        return self._read(value, _sentence, "")

    def _word(self, value: Value | None, known: tuple[T, ...]) -> T | None:
        if value is None or value.content in known:
            return value.content if value is not None else None  # type: ignore[return-value] # it is in known
        self._wrong(value, Named(f"没有 {value.content} 这个词", f"{value.content} is no word of it"), _one_of(known))
        return None

    def _read(self, value: Value | None, reader: Callable[[str], T], instead: T) -> T:
        """What *reader* makes of a value; *instead* where it is missing, which has been said, or wrong, said here."""
        if value is None:
            return instead
        if not isinstance(value.content, str):
            right = Named("写在一行里", "write it on one line")
            self._wrong(value, Named("应为一个值", "one value belongs here"), right)
            return instead
        try:
            return reader(value.content)
        except CannotRead as error:
            self._wrong(value, error.wrong, error.right)
            return instead

    def _wrong(self, value: Value, wrong: Named, right: Named) -> None:
        self.faults.append(Fault(value.place, value.line, wrong, right))


def _one_of(known: Sequence[object]) -> Named:
    words = ", ".join(map(str, known))
    return Named(f"可以是 {words}", f"there are {words}")


def _year(written: str) -> int:
    if written.isascii() and written.isdigit() and date.min.year <= int(written) < date.max.year:
        return int(written)
    raise CannotRead(Named(f"“{written}”不是年份", f"“{written}” is not a year"), Named("例如 2027", "such as 2027"))


def _one_day(written: str) -> date:
    days = days_in(written)
    if len(days) == 1:
        return days[0]
    raise CannotRead(Named("应为一个日期", "one day belongs here"), Named("例如 2026-11-04", "such as 2026-11-04"))


def _sentence(written: str) -> str:
    plain = " ".join(written.split())
    if plain and len(plain) <= LONGEST and plain.isprintable():
        return plain
    wrong = Named("应为一句话", "a sentence belongs here")
    raise CannotRead(wrong, Named(f"1 到 {LONGEST} 个字", f"1 to {LONGEST} characters"))
