"""What a column of a sheet is: its words in both languages, and how its cells are written."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from services.intake.policy.masters.known import Choice
from services.intake.policy.masters.records import Kind
from shared.organisation.records import Named

ID_MOST, LINE_MOST, PROSE_MOST = 60, 120, 4000


class Value(StrEnum):
    """What a cell of a column means."""

    ID = "id"
    LINE = "line"
    PROSE = "prose"
    PHONE = "phone"
    DAY = "day"
    INSTANT = "instant"
    COUNT = "count"
    AREA = "area"
    MONEY = "money"
    WORD = "word"
    GIVEN = "given"
    """A word of the site's own pack or directory."""


_MOST = {Value.PROSE: PROSE_MOST, Value.ID: ID_MOST}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet.

    Attributes:
        id: The field of the record it fills.
        hint: What is written there, as the template explains it and a finding repeats it.
        example: What the example row of a template shows.
        choices: The words of a :attr:`Value.WORD`.
        width: In characters.
        also: Other headings it is known by.
        ahead: Days a date may lie in the future.
        ends_day: A day without a time means its end, 24:00.
    """

    id: str
    name: Named
    value: Value
    hint: Named
    example: str = ""
    required: bool = False
    choices: tuple[Choice, ...] = ()
    width: int = 14
    also: tuple[str, ...] = ()
    ahead: int = 0
    ends_day: bool = False

    @property
    def most(self) -> int:
        """How many characters it holds."""
        return _MOST.get(self.value, LINE_MOST)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its kind, its names, its columns in the order of the template."""

    kind: Kind
    name: Named
    meaning: Named
    columns: tuple[Column, ...]


def column(id_: str, name: tuple[str, str], value: Value, hint: Named, **more: Any) -> Column:
    """A column, its names given as (Chinese, English)."""
    return Column(id_, Named(*name), value, hint, **more)


def words(*said: tuple[str, str, str]) -> tuple[Choice, ...]:
    """The words of a closed list, each as (id, Chinese, English)."""
    return tuple(Choice(id_, Named(zh, en)) for id_, zh, en in said)


YEAR = 366
NOTE = column("note", ("备注", "Note"), Value.PROSE, Named("任何说明", "Anything worth noting"), width=24)
DAY_HINT = Named("日期，如 2024-05-01", "A date, such as 2024-05-01")
INSTANT_HINT = Named("日期和时间，如 2024-05-01 09:30", "Date and time, such as 2024-05-01 09:30")
PHONE_HINT = Named(
    "手机号，或带区号的固定电话，如 0755-83991234转801",
    "A mobile number, or a landline with its area code, such as 0755-83991234转801",
)
UNIT_HINT = Named("与“房屋”表中的房号一致", "As in the sheet Units")
BUILDING_HINT = Named("与“楼栋”表一致", "As in the sheet Buildings")
UNIT_ALSO = ("房屋", "房屋编号", "房间号", "房号/单元")
BUILDING_ALSO = ("楼号", "楼栋号", "栋号")
