"""The estate of a scenario: what the file, the scenario and its ``given`` say about pack, site, people, calendar."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

from shared.organisation.records import CalendarRecord, Named, Notice, SpecialDay
from shared.organisation.site_calendar import calendar_from
from shared.rules.model import Pack
from shared.timekeeping.calendar import Span, zone_named
from shouwen.scenarios.cast import (
    FAMILY_NAMES,
    REFERENCE_CALENDAR,
    RIGHTS,
    SHIFTS,
    ZONE,
    Packs,
    Post,
    Setting,
    roles_of,
    usual_shift,
)
from shouwen.scenarios.findings import Findings
from shouwen.scenarios.instants import Reckoning
from shouwen.scenarios.reading import Node
from shouwen.scenarios.values import KEYED, Reader
from shouwen.scenarios.vocabulary import CALENDAR_FIELDS
from shouwen.words import Words

IN_SITE = ("parameters", "variants")
IN_PERSON = ("name", "shift", "right")
NOBODY = "nobody"
MINUTES_AN_HOUR = 60
DAYS_MOST = 366
"""Days of one stretch of days off."""
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ON = {True: "on", False: "off"}
DAYS = Words("写法如 2025-10-01 或 2025-10-01 - 2025-10-08", "write 2025-10-01 or 2025-10-01 - 2025-10-08")


@dataclass(frozen=True, slots=True)
class EstateReader:
    """Reads the estate; later places win over earlier ones."""

    packs: Packs
    findings: Findings

    def setting(self, *places: Node) -> Setting | None:
        """The estate the scenario begins with; None, with findings, where its pack is unknown."""
        there = self._packs(places)
        if not there:
            return None
        pack, *profiles = there
        posts, vacant = self._people(_last(places, "people"), roles_of(pack, self.packs, *profiles))
        return Setting(
            pack=pack.id,
            version=pack.version,
            zone=self._zone(_last(places, "zone")),
            parameters=self._parameters([found for place in places if (found := place.get("site"))], there),
            calendar=self.calendar(_last(places, "calendar")),
            posts=posts,
            vacant=vacant,
            profiles=tuple((one.id, one.version) for one in profiles),
        )

    def _reader(self, field: str) -> Reader:
        return Reader(self.findings.at(field=field), Reckoning(ZONE, 2025))

    def _packs(self, places: Iterable[Node]) -> tuple[Pack, ...]:
        """The base pack and its profiles, in the order written; none, with findings, where one is unknown."""
        node = _last(tuple(places), "pack")
        if node is None and self.packs.tested is not None:
            return (self.packs.tested,)
        if node is None:
            right = Words("请在文件开头写 pack: P001/3", "write pack: P001/3 at the top of the file")
            self.findings.add(1, Words("没有写明制度", "no pack is named"), right)
            return ()
        found = [self._one_pack(each) for each in node.each()]
        return tuple(one for one in found if one is not None) if all(found) else ()

    def _one_pack(self, node: Node) -> Pack | None:
        id_, _, version = node.text.partition("@")
        pack = self.packs.named(id_, int(version) if version.isdigit() else None)
        if pack is None or (version and not version.isdigit()):
            known = [f"{pack.id}@{pack.version}" if version else pack.id for pack in self.packs.of]
            self.findings.at(field="pack").unknown(node.line, Words("制度", "pack"), node.text, known)
            return None
        return pack

    def _zone(self, node: Node | None) -> str:
        if node is None:
            return ZONE
        try:
            zone_named(node.text)
        except (ValueError, ZoneInfoNotFoundError, OSError):
            right = Words("请写 IANA 名，如 Asia/Shanghai", "write an IANA name such as Asia/Shanghai")
            self.findings.at(field="zone").add(
                node.line, Words(f"没有这个时区：{node.text}", f"no such zone: {node.text}"), right
            )
            return ZONE
        return node.text

    def _parameters(self, places: Iterable[Node], packs: tuple[Pack, ...]) -> tuple[tuple[str, str | int], ...]:
        found: dict[str, str | int] = {}
        reader = self._reader("site")
        for place in places:
            for key, node in self._mapping(place, reader):
                if key not in IN_SITE:
                    reader.findings.unknown(node.line, Words("项", "key"), key, IN_SITE)
                    continue
                within = reader.at(field=key)
                for name, value in self._mapping(node, within):
                    switching = key == "variants"
                    found |= switch_of(name, value, packs, within) if switching else parameter_of(name, value, within)
        return tuple(sorted(found.items()))

    def _people(self, node: Node | None, roles: Mapping[str, Named]) -> tuple[tuple[Post, ...], frozenset[str]]:
        reader = self._reader("people")
        posts: list[Post] = []
        vacant: set[str] = set()
        for role, value in self._mapping(node, reader):
            if role not in roles:
                reader.findings.unknown(value.line, Words("角色", "role"), role, roles)
            elif value.text == NOBODY or not value.each():
                vacant.add(role)
            else:
                usual = f"{FAMILY_NAMES[sorted(roles).index(role) % len(FAMILY_NAMES)]}{roles[role].zh}"
                posts += [self._person(role, usual, each, reader.at(field=role)) for each in value.each()]
        return tuple(posts), frozenset(vacant)

    def _person(self, role: str, usual: str, node: Node, reader: Reader) -> Post:
        if not node.is_mapping:
            return Post(role, node.text, node.text, usual_shift(role))
        for key, value in node.items():
            if key not in IN_PERSON:
                reader.findings.unknown(value.line, Words("项", "key"), key, IN_PERSON)
        named, shift, right = (node.get(key) for key in IN_PERSON)
        return Post(
            role,
            named.text if named else role,
            named.text if named else usual,
            reader.at(field="shift").word(shift, Words("班次", "shift"), SHIFTS) or "day"
            if shift
            else usual_shift(role),
            reader.at(field="right").word(right, Words("权限", "right"), RIGHTS) or None if right else None,
        )

    def _mapping(self, node: Node | None, reader: Reader) -> Iterable[tuple[str, Node]]:
        if node is None or node.value is None:
            return ()
        if not node.is_mapping:
            reader.wrong(node, Words("此处应为键值表", "keys with values are wanted here"), KEYED)
            return ()
        return node.items()

    def calendar(self, node: Node | None, version: str = "written") -> CalendarRecord:
        """The calendar a place describes; what it leaves out is the reference calendar's."""
        reader = self._reader("calendar")
        said: dict[str, Any] = {"version": version, "weekly": REFERENCE_CALENDAR.weekly, "statutory": "cn"}
        if node is None:
            return REFERENCE_CALENDAR
        for key, value in self._mapping(node, reader):
            if key not in CALENDAR_FIELDS:
                reader.findings.unknown(value.line, Words("项", "key"), key, CALENDAR_FIELDS)
        if (weekly := node.get("weekly")) is not None:
            said["weekly"] = self._weekly(weekly, reader.at(field="weekly"))
        for key in ("statutory", "start_day"):
            if (stated := node.get(key)) is not None:
                said[key] = stated.text
        said["special_days"] = tuple(self._special_days(node.get("special_days"), reader.at(field="special_days")))
        said["notices"] = self._notices(node, reader)
        return self._sound(CalendarRecord(**said), node, reader)

    def _notices(self, node: Node, reader: Reader) -> tuple[Notice, ...]:
        off, make_up = (self._dates(node.get(key), reader.at(field=key)) for key in ("off", "make_up"))
        if not off and not make_up:
            return REFERENCE_CALENDAR.notices
        years = {day.year for day in (*off, *make_up)}
        return tuple(
            Notice(
                year,
                "scenario",
                date(year - 1, 11, 1),
                tuple(day for day in off if day.year == year),
                tuple(day for day in make_up if day.year == year),
            )
            for year in sorted(years)
        )

    def _dates(self, node: Node | None, reader: Reader) -> tuple[date, ...]:
        found: list[date] = []
        for each in node.each() if node else ():
            first, _, last = each.text.partition("…") if "…" in each.text else each.text.partition(" - ")
            begin, end = self._date(first, each, reader), self._date(last or first, each, reader)
            if begin and end and 0 <= (end - begin).days < DAYS_MOST:
                found += [begin + timedelta(days=n) for n in range((end - begin).days + 1)]
            elif begin and end:
                wrong = Words(f"起止颠倒或超过一年：{each.text}", f"backwards, or longer than a year: {each.text}")
                reader.findings.add(each.line, wrong, DAYS)
        return tuple(found)

    def _date(self, typed: str, node: Node, reader: Reader) -> date | None:
        try:
            return date.fromisoformat(typed.strip())
        except ValueError:
            reader.findings.add(node.line, Words(f"没有这一天：{typed}", f"no such day: {typed}"), DAYS)
            return None

    def _weekly(self, node: Node, reader: Reader) -> tuple[tuple[Span, ...], ...]:
        days: dict[str, tuple[Span, ...]] = dict.fromkeys(WEEKDAYS, ())
        for key, value in self._mapping(node, reader):
            if key not in WEEKDAYS:
                reader.findings.unknown(value.line, Words("星期", "weekday"), key, WEEKDAYS)
            else:
                days[key] = self._spans(value, reader.at(field=key))
        return tuple(days[day] for day in WEEKDAYS)

    def _special_days(self, node: Node | None, reader: Reader) -> Iterable[SpecialDay]:
        for key, value in self._mapping(node, reader):
            day = self._date(key, value, reader)
            if day is not None:
                yield SpecialDay(day, self._spans(value, reader.at(field=key)))

    def _spans(self, node: Node, reader: Reader) -> tuple[Span, ...]:
        found: list[Span] = []
        for each in node.each():
            start, _, end = each.text.partition("-")
            try:
                found.append(Span(_minute(start), _minute(end)))
            except ValueError:
                right = Words("写法如 08:30-17:30", "write 08:30-17:30")
                reader.findings.add(each.line, Words(f"不是时段：{each.text}", f"no span: {each.text}"), right)
        return tuple(found)

    def _sound(self, record: CalendarRecord, node: Node, reader: Reader) -> CalendarRecord:
        try:
            calendar_from(record, ZONE)
        except ValueError as wrong:
            reader.findings.add(node.line, Words("日历不成立", str(wrong)), Words("请改正", "mend it"))
            return REFERENCE_CALENDAR
        return record


