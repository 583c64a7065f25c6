"""One row of a file: its fields, read from untrusted JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.timekeeping.calendar import Pause, StartDay
from shouwen.calendars.findings import Unreadable, shown
from shouwen.calendars.values import instant_of, listed, mapped, pair_of, seconds_of, whole_of, zone_of
from shouwen.words import Words

DAYS_MOST = 100_000
"""Four centuries of working days; sums over the years are kept, and a row must not fill the memory with them."""
START_DAYS: Mapping[str, StartDay] = {
    "count_next_working_day": "next_working_day",
    "next_working_day": "next_working_day",
    "roll_then_add": "roll_then_add",
}
BOUNDARIES = ("any", "end_of_interval", "start_of_next_interval")


@dataclass(frozen=True, slots=True)
class Row:
    """The fields of one row; each is read when it is asked for, and its place named where that fails."""

    place: str
    given: dict[str, object]

    def field(self, name: str) -> object:
        """A field the row must have."""
        if name in self.given:
            return self.given[name]
        raise Unreadable(
            self._at(name),
            Words(f"缺少字段 {name}。", f"The field {name} is missing."),
            Words(f"补上 {name}。", f"Add {name}."),
        )

    def text(self, name: str) -> str:
        """A field of text."""
        given = self.field(name)
        if isinstance(given, str):
            return given
        raise Unreadable(
            self._at(name),
            Words(f"{shown(given)} 不是文字。", f"{shown(given)} is no text."),
            Words('写在引号里 "…"。', 'Write it in quotation marks "…".'),
        )

    def one_of(self, name: str, known: tuple[str, ...], otherwise: str) -> str:
        """A field that may be left out and else has one of the *known* values."""
        given = self.given.get(name, otherwise)
        if isinstance(given, str) and given in known:
            return given
        raise Unreadable(
            self._at(name),
            Words(f"不认识 {shown(given)}。", f"{shown(given)} is unknown."),
            Words(f"可写：{'、'.join(known)}。", f"Known here: {', '.join(known)}."),
        )

    def flag(self, name: str) -> bool:
        """A field that is true, false or left out."""
        given = self.given.get(name, False)
        if isinstance(given, bool):
            return given
        raise Unreadable(
            self._at(name),
            Words(f"{shown(given)} 不是 true 或 false。", f"{shown(given)} is neither true nor false."),
            Words("写 true 或 false。", "Write true or false."),
        )

    def instant(self, name: str) -> datetime:
        """An instant with its offset."""
        return instant_of(self.field(name), self._at(name))

    def seconds(self, name: str) -> timedelta:
        """A duration in seconds."""
        return seconds_of(self.field(name), self._at(name))

    def days(self, name: str) -> int:
        """A count of working days."""
        return whole_of(self.field(name), self._at(name), DAYS_MOST)

    def zone(self) -> str:
        """The zone of the row."""
        return zone_of(self.field("tz"), self._at("tz"))

    def start_day(self) -> StartDay:
        """From which day working days are counted where the start lies on a closed one."""
        return START_DAYS[self.one_of("start_on_non_working_day", tuple(START_DAYS), "count_next_working_day")]

    def expected(self) -> datetime:
        """The instant the row expects under our answer to the question of closing time."""
        theirs = self.one_of("boundary", BOUNDARIES, "any") == "start_of_next_interval"
        return self.instant("expected_if_other_boundary" if theirs else "expected")

    def pauses(self) -> list[Pause]:
        """The stretches in which the clock of the row stands still."""
        place = self._at("pauses")
        return [
            self.stretch(each, f"{place}[{n}]") for n, each in enumerate(listed(self.given.get("pauses", []), place))
        ]

    def stretch(self, given: object, place: str) -> Pause:
        """Two instants, the second not before the first."""
        start, end = (instant_of(each, f"{place}[{n}]") for n, each in enumerate(pair_of(given, place)))
        if end < start:
            raise Unreadable(
                place,
                Words("结束早于开始。", "It ends before it begins."),
                Words("把两个时间对调。", "Swap the two instants."),
            )
        return start, end

    def stretches(self, name: str) -> list[Pause]:
        """A field that lists pairs of instants."""
        place = self._at(name)
        return [self.stretch(each, f"{place}[{n}]") for n, each in enumerate(listed(self.field(name), place))]

    def instants(self, name: str) -> list[datetime]:
        """A field that lists instants; none when it is left out."""
        place = self._at(name)
        return [instant_of(each, f"{place}[{n}]") for n, each in enumerate(listed(self.given.get(name, []), place))]

    def part(self, name: str) -> "Row":
        """A field that is an object of its own."""
        return Row(self._at(name), mapped(self.field(name), self._at(name)))

    def _at(self, name: str) -> str:
        return f"{self.place}.{name}"
