"""Filling in forms: what was typed becomes a filled form, or the list of everything wrong with it.

Bad input is refused field by field, with what is wrong and what would be right, in both languages.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from difflib import get_close_matches

from shared.organisation.records import Named
from shared.rules.conditions import Matter
from shared.rules.dating import Floor, Floors, too_early
from shared.rules.forms import FieldKind, Filled, FormField
from shared.rules.reading import BadValue, Fault, among, is_empty, read
from shared.timekeeping.calendar import midnight

NAMED_MOST = 12
"""How many fields a hint lists."""

FORM_BYTES_MOST = 200_000
"""All of a form in UTF-8: it travels in one message, and a message that is too large would never leave."""

_CHOSEN = frozenset({FieldKind.CHOICE, FieldKind.YES_NO})
_DATED = frozenset({FieldKind.DATE, FieldKind.INSTANT})
_NUMBERS = frozenset({FieldKind.COUNT, FieldKind.RATING, FieldKind.MONEY})
_LEAVE_OUT = Named("请去掉这一项", "leave it out")
_TOO_LONG = Named("整张表单太长", "the form as a whole is too long")
_SHORTEN = Named(
    f"全部内容最多约 {FORM_BYTES_MOST // 3} 个汉字，请缩短或分几次办理",
    f"at most {FORM_BYTES_MOST} bytes in all: shorten it, or take the step in parts",
)
_FILL_IN = Named("请填写这一项", "fill it in")


@dataclass(frozen=True, slots=True)
class Filling:
    """A form as far as it could be filled.

    Attributes:
        values: Canonical text of every field that is right.
        faults: What is wrong, in the order of the form, unknown fields last; the form counts only without any.
    """

    values: Filled
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Beside:
    """What a form is filled in with beside what somebody typed.

    Attributes:
        floors: What dates and instants must not lie before, apart from fields of the form itself.
        serials: The next number of every field of kind serial; one that is missing stays empty.
    """

    floors: Floors = field(default_factory=dict)
    serials: Filled = field(default_factory=dict)


NOTHING_BESIDE = Beside()


def fill(
    form: tuple[FormField, ...],
    given: Mapping[str, object],
    *,
    matter: Matter,
    zone: str,
    partial: bool = False,
    beside: Beside = NOTHING_BESIDE,
) -> Filling:
    """Fill in *form* with what was *given*.

    Args:
        form: The whole form; a field's condition sees what the fields before it brought about.
        given: By field id: text, numbers, booleans, dates, lists of lines. Empty ones count as left out.
        matter: The case so far; what an earlier filling of this form marked does not count.
        zone: The site's, for times without one.
        partial: Whether required fields may be missing, as in imports.
        beside: What dates are held against, and the serial numbers there are to give.
    """
    ids = [one.id for one in form]
    now = replace(matter, flags=without_words(matter.flags, ids))
    floors = {word: floor for word, floor in beside.floors.items() if word not in ids}
    filler = _Filler(now, zone, partial, floors, beside.serials)
    for one in form:
        filler.fills(one, given.get(one.id))
    return Filling(filler.values, (*filler.faults, *_unknown(form, given)))


@dataclass(slots=True)
class _Filler:
    """A form half filled in."""

    matter: Matter
    zone: str
    partial: bool
    floors: dict[str, Floor]
    serials: Filled
    values: Filled = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def fills(self, field: FormField, value: object) -> None:
        """Fill in the next field."""
        fault = self._filled(field, value)
        if fault is not None:
            self.faults.append(fault)
        elif field.id in self.values:
            self.matter = replace(self.matter, flags=self.matter.flags | marks((field,), self.values))
            if field.kind in _DATED:
                self.floors[field.id] = Floor(field.name, self.values[field.id])

    def _filled(self, field: FormField, value: object) -> Fault | None:
        """Put the value into the form; or what is wrong. After a fault nobody is told that a field is not asked."""
        asked = field.when.holds(self.matter)
        if is_empty(value):
            return self._left_out(field) if asked else None
        if not asked:
            return None if self.faults else Fault(field.id, "not_asked", _not_asked(field), _LEAVE_OUT)
        try:
            accepted = _accepted(field, read(field, value, zone=self.zone))
        except BadValue as bad:
            return bad.of(field.id)
        if early := self._too_early(field, accepted):
            return early
        if sum(len(text.encode()) for text in (*self.values.values(), accepted)) > FORM_BYTES_MOST:
            return Fault(field.id, "form_too_long", _TOO_LONG, _SHORTEN)
        self.values[field.id] = accepted
        return None

    def _too_early(self, field: FormField, value: str) -> Fault | None:
        floors = (self.floors[word] for word in field.not_before if word in self.floors)
        faults = (too_early(field, value, floor, self.zone) for floor in floors)
        return next((fault for fault in faults if fault is not None), None)

    def _left_out(self, field: FormField) -> Fault | None:
        if field.kind is FieldKind.SERIAL:
            if field.id in self.serials:
                self.values[field.id] = self.serials[field.id]
            return None
        return _missing(field) if field.required and not self.partial else None


def _accepted(field: FormField, value: str) -> str:
    if value in field.refused:
        raise BadValue("refused", field.refused[value], among(field))
    return value


def _missing(field: FormField) -> Fault:
    wrong = Named(f"没有填“{field.name.zh}”", f'"{field.name.en}" is missing')
    return Fault(field.id, "required", wrong, among(field) if field.kind in _CHOSEN else _FILL_IN)


def _not_asked(field: FormField) -> Named:
    return Named(f"这种情况不填“{field.name.zh}”", f'"{field.name.en}" is not asked for here')


def _unknown(form: tuple[FormField, ...], given: Mapping[str, object]) -> Iterable[Fault]:
    known = [field.id for field in form]
    for word in given:
        if word not in known:
            wrong = Named(f"表上没有 {word[:40]} 这一项", f"the form has no field {word[:40]}")
            yield Fault(word, "unknown", wrong, _meant(word, known))


def _meant(word: str, known: list[str]) -> Named:
    near = get_close_matches(word, known, n=1)
    if near:
        return Named(f"是不是 {near[0]}？", f"did you mean {near[0]}?")
    if not known:
        return Named("这里没有要填的表", "there is no form to fill in here")
    there = ", ".join(known[:NAMED_MOST])
    return Named(f"有：{there}", f"there are {there}")


def marks(form: tuple[FormField, ...], filled: Filled) -> frozenset[str]:
    """The flags a filled form brings about, ``<field>=<value>``; what is personal brings about none."""
    said = (_mark(field, filled[field.id]) for field in form if field.id in filled and not field.personal)
    return frozenset(mark for mark in said if mark is not None)


def _mark(field: FormField, value: str) -> str | None:
    if field.kind in _CHOSEN:
        return f"{field.id}={value}"
    if field.kind not in _NUMBERS:
        return None
    reached = [mark for mark in field.marks if Decimal(value) >= mark.at_least]
    return f"{field.id}={max(reached, key=lambda mark: mark.at_least).id}" if reached else None


def without_words(flags: Iterable[str], words: Collection[str]) -> frozenset[str]:
    """*flags* without the marks of *words*; circumstances and switches always stay."""
    return frozenset(flag for flag in flags if "=" not in flag or flag.partition("=")[0] not in words)


def with_marks(flags: Iterable[str], fresh: Collection[str]) -> frozenset[str]:
    """*flags* with *fresh* marks, each in the place of an older one of its word."""
    return without_words(flags, {mark.partition("=")[0] for mark in fresh}) | frozenset(fresh)


def apart(form: tuple[FormField, ...], filled: Filled) -> tuple[Filled, Filled]:
    """The public part and the personal part of a filled form."""
    personal = {field.id for field in form if field.personal}
    public = {id_: value for id_, value in filled.items() if id_ not in personal}
    return public, {id_: value for id_, value in filled.items() if id_ in personal}


def instant_of(field: FormField, value: str, zone: str) -> datetime:
    """When what a date or an instant says begins, in UTC: a date begins at 00:00 of the site.

    Raises:
        ValueError: The field is neither.
    """
    if field.kind is FieldKind.DATE:
        return midnight(date.fromisoformat(value), zone)
    if field.kind is FieldKind.INSTANT:
        return datetime.fromisoformat(value).astimezone(UTC)
    raise ValueError(f"{field.id} is a {field.kind} and has no time")
