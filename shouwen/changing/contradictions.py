"""What a readable change file says that cannot be: the directory's own checks, told with the line of the file."""

import re
from collections.abc import Iterator, Mapping

from shared.contracts.wording import Text
from shared.organisation.calendar_changes import CalendarChange
from shared.organisation.records import CalendarRecord, Named
from shared.timekeeping.calendar import Span
from shared.web.calendars import refuse_hours, refuse_record
from shared.web.problems import Problem
from shared.web.wording import Voice
from shouwen.changing.nodes import Fault, Value

ALWAYS = ((Span(0, 1440),),) * 7
NTH_DAY = re.compile(r"(?P<list>notices\.(?P<notice>[0-9]+)\.(?P<kind>off|make_up))\.[0-9]+")
CHECK = Named("请核对通知", "check it against the notice")


def contradiction(change: CalendarChange, top: Value) -> Fault | None:
    """The first thing that cannot be; None where all of it can."""
    weekly = [[{"start": span.start, "end": span.end} for span in day] for day in change.weekly or ALWAYS]
    record = CalendarRecord("new", ALWAYS, special_days=change.special_days, notices=change.notices)
    try:
        refuse_hours({"weekly": weekly})
        refuse_record(record)
    except Problem as problem:
        refused = problem.refusal
        place, line = _nearest(refused.field or "", dict(_lines(top)), record)
        return Fault(place, line, _named(refused.text), _named(refused.hint) if refused.hint else CHECK)
    return None


def _named(said: Text) -> Named:
    return Named(Voice("zh").say(said), Voice("en").say(said))


def _nearest(pointer: str, lines: Mapping[str, int], record: CalendarRecord) -> tuple[str, int]:
    """The innermost place of the file that holds what *pointer* names."""
    place = pointer.removeprefix("/calendar/").replace("/", ".")
    if day := NTH_DAY.fullmatch(place):
        days = getattr(record.notices[int(day["notice"])], day["kind"])
        # Where stretches of days have been written out, a day's number in the record is not its number in the file.
        place = place if f"{day['list']}.{len(days) - 1}" in lines else day["list"]
    while place and place not in lines:
        place = place.rpartition(".")[0]
    return place, lines.get(place, 1)


def _lines(value: Value) -> Iterator[tuple[str, int]]:
    yield value.place, value.line
    if isinstance(value.content, str):
        return
    for part in value.content.values() if isinstance(value.content, Mapping) else value.content:
        yield from _lines(part)
