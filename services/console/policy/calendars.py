"""The forms that change calendars, and the change each of them asks for.

Source: design.md §7, requirements TS-4.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from shared.organisation.calendar_changes import CalendarChange
from shared.organisation.calendar_words import CannotRead, days_in, hours_in
from shared.organisation.records import Named, Notice, SpecialDay

T = TypeVar("T")
NOTICE, CLOSURE, HOURS = "notice", "closure", "hours"
KINDS = (NOTICE, CLOSURE, HOURS)
EVERYWHERE = "*"
SOURCE_MOST, NOTE_MOST = 300, 200
YEARS = range(2000, 2200)
_NEEDED = Named("必须填写", "this has to be filled in")
_BLANK_OF = {
    "off": "off",
    "make_up": "make_up",
    "notices": "off",
    "hours": "hours",
    "special_days": "days",
    "evidence": "source",
    "dated": "dated",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What a form asks for.

    Attributes:
        wrong: Sentence by blank; nothing else may be relied on while there is one.
    """

    source: str
    dated: date
    change: CalendarChange
    wrong: Mapping[str, Named]


def wished(kind: str, typed: Mapping[str, str]) -> Wish:
    """Read the form *kind* as it was typed."""
    form = _Form(typed)
    source, dated = form.read("source", _line), form.read("dated", _day)
    change = _CHANGES[kind](form, source or "", dated or date.min)
    return Wish(source or "", dated or date.min, change, dict(form.wrong))


class _Form:
    """What was typed, read blank by blank; what is wrong is kept, and reading goes on."""

    def __init__(self, typed: Mapping[str, str]) -> None:
        self._typed = typed
        self.wrong: dict[str, Named] = {}

    def read(self, blank: str, reader: Callable[[str], T], *, needed: bool = True) -> T | None:
        written = self._typed.get(blank, "").strip()
        if not written:
            if needed:
                self.wrong[blank] = _NEEDED
            return None
        try:
            return reader(written)
        except CannotRead as error:
            right = error.right
            self.wrong[blank] = Named(f"{error.wrong.zh}；{right.zh}", f"{error.wrong.en}; {right.en}")
            return None


def _notice(form: _Form, source: str, dated: date) -> CalendarChange:
    year = form.read("year", _year) or 0
    off = form.read("off", lambda written: days_in(written, year=year or None)) or ()
    make_up = form.read("make_up", lambda written: days_in(written, year=year or None), needed=False) or ()
    return CalendarChange(notices=(Notice(year, source, dated, off, make_up),))


def _closure(form: _Form, _source: str, _dated: date) -> CalendarChange:
    note = form.read("note", _note, needed=False) or ""
    days = form.read("days", days_in) or ()
    return CalendarChange(special_days=tuple(SpecialDay(day, (), note) for day in days))


def _hours(form: _Form, _source: str, _dated: date) -> CalendarChange:
    note = form.read("note", _note, needed=False) or ""
    hours, days = form.read("hours", hours_in) or (), form.read("days", days_in) or ()
    return CalendarChange(special_days=tuple(SpecialDay(day, hours, note) for day in days))


_CHANGES: Mapping[str, Callable[[_Form, str, date], CalendarChange]] = {
    NOTICE: _notice,
    CLOSURE: _closure,
    HOURS: _hours,
}


def _line(written: str) -> str:
    return _short(written, SOURCE_MOST)


def _note(written: str) -> str:
    return _short(written, NOTE_MOST)


def _short(written: str, most: int) -> str:
    plain = " ".join(written.split())
    if plain.isprintable() and len(plain) <= most:
        return plain
    raise CannotRead(
        Named("文字太长，或含有不能显示的字符", "too long, or with characters that cannot be shown"),
        Named(f"最多 {most} 个字", f"{most} characters at most"),
    )


def _year(written: str) -> int:
    if written.isascii() and written.isdigit() and int(written) in YEARS:
        return int(written)
    raise CannotRead(Named(f"“{written}”不是年份", f"“{written}” is not a year"), Named("例如 2027", "such as 2027"))


def _day(written: str) -> date:
    days = days_in(written)
    if len(days) != 1:
        wrong = Named("应为一个日期", "one day belongs here")
        raise CannotRead(wrong, Named("例如 2026-11-04", "such as 2026-11-04"))
    return days[0]


def blank_of(pointer: str, kind: str) -> str:
    """The blank of form *kind* that holds what *pointer* of a refused calendar names; empty where none does."""
    parts = [part for part in pointer.split("/") if part in _BLANK_OF]
    blank = _BLANK_OF[parts[-1]] if parts else ""
    known = {NOTICE: ("off", "make_up", "source", "dated"), CLOSURE: ("days", "source", "dated")}
    return blank if blank in known.get(kind, ("days", "hours", "source", "dated")) else ""


def told_by_blank(errors: Sequence[Mapping[str, str]], kind: str, joint: str = "；") -> dict[str, str]:
    """A service's errors by blank, with *joint* between two; under ``""`` those that belong to none."""
    found: dict[str, str] = {}
    for error in errors:
        blank = blank_of(error.get("field", ""), kind)
        sentence = joint.join(filter(None, (error.get("detail"), error.get("hint"))))
        found[blank] = joint.join(filter(None, (found.get(blank), sentence)))
    return found
