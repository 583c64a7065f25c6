"""One value of a form: what was typed becomes canonical text, or a sentence about what is wrong with it."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from shared.organisation.records import Named
from shared.rules.forms import FieldKind, FormField
from shared.timekeeping.calendar import zone_named

TEXT_MOST = 4000
LINE_MOST = 200
LINES_MOST = 500
COUNT_MOST = Decimal(999_999_999)
MONEY_MOST = Decimal("99999999.99")
STARS = (Decimal(1), Decimal(5))
YEARS = (1900, 2199)
HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""What no text may carry: Unicode categories Cc and Cs, but for the ends of lines and tabs, which a prose may have."""

_MONEY = re.compile(r"-?\d{1,18}(\.\d{1,18})?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?")
_CENTS = 2
_YES_NO = {"yes": "yes", "no": "no", "true": "yes", "false": "no", "是": "yes", "否": "no"}
_A_TEXT = Named("写一段文字", "write a text")
_A_COUNT = Named("写不小于 0 的整数，例如 4", "write a whole number from 0 on, such as 4")
_AN_AMOUNT = Named("写不小于 0 的金额，最多两位小数，例如 1000.00", "write an amount from 0 on, such as 1000.00")
_A_DATE = Named("写成 2025-03-04 这样的日期", "write a date such as 2025-03-04")
_AN_INSTANT = Named(
    "写成 2025-03-04 09:30（本项目时间），或带时区的 ISO 8601",
    "write 2025-03-04 09:30 (time of the site), or ISO 8601 with its zone",
)
_GIVEN = Named("这个编号由系统给出", "the system gives this number")
_LEAVE_IT = Named("请留空", "leave it empty")
_A_YES = Named("填 yes 或 no", "answer yes or no")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a form.

    Attributes:
        field: Id of the field as it was named, also where there is no such field.
        rule: Machine word: unknown, required, not_asked, not_text, control_character, too_long, not_a_number,
            fraction, decimals, negative, too_small, too_large, not_a_date, no_such_time, too_early, not_a_choice,
            refused, given, form_too_long.
        wrong: What is wrong.
        right: What would be right.
    """

    field: str
    rule: str
    wrong: Named
    right: Named


class BadValue(ValueError):
    """A value no field of that kind takes; :meth:`of` makes a fault of it."""

    def __init__(self, rule: str, wrong: Named, right: Named) -> None:
        super().__init__(f"{rule}: {wrong.en}")
        self._rule, self._wrong, self._right = rule, wrong, right

    def of(self, field: str) -> Fault:
        """The fault, as one of *field*."""
        return Fault(field, self._rule, self._wrong, self._right)


def read(field: FormField, value: object, *, zone: str) -> str:
    """The canonical text of a value that is not empty; local times are those of *zone*.

    Raises:
        BadValue: The field does not take it.
    """
    return _READERS[field.kind](field, value, zone)


def is_empty(value: object) -> bool:
    """Whether nothing was filled in."""
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, list | tuple):
        return all(is_empty(one) for one in value)
    return value is None


def _text(_field: FormField, value: object, _zone: str) -> str:
    return _printable(_typed(value, _A_TEXT), TEXT_MOST)


def _lines(_field: FormField, value: object, _zone: str) -> str:
    given = value if isinstance(value, list | tuple) else _typed(value, _A_TEXT).splitlines()
    lines = [" ".join(_typed(line, _A_TEXT).split()) for line in given if not is_empty(line)]
    if len(lines) > LINES_MOST:
        raise _too_long(Named(f"{len(lines)} 行", f"{len(lines)} lines"), LINES_MOST, Named("行", "lines"))
    return "\n".join(_printable(line, LINE_MOST) for line in lines)


def _typed(value: object, right: Named) -> str:
    """Text as typed; numbers and dates that a file or a page has read as such are text again."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal | date):
        raise BadValue("not_text", Named("这里不能填这种内容", "this kind of value does not fit here"), right)
    return str(value).replace("\r\n", "\n").strip()


def _printable(value: str, most: int) -> str:
    if found := HIDDEN.search(value):
        place = found.start() + 1
        wrong = Named(f"第 {place} 个字符是不能显示的控制字符", f"character {place} is a control character")
        raise BadValue("control_character", wrong, Named("请删去", "delete it"))
    if len(value) > most:
        raise _too_long(Named(f"{len(value)} 个字符", f"{len(value)} characters"), most, Named("个字符", "characters"))
    return value


def _too_long(has: Named, most: int, unit: Named) -> BadValue:
    right = Named(f"最多 {most} {unit.zh}", f"at most {most} {unit.en}")
    return BadValue("too_long", Named(f"太长：{has.zh}", f"too long: {has.en}"), right)


def _count(field: FormField, value: object, _zone: str) -> str:
    number = _number(value, _A_COUNT)
    if number != number.to_integral_value():
        raise BadValue("fraction", Named(f"{number} 不是整数", f"{number} is not a whole number"), _A_COUNT)
    return f"{_between(number, field, Decimal(0), COUNT_MOST, _A_COUNT):.0f}"


def _rating(field: FormField, value: object, zone: str) -> str:
    least, most = STARS
    number = Decimal(_count(field, value, zone))
    right = Named(f"填 {least} 到 {most}", f"answer {least} to {most}")
    return f"{_between(number, field, least, most, right):.0f}"


