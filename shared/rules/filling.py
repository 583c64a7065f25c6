"""Filling in forms: what was typed becomes a filled form, or the list of everything wrong with it.

Bad input is refused field by field, with what is wrong and what would be right, in both languages.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from difflib import get_close_matches

from shared.organisation.records import Named
from shared.rules.conditions import Matter
from shared.rules.forms import FieldKind, Filled, FormField
from shared.rules.reading import BadValue, Fault, among, is_empty, read
from shared.timekeeping.calendar import midnight

NAMED_MOST = 12
"""How many fields a hint lists."""

FORM_BYTES_MOST = 200_000
"""All of a form in UTF-8: it travels in one message, and a message that is too large would never leave."""

_CHOSEN = frozenset({FieldKind.CHOICE, FieldKind.YES_NO})
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


def fill(
    form: tuple[FormField, ...], given: Mapping[str, object], *, matter: Matter, zone: str, partial: bool = False
) -> Filling:
    """Fill in *form* with what was *given*.

    Args:
        form: The whole form; a field's condition sees what the fields before it brought about.
        given: By field id: text, numbers, booleans, dates, lists of lines. Empty ones count as left out.
        matter: The case so far; what an earlier filling of this form marked does not count.
        zone: The site's, for times without one.
        partial: Whether required fields may be missing, as in imports.
    """
    values: Filled = {}
    faults: list[Fault] = []
    now = replace(matter, flags=without_words(matter.flags, [field.id for field in form]))
    for field in form:
        fault = _filled(field, given.get(field.id), now, values, zone, lenient=(partial, bool(faults)))
        if fault is not None:
            faults.append(fault)
        elif field.id in values:
            now = replace(now, flags=now.flags | marks((field,), values))
    return Filling(values, (*faults, *_unknown(form, given)))


def _filled(
    field: FormField, value: object, matter: Matter, values: Filled, zone: str, *, lenient: tuple[bool, bool]
) -> Fault | None:
    """Put the value into *values*; or what is wrong. After a fault nobody is told that a field is not asked."""
    partial, doubtful = lenient
    asked, empty = field.when.holds(matter), is_empty(value)
    if empty:
        return _missing(field) if asked and field.required and not partial else None
    if not asked:
        return None if doubtful else Fault(field.id, "not_asked", _not_asked(field), _LEAVE_OUT)
    try:
        accepted = _accepted(field, read(field, value, zone=zone))
    except BadValue as bad:
        return bad.of(field.id)
    if sum(len(text.encode()) for text in (*values.values(), accepted)) > FORM_BYTES_MOST:
        return Fault(field.id, "form_too_long", _TOO_LONG, _SHORTEN)
    values[field.id] = accepted
    return None


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
