"""Batches of a register's rows as cells for people, column by column because that is several times faster."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from services.reporting.views import words
from services.reporting.views.names import Names
from shared.rules.registers import Field, Register

Cell = Callable[[str], str]
RISKY = frozenset("=+-@\t\r")
TYPED = frozenset(
    {
        Field.NUMBER,
        Field.COMPLAINANT,
        Field.CONTACT,
        Field.UNIT,
        Field.CONTENT,
        Field.DEMAND,
        Field.METHOD,
        Field.RESULT,
    }
)
"""Columns that show what somebody typed as it is; the others are looked up and guarded once a word."""


class Memo(dict[str | None, str]):
    """Words looked up once each."""

    def __init__(self, word: Cell) -> None:
        super().__init__({None: ""})
        self._word = word

    def __missing__(self, value: str | None) -> str:
        """Look it up and keep it."""
        found = self[value] = self._word(value or "")
        return found


def safe(value: str | None) -> str:
    """A text that no spreadsheet takes for a formula."""
    if not value:
        return ""
    return f"'{value}" if value[0] in RISKY else value


class Cells:
    """Turns batches of one register into cells."""

    def __init__(self, register: Register, names: Names) -> None:
        self._fields = [column.field for column in register.columns]
        words_of = _words(register, names)
        self._memos = {field: Memo(word) for field, word in words_of.items()}
        self._safe_memos = {field: Memo(_guarding(word)) for field, word in words_of.items()}

    def shown(self, batch: Sequence[Sequence[Any]]) -> list[list[str]]:
        """The columns of *batch*, in words."""
        columns = zip(*batch, strict=True)
        return [self._shown(f, column) for f, column in zip(self._fields, columns, strict=True)]

    def guarded(self, batch: Sequence[Sequence[Any]]) -> Iterable[tuple[str | None, ...]]:
        """The rows of *batch*, in words, none of them a formula."""
        columns = zip(*batch, strict=True)
        safely = (self._safe(f, column) for f, column in zip(self._fields, columns, strict=True))
        return zip(*safely, strict=True)

    def _shown(self, field: Field, column: Iterable[Any]) -> list[str]:
        memo = self._memos.get(field)
        return list(map(memo.__getitem__, column)) if memo is not None else [value or "" for value in column]

    def _safe(self, field: Field, column: Iterable[Any]) -> Iterable[str | None]:
        memo = self._safe_memos.get(field)
        if memo is not None:
            return map(memo.__getitem__, column)
        if field not in TYPED:
            return column
        # Asked in place for the many that are harmless: a call for each cell would double the time.
        return [value if value and value[0] not in RISKY else safe(value) for value in column]


def _guarding(word: Cell) -> Cell:
    return lambda value: safe(word(value))


def _words(register: Register, names: Names) -> dict[Field, Cell]:
    case_type = register.case_types[0] if register.case_types else ""
    return {
        Field.CHANNEL: lambda value: names.word(words.CHANNEL, value),
        Field.ACCUSED: names.role,
        Field.CATEGORY: lambda value: names.category(case_type, value),
        Field.SEVERITY: lambda value: names.severity(case_type, value),
        Field.VALIDITY: lambda value: names.word(words.VALIDITY, value),
        Field.RECEIVED_BY: names.person,
        Field.HANDLED_BY: names.person,
        Field.EXTENDED_BY: names.person,
        Field.DEPARTMENT: names.department,
        Field.ON_TIME: lambda value: names.word(words.ON_TIME, value),
        Field.SATISFACTION: lambda value: names.word(words.ANSWER, value),
        Field.STATE: lambda value: names.word(words.STATUS, value),
        Field.OUTCOME: lambda value: names.word(words.ENDING, value),
    }
