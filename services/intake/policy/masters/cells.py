"""What a file says, before anybody judges what it means."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as the file keeps it, such as ``13800138000`` or ``1.38E10``."""

    text: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A cell the spreadsheet calls a date.

    Attributes:
        at: What the wall clock shows; naive, because a sheet knows no zone.
        timed: The cell says a time too.
    """

    at: datetime
    timed: bool


@dataclass(frozen=True, slots=True)
class Odd:
    """What no cell of master data may be: ``formula``, ``error``, ``boolean``, ``impossible_date``, ``too_long``."""

    code: str
    shown: str


Cell = str | Figure | Moment | Odd | None


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row with content; *row* counted from 1, *cells* from column A on, None where nothing stands."""

    sheet: str
    row: int
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Merged:
    """Cells of a sheet that were merged; *area* as the spreadsheet writes it, such as ``A3:A7``."""

    sheet: str
    area: str
    first_row: int
    last_row: int


@dataclass(frozen=True, slots=True)
class Hidden:
    """A sheet that is hidden."""

    sheet: str


Read = SheetRow | Merged | Hidden
"""What reading a file yields."""

_ALPHABET = 26


def letter_of(index: int) -> str:
    """The name of a column: 0 is ``A``, 26 is ``AA``."""
    name = ""
    while index >= 0:
        name = chr(ord("A") + index % _ALPHABET) + name
        index = index // _ALPHABET - 1
    return name


def shown(cell: Cell) -> str:
    """The cell as a person sees it."""
    match cell:
        case None:
            return ""
        case str():
            return cell
        case Figure(text=text):
            return text
        case Moment(at=at, timed=timed):
            return f"{at:%Y-%m-%d %H:%M:%S}" if timed else f"{at:%Y-%m-%d}"
        case Odd(shown=told):
            return told