def _last(places: tuple[Node, ...], key: str) -> Node | None:
    return next((found for place in reversed(places) if (found := place.get(key)) is not None), None)


def _minute(clock: str) -> int:
    hour, minute = map(int, clock.split(":"))
    if not 0 <= minute < MINUTES_AN_HOUR:
        raise ValueError(clock)
    return hour * MINUTES_AN_HOUR + minute


def parameter_of(name: str, node: Node, reader: Reader) -> dict[str, str | int]:
    """A site parameter as it is written; none, with a finding, where it has no single value."""
    if node.is_mapping or node.is_list:
        right = Words(f"写法如 {name}: 10 或 {name}.major: 10", f"write {name}: 10 or {name}.major: 10")
        reader.wrong(node, Words(f"{name} 只能有一个值", f"{name} takes a single value"), right)
        return {}
    whole = isinstance(node.value, int) and not isinstance(node.value, bool)
    return {name: node.value if whole else node.text}


def switch_of(name: str, node: Node, packs: Iterable[Pack], reader: Reader) -> dict[str, str | int]:
    """A variant of *packs*, on or off, as the site parameter it is; none, with a finding, where it is neither."""
    known = [variant for pack in packs for variant in pack.variants]
    if name not in known:
        reader.findings.unknown(node.line, Words("变体", "variant"), name, known)
        return {}
    on = reader.yes(node)
    return {} if on is None else {f"variant.{name}": ON[on]}
