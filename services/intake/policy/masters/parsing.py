"""How a cell of each column is read: one function a column, made once for a file."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from services.intake.policy.masters.cells import Cell
from services.intake.policy.masters.columns import Column, Value
from services.intake.policy.masters.day_values import day_of, instant_of
from services.intake.policy.masters.known import Choice, Choices
from services.intake.policy.masters.number_values import area_of, count_of, money_of
from services.intake.policy.masters.text_values import id_of, line_of, text_of
from services.intake.policy.masters.word_values import Words

Parse = Callable[[Cell], Any]
REMEMBERED = 20_000


def parser(column: Column, choices: Choices, today: date, zone: str) -> Parse:
    """The function that reads a cell of *column*; it raises `Wrong`."""
    match column.value:
        case Value.WORD:
            return _remembering(_word(column, column.choices))
        case Value.GIVEN:
            return _remembering(_word(column, _given(column, choices)))
        case Value.DAY:
            return _remembering(partial(day_of, column=column, today=today))
        case Value.INSTANT:
            return partial(instant_of, column=column, today=today, zone=zone)
        case _:
            read = _PLAIN[column.value]
            return lambda cell: read(cell, column)


_PLAIN: dict[Value, Callable[[Cell, Column], Any]] = {
    Value.ID: id_of,
    Value.LINE: line_of,
    Value.PROSE: text_of,
    Value.PHONE: line_of,
    Value.COUNT: count_of,
    Value.AREA: area_of,
    Value.MONEY: money_of,
}


def _given(column: Column, choices: Choices) -> tuple[Choice, ...]:
    """The site's words for *column*; those that depend on the case type are looked up once that is known."""
    listed = {
        "case_type": tuple(Choice(each.id, each.name) for each in choices.case_types),
        "department": choices.departments,
        "handler": choices.people,
    }
    return listed.get(column.id, ())


def _word(column: Column, choices: tuple[Choice, ...]) -> Parse:
    words = Words(choices)

    def read(cell: Cell) -> str:
        said = line_of(cell, column)
        return words.meant(said) if choices and said else said

    return read


def _remembering(read: Parse) -> Parse:
    """*read*, remembering what it answered: words and dates come again and again."""
    seen: dict[Cell, Any] = {}

    def remembered(cell: Cell) -> Any:
        if cell not in seen:
            if len(seen) >= REMEMBERED:
                seen.clear()
            seen[cell] = read(cell)
        return seen[cell]

    return remembered
