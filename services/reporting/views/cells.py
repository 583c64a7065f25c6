"""Batches of a register's rows as cells for people, column by column because that is several times faster."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from services.reporting.policy.columns import TAKEN, case_types, fields_of, places
from services.reporting.views import words
from services.reporting.views.names import SPOKEN, Names
from shared.rules.forms import FormField
from shared.rules.model import CaseType, Pack
from shared.rules.registers import Field, Place, Register

Cell = Callable[[str], str]
CASE = "case"
RISKY = frozenset("=+-@\t\r")
TYPED: frozenset[str] = frozenset(
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
"""Columns of a case that show what somebody typed as it is; the others are looked up and guarded once a word."""
SURE = frozenset(
    {("step", "at"), ("notice", "at"), ("taken", "at"), ("planned", "due"), ("outer", "deadline"), ("money", "at")}
)
"""Columns besides those of a case that hold an instant of ours."""


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

    def __init__(self, register: Register, pack: Pack, names: Names) -> None:
        self._places = places(register, pack)
        spoken = Spoken(register, pack, names)
        words_of = {place: word for place in self._places if (word := spoken.word_of(place)) is not None}
        self._memos = {place: Memo(word) for place, word in words_of.items()}
        self._safe_memos = {place: Memo(_guarding(word)) for place, word in words_of.items()}

    def shown(self, batch: Sequence[Sequence[Any]]) -> list[list[str]]:
        """The columns of *batch*, in words."""
        columns = zip(*batch, strict=True)
        return [self._shown(place, column) for place, column in zip(self._places, columns, strict=True)]

    def guarded(self, batch: Sequence[Sequence[Any]]) -> Iterable[tuple[str | None, ...]]:
        """The rows of *batch*, in words, none of them a formula."""
        columns = zip(*batch, strict=True)
        safely = (self._safe(place, column) for place, column in zip(self._places, columns, strict=True))
        return zip(*safely, strict=True)

    def _shown(self, place: Place, column: Iterable[Any]) -> list[str]:
        memo = self._memos.get(place)
        return list(map(memo.__getitem__, column)) if memo is not None else [value or "" for value in column]

    def _safe(self, place: Place, column: Iterable[Any]) -> Iterable[str | None]:
        memo = self._safe_memos.get(place)
        if memo is not None:
            return map(memo.__getitem__, column)
        if not _typed(place):
            return column
        # Asked in place for the many that are harmless: a call for each cell would double the time.
        return [value if value and value[0] not in RISKY else safe(value) for value in column]


def _guarding(word: Cell) -> Cell:
    return lambda value: safe(word(value))


def _typed(place: Place) -> bool:
    return place.of in TYPED if place.group == CASE else (place.group, place.part) not in SURE


class Spoken:
    """Says which columns of a register are looked up, and how."""

    def __init__(self, register: Register, pack: Pack, names: Names) -> None:
        self._names, self._kinds = names, tuple(case_types(register, pack))
        self._fields = {field.id: field for field in fields_of(self._kinds)}
        self._of_case = _words(self._kinds, names)

    def word_of(self, place: Place) -> Cell | None:
        """How a value at *place* is said; None where it stands as it is."""
        if place.group == CASE:
            return self._of_case.get(Field(place.of))
        if place.of in self._fields and place.group in ("form", TAKEN):
            return self._answer(self._fields[place.of])
        if place.part == "outcome" and place.group != "notice":
            return partial(self._names.outcome, self._kinds)
        return self._others().get((place.group, place.part))

    def _answer(self, field: FormField) -> Cell | None:
        return partial(self._names.answer, field) if field.kind in SPOKEN else None

    def _others(self) -> Mapping[tuple[str, str], Cell]:
        names, kinds = self._names, self._kinds
        return {
            **dict.fromkeys(((group, "by") for group in ("step", "notice", TAKEN, "money")), names.person),
            ("notice", "outcome"): lambda value: names.word(words.SEEN_TO, value),
            ("notice", "means"): lambda value: names.word(words.MEANS, value),
            ("planned", "rule"): names.plan,
            ("outer", "line"): lambda value: names.word(words.OUTER, value),
            ("money", "item"): partial(names.item, kinds),
            ("money", "move"): lambda value: names.word(words.MOVE, value),
            ("money", "payer"): lambda value: names.word(words.PAYER, value),
            ("money", "debit"): partial(names.account, kinds),
            ("money", "credit"): partial(names.account, kinds),
        }


def _words(kinds: Sequence[CaseType], names: Names) -> dict[Field, Cell]:
    return {
        Field.CHANNEL: lambda value: names.word(words.CHANNEL, value),
        Field.ACCUSED: names.role,
        Field.CATEGORY: partial(names.category_among, kinds),
        Field.SEVERITY: partial(names.severity_among, kinds),
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
