"""A site's calendar as it is sent: its shape, and a sentence for whatever is wrong with it."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, ValidationError

from shared.contracts.wording import Text, text
from shared.organisation.calendar_faults import CalendarFault, CalendarFaultKind, wrong_hours, wrong_record
from shared.organisation.records import CalendarRecord
from shared.web.problems import refuse

WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
WRONG: Mapping[CalendarFaultKind, tuple[str, str]] = {
    CalendarFaultKind.NOT_SEVEN_DAYS: (
        "营业时间要写七天，从周一到周日；现在有 {count} 天",
        "休息的日子也要写，写成没有时段的一天",
    ),
    CalendarFaultKind.NEVER_OPEN: (
        "一周里没有任何营业时间，期限永远走不完",
        "至少给一天写上时段，例如 08:30–17:30",
    ),
    CalendarFaultKind.EMPTY: ("{day}的 {span} 没有长度", "整天营业写 00:00–24:00，休息就删去这一段"),
    CalendarFaultKind.BACKWARDS: (
        "{day}的 {span} 结束早于开始",
        "过夜的营业分成两天写：当天写到 24:00，次日从 00:00 写起",
    ),
    CalendarFaultKind.OUTSIDE_THE_DAY: ("{day}的 {span} 超出了一天", "时刻写在 00:00 和 24:00 之间"),
    CalendarFaultKind.OVERLAPPING: ("{day}的 {span} 与 {other} 重叠", "把两段并成一段，或改到不重叠"),
    CalendarFaultKind.UNORDERED: ("{day}的 {span} 早于写在它前面的 {other}", "同一天的时段按先后写"),
    CalendarFaultKind.DAY_TWICE: ("{day} 写了两次", "每个日期只留一条"),
    CalendarFaultKind.YEAR_TWICE: ("{year} 年的放假通知写了两份", "每年只留一份"),
    CalendarFaultKind.OTHER_YEAR: ("{day} 不在 {year} 年", "写进 {own} 年的通知，或作为特殊日"),
    CalendarFaultKind.NO_WEEKEND_DAY: (
        "补班日 {day} 是{weekday}，不是周末",
        "补班日应为周六或周日；平日本来就上班，请核对通知",
    ),
    CalendarFaultKind.OFF_AND_MADE_UP: ("{day} 既放假又补班", "只留其中一项，请核对通知"),
    CalendarFaultKind.NO_DAYS_OFF: ("{year} 年的放假通知里没有放假日", "把通知里的放假日逐日写上"),
    CalendarFaultKind.NO_SOURCE: ("{year} 年的放假通知没有写来源", "写上通知的名称和文号"),
    CalendarFaultKind.BAD_VERSION: ("日历的版本名不能为空，最多 {most} 个字符", "例如用通知的日期作版本名"),
}


class _Body(BaseModel):
    # Reaches the plain dataclasses inside it; see services.directory.api.shapes.
    model_config = ConfigDict(extra="forbid", strict=True)

    calendar: CalendarRecord


def read_calendar(sent: Mapping[str, Any]) -> CalendarRecord:
    """The record that *sent*, the member ``calendar`` of a body, describes.

    Raises:
        Problem: What cannot be, with the place and the way out.
        RequestValidationError: Fields that are missing, unknown or of the wrong kind.
    """
    refuse_hours(sent)
    try:
        record = _Body.model_validate_json(json.dumps({"calendar": sent})).calendar
    except ValidationError as wrong:
        listed = [{**error, "loc": ("body", *error["loc"])} for error in wrong.errors(include_url=False)]
        raise RequestValidationError(listed) from wrong
    refuse_record(record)
    return record


def refuse_hours(sent: Mapping[str, Any]) -> None:
    """Refuse hours that cannot be, before the shape of the record would do so without naming the day."""
    _refuse(wrong_hours(sent))


def refuse_record(record: CalendarRecord) -> None:
    """Refuse notices and special days that contradict themselves."""
    _refuse(wrong_record(record))


def _refuse(faults: Iterable[CalendarFault]) -> None:
    for fault in faults:
        wrong, right = (_said(sentence, fault) for sentence in WRONG[fault.kind])
        raise refuse(f"calendar_{fault.kind}", wrong, status=422, field=f"/calendar{fault.path}", hint=right)


def _said(sentence: str, fault: CalendarFault) -> Text:
    gaps: dict[str, Any] = dict(fault.shown)
    if fault.weekday is not None:
        gaps["weekday"] = text(WEEKDAYS[fault.weekday])
        gaps["day"] = gaps.get("day") or gaps["weekday"]
    return Text(sentence, gaps)