def _money(field: FormField, value: object, _zone: str) -> str:
    number = _number(value, _AN_AMOUNT)
    if -int(number.as_tuple().exponent) > _CENTS:
        wrong = Named(f"{number} 的小数多于两位", f"{number} has more than two decimals")
        raise BadValue("decimals", wrong, _AN_AMOUNT)
    return f"{_between(number, field, Decimal(0), MONEY_MOST, _AN_AMOUNT):.2f}"


def _number(value: object, right: Named) -> Decimal:
    """Numbers as people type them, full-width digits included; no exponents, no infinities."""
    plain = isinstance(value, str | int | float | Decimal) and not isinstance(value, bool)
    typed = unicodedata.normalize("NFKC", str(value)).strip() if plain else ""
    if not _MONEY.fullmatch(typed):
        shown = typed[:20] or "…"
        raise BadValue("not_a_number", Named(f"“{shown}” 不是数", f'"{shown}" is not a number'), right)
    number = Decimal(typed) + 0  # no negative zero
    return Decimal(int(number)) if isinstance(value, float) and value.is_integer() else number


def _between(number: Decimal, field: FormField, least: Decimal, most: Decimal, right: Named) -> Decimal:
    if number < 0:
        raise BadValue("negative", Named(f"{number} 小于 0", f"{number} is negative"), right)
    low = least if field.at_least is None else max(least, field.at_least)
    high = most if field.at_most is None else min(most, field.at_most)
    if number < low:
        least_said = Named(f"不小于 {low}", f"at least {low}")
        raise BadValue("too_small", Named(f"{number} 太小", f"{number} is too small"), least_said)
    if number > high:
        most_said = Named(f"不大于 {high}", f"at most {high}")
        raise BadValue("too_large", Named(f"{number} 太大", f"{number} is too large"), most_said)
    return number


def _date(_field: FormField, value: object, _zone: str) -> str:
    typed = unicodedata.normalize("NFKC", _typed(value, _A_DATE))
    if not _DATE.fullmatch(typed):
        raise BadValue("not_a_date", Named(f"“{typed[:30]}” 不是日期", f'"{typed[:30]}" is not a date'), _A_DATE)
    try:
        _within(date.fromisoformat(typed))
    except ValueError:
        raise BadValue("not_a_date", Named(f"没有 {typed} 这一天", f"there is no day {typed}"), _A_DATE) from None
    return typed


def _within(day: date) -> None:
    if not YEARS[0] <= day.year <= YEARS[1]:
        raise ValueError(day)


def _instant(_field: FormField, value: object, zone: str) -> str:
    typed = unicodedata.normalize("NFKC", _typed(value, _AN_INSTANT))
    if not _INSTANT.fullmatch(typed):
        wrong = Named(f"“{typed[:30]}” 不是时间", f'"{typed[:30]}" is not a date with time')
        raise BadValue("not_a_date", wrong, _AN_INSTANT)
    try:
        return _at_site(datetime.fromisoformat(typed), zone)
    except (ValueError, OverflowError):
        wrong = Named(f"没有 {typed} 这个时刻", f"there is no such time as {typed}")
        raise BadValue("no_such_time", wrong, _AN_INSTANT) from None


def _at_site(moment: datetime, zone: str) -> str:
    """With the offset of the site; an hour that a change of clocks leaves out is refused."""
    _within(moment.date())
    local = moment.replace(tzinfo=zone_named(zone)) if moment.tzinfo is None else moment
    settled = local.astimezone(zone_named("UTC")).astimezone(zone_named(zone))
    if moment.tzinfo is None and settled.replace(tzinfo=None) != moment:
        raise ValueError(moment)
    return settled.isoformat()


def _choice(field: FormField, value: object, _zone: str) -> str:
    known = {choice.id: choice.name for choice in field.choices}
    typed = value.strip() if isinstance(value, str) else str(value)
    if typed not in known:
        right = among(field)
        raise BadValue("not_a_choice", Named(f"没有“{typed[:30]}”这一项", f'"{typed[:30]}" is not offered'), right)
    return typed


def _yes_no(_field: FormField, value: object, _zone: str) -> str:
    answer = _YES_NO.get(str(value).strip().lower())
    if answer is None or not isinstance(value, str | bool):
        raise BadValue("not_a_choice", Named("不是 yes 或 no", "neither yes nor no"), _A_YES)
    return answer


def _serial(_field: FormField, _value: object, _zone: str) -> str:
    raise BadValue("given", _GIVEN, _LEAVE_IT)


def among(field: FormField) -> Named:
    """Which answers a choice or a yes/no offers that the pack does not refuse."""
    if field.kind is FieldKind.YES_NO:
        names = {"yes": Named("是", "yes"), "no": Named("否", "no")}
    else:
        names = {choice.id: choice.name for choice in field.choices}
    open_ = [(id_, name) for id_, name in names.items() if id_ not in field.refused]
    zh = "、".join(f"{id_}（{name.zh}）" for id_, name in open_)
    return Named(f"可填：{zh}", f"choose from {', '.join(f'{id_} ({name.en})' for id_, name in open_)}")


_READERS: Mapping[FieldKind, Callable[[FormField, object, str], str]] = {
    FieldKind.TEXT: _text,
    FieldKind.LINES: _lines,
    FieldKind.COUNT: _count,
    FieldKind.RATING: _rating,
    FieldKind.MONEY: _money,
    FieldKind.DATE: _date,
    FieldKind.INSTANT: _instant,
    FieldKind.CHOICE: _choice,
    FieldKind.YES_NO: _yes_no,
    FieldKind.SERIAL: _serial,
}
