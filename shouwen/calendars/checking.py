"""A whole file: its calendars, its rows, and what is left out of the check."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from shared.timekeeping.calendar import Calendar, StartDay, provisional_years
from shouwen.calendars.documents import Hours, hours_of
from shouwen.calendars.findings import Finding, Unreadable, shown
from shouwen.calendars.judging import KINDS, Judged
from shouwen.calendars.rows import Row
from shouwen.calendars.values import mapped
from shouwen.calendars.windows import judged
from shouwen.words import Refused, Words

WINDOW: Final = "window"
TOLD = ("about", "conventions", "disagreements", "schema_version", "sources")
"""Sections that say something to a person and hold no rows."""
ROSTERS = Words("属于排班，不属于工作时间。", "They belong to the rosters, not to working time.")
LEFT_OUT: Mapping[str, Words] = {
    "rota_handoff_cases": ROSTERS,
    "rota_shift_cases": ROSTERS,
    "roster_cases": ROSTERS,
}
SECTIONS = ("calendars", "cases", "window_cases")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one row came to.

    Attributes:
        row: Its id, or its place where it has none.
        judged: None when the row could not be reckoned; the findings say why.
        zone: In which instants are shown.
    """

    row: str
    kind: str
    judged: Judged | None
    findings: tuple[Finding, ...] = ()
    zone: str = "UTC"

    @property
    def ok(self) -> bool:
        """Whether the row holds."""
        return self.judged is not None and self.judged.ok and not self.findings


@dataclass(slots=True)
class File:
    """One file under check.

    Attributes:
        findings: What is wrong with its sections and calendars, whether a row needs them or not.
        left_out: Sections that are not checked here: their rows and the reason.
    """

    document: Mapping[str, Any]
    hours: dict[str, Hours | tuple[Finding, ...]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    left_out: dict[str, tuple[int, Words]] = field(default_factory=dict)
    _calendars: dict[tuple[str, str, StartDay], Calendar] = field(default_factory=dict)

    def verdicts(self) -> Iterator[Verdict]:
        """The rows, one after the other in the order of the file."""
        for n, given in enumerate(self.document.get("cases", ())):
            yield self._verdict(given, f"cases[{n}]", window=False)
        for n, given in enumerate(self.document.get("window_cases", ())):
            yield self._verdict(given, f"window_cases[{n}]", window=True)

    def _verdict(self, given: object, place: str, *, window: bool) -> Verdict:
        fields = given if isinstance(given, dict) else {}
        name, kind = str(fields.get("id", place)), WINDOW if window else str(fields.get("kind", ""))
        try:
            row = Row(place, mapped(given, place))
            found = judged(row) if window else self._judged(row)
            zone = row.zone()
        except Unreadable as trouble:
            return Verdict(name, kind, None, (trouble.finding,))
        except (OverflowError, ValueError):
            return Verdict(name, kind, None, (_beyond(place),))
        return Verdict(name, kind, found, found.findings, zone)

    def _judged(self, row: Row) -> Judged:
        kind = row.one_of("kind", tuple(KINDS), row.text("kind"))
        calendar = self._calendar(row)
        found = KINDS[kind](row, calendar)
        start = row.instant("deadline" if kind == "escalation_offset" else "start")
        _require_announced(calendar, *sorted((start, found.last)))
        return found

    def _calendar(self, row: Row) -> Calendar:
        key = (row.text("calendar"), row.zone(), row.start_day())
        if key not in self._calendars:
            self._calendars[key] = self._hours(row, key[0]).calendar(*key[1:])
        return self._calendars[key]

    def _hours(self, row: Row, name: str) -> Hours:
        hours = self.hours.get(name)
        if isinstance(hours, Hours):
            return hours
        if hours:
            # The others stand in the findings of the file, once for all rows.
            raise Unreadable(hours[0].place, hours[0].wrong, hours[0].right)
        raise Unreadable(
            f"{row.place}.calendar",
            Words(f"文件里没有日历 {shown(name)}。", f"The file has no calendar {shown(name)}."),
            Words("写进 calendars，或改正名称。", "Write it under calendars or correct the name."),
        )


def opened(document: Mapping[str, Any]) -> File:
    """A file ready to be checked: its calendars read, its sections sorted.

    Raises:
        Refused: A section has not the shape of one, or there is nothing to check.
    """
    calendars = _section(document, "calendars", dict)
    for name in ("cases", "window_cases"):
        _section(document, name, list)
    if not any(document.get(name) for name in SECTIONS):
        raise Refused(
            "没有可检查的内容：文件需要 calendars 与 cases 或 window_cases。",
            "Nothing to check: the file needs calendars and cases, or window_cases.",
        )
    file = File(document, {name: hours_of(name, given) for name, given in calendars.items()})
    for hours in file.hours.values():
        file.findings += () if isinstance(hours, Hours) else hours
    for name, given in document.items():
        if name in LEFT_OUT:
            file.left_out[name] = (len(given) if isinstance(given, list) else 1, LEFT_OUT[name])
        elif name not in SECTIONS + TOLD:
            file.findings.append(_unknown_section(name))
    return file


def _section(document: Mapping[str, Any], name: str, shape: type) -> Any:
    given = document.get(name, shape())
    if isinstance(given, shape):
        return given
    wanted = "{…}" if shape is dict else "[…]"
    raise Refused(f"{name} 应写成 {wanted}。", f"{name} must be {wanted}.")


def _unknown_section(name: str) -> Finding:
    known = (*SECTIONS, *LEFT_OUT, *TOLD)
    return Finding(
        name,
        Words("不认识这一部分，里面的行没有检查。", "This section is unknown; rows in it are not checked."),
        Words(f"可写：{'、'.join(known)}。", f"Known here: {', '.join(known)}."),
    )


def _require_announced(calendar: Calendar, first: datetime, last: datetime) -> None:
    years = provisional_years(calendar, first, last)
    if years:
        raise Unreadable(
            f"calendars.{calendar.version}",
            Words(
                f"{years[0]} 年的放假安排未知，结果只是暂定。",
                f"The holidays of {years[0]} are unknown; any answer is provisional.",
            ),
            Words(
                f'把国务院办公厅的通知写进 notices："{years[0]}": {{"off": […], "make_up": […]}}。',
                f'Write the official notice under notices: "{years[0]}": {{"off": […], "make_up": […]}}.',
            ),
        )


def _beyond(place: str) -> Finding:
    return Finding(
        place,
        Words("算出了 1 到 9999 年以外的时间。", "The reckoning leaves the years 1 to 9999."),
        Words(
            "核对时间、时长，以及日历是否真的营业。", "Check instants and durations, and that the calendar ever opens."
        ),
    )
