"""One sheet of a workbook as its XML streams by: cells put together, rows handed on."""

from datetime import datetime, timedelta
from xml.parsers import expat

from services.intake.policy.masters.cells import Cell, Figure, Merged, Moment, Odd, Read, SheetRow, letter_of
from services.intake.views.markup import local, new_parser
from services.intake.views.refusals import Unreadable
from services.intake.views.shared_texts import SHOWN, Pieces
from services.intake.views.workbook import Workbook

ROW_MOST = 1_048_576
COLUMNS_MOST = 100
ROWS_MOST = 500_000
"""Rows with content of one sheet."""
_LETTERS_MOST, _ALPHABET = 3, 26
_EPOCH, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001  a sheet knows no zone
_FIRST, _LEAP_1900, _LAST = 1, 60, 2_958_466
"""Serial numbers of days: the first, the day 1900-02-29 that never was, the first beyond the year 9999."""
_DIGITS = "0123456789"
_LETTERS: dict[str, int] = {}


class SheetReading:
    """Takes the events of a parser and makes rows of them; *ready* holds those not yet handed on."""

    __slots__ = (
        "_book", "_cells", "_collecting", "_column", "_formula", "_kind", "_readings", "_rows", "_sheet", "_style",
        "_text", "ready", "row",
    )  # fmt: skip

    def __init__(self, book: Workbook, sheet: str) -> None:
        """Nothing has been read."""
        self._book, self._sheet = book, sheet
        self.ready: list[Read] = []
        self.row = self._rows = 0
        self._cells: list[Cell] = []
        self._text = Pieces()
        self._column = -1
        self._kind: str | None = None
        self._style: str | None = None
        self._formula = self._collecting = self._readings = False

    def parser(self) -> expat.XMLParserType:
        """A parser that tells this object what it sees."""
        parser = new_parser()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._said
        return parser

    def _start(self, name: str, given: dict[str, str]) -> None:
        tag = local(name) if ":" in name else name
        if tag == "c":
            self._begin_cell(given)
        elif tag in {"v", "t"}:
            self._collecting = not self._readings
        elif tag == "row":
            self._begin_row(given.get("r"))
        elif tag == "f":
            self._formula = self._collecting = True
        elif tag == "rPh":
            self._readings = True
        elif tag == "mergeCell":
            self._merged(given.get("ref", ""))

    def _end(self, name: str) -> None:
        tag = local(name) if ":" in name else name
        if tag == "c":
            self._end_cell()
        elif tag in {"v", "t", "f"}:
            self._collecting = False
        elif tag == "row":
            self._end_row()
        elif tag == "rPh":
            self._readings = False

    def _said(self, piece: str) -> None:
        if self._collecting:
            self._text.add(piece)

    def _begin_row(self, number: str | None) -> None:
        self.row = self.row + 1 if number is None else _whole(number)
        if not 0 < self.row <= ROW_MOST:
            raise Unreadable("damaged")
        self._column = -1

    def _begin_cell(self, given: dict[str, str]) -> None:
        place = given.get("r")
        self._column = self._column + 1 if place is None else _index(place.rstrip(_DIGITS))
        self._kind, self._style = given.get("t"), given.get("s")
        self._text.clear()
        self._formula = False

    def _end_cell(self) -> None:
        cell = self._cell()
        if cell is None:
            return
        if self._column >= COLUMNS_MOST:
            raise Unreadable("too_many_columns", sheet=self._sheet, row=self.row, letter=letter_of(self._column))
        missing = self._column + 1 - len(self._cells)
        if missing > 0:
            self._cells.extend([None] * missing)
        self._cells[self._column] = cell

    def _end_row(self) -> None:
        if not self._cells:
            return
        self._rows += 1
        if self._rows > ROWS_MOST:
            raise Unreadable("too_many_rows")
        self.ready.append(SheetRow(self._sheet, self.row, self._cells))
        self._cells = []

    def _cell(self) -> Cell:
        said = self._text.put_together()
        if self._formula:
            return Odd("formula", f"={said if isinstance(said, str) else said.shown}"[:SHOWN])
        if isinstance(said, Odd):
            return said
        match self._kind:
            case "s":
                return _content(self._shared(said))
            case None | "n":
                return self._number(said.strip())
            case _:
                return _typed(self._kind, said)

    def _shared(self, number: str) -> str | Odd:
        if not number.strip():
            return ""
        try:
            return self._book.texts[_whole(number)]
        except IndexError:
            raise Unreadable("damaged") from None

    def _number(self, number: str) -> Cell:
        if not number:
            return None
        dated = self._book.dated
        style = _whole(self._style) if self._style else 0
        if style < len(dated) and dated[style]:
            return moment(number, since_1904=self._book.since_1904)
        return Figure(number[:SHOWN])

    def _merged(self, area: str) -> None:
        first, _, last = area.partition(":")
        rows = [_whole(end.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ$")) for end in (first, last or first)]
        self.ready.append(Merged(self._sheet, area[:SHOWN], rows[0], rows[1]))


def moment(number: str, *, since_1904: bool) -> Cell:
    """What the serial *number* of a day means: 1 is 1900-01-01, or 1904-01-02 in workbooks that count from 1904."""
    try:
        serial = float(number)
    except ValueError:
        return Figure(number[:SHOWN])
    if since_1904:
        epoch = _EPOCH_1904
        possible = 0 <= serial < _LAST - (_EPOCH_1904 - _EPOCH).days
    else:
        # Before the leap day of 1900 that never was, numbers run one day behind.
        epoch = _EPOCH if serial > _LEAP_1900 else _EPOCH + timedelta(days=1)
        possible = _FIRST <= serial < _LAST and not _LEAP_1900 <= serial < _LEAP_1900 + 1
    if not possible:
        return Odd("impossible_date", number[:SHOWN])
    seconds = round(serial * 86_400)
    return Moment(epoch + timedelta(seconds=seconds), timed=seconds % 86_400 != 0)


def _typed(kind: str, said: str) -> Cell:
    match kind:
        case "b":
            return Odd("boolean", "TRUE" if said.strip() == "1" else "FALSE")
        case "e":
            return Odd("error", said[:SHOWN])
        case _:
            return _content(said)


def _content(said: str | Odd) -> str | Odd | None:
    return None if isinstance(said, str) and not said.strip() else said


def _index(letters: str) -> int:
    """The index of a column by its letters: A is 0."""
    known = _LETTERS.get(letters)
    if known is not None:
        return known
    if not 0 < len(letters) <= _LETTERS_MOST or not (letters.isascii() and letters.isupper() and letters.isalpha()):
        raise Unreadable("damaged")
    index = 0
    for letter in letters:
        index = index * _ALPHABET + ord(letter) - ord("A") + 1
    _LETTERS[letters] = index - 1
    return index - 1


def _whole(number: str) -> int:
    """A number of at most ten digits.

    Raises:
        Unreadable: It is none.
    """
    digits = number.strip()
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= len(_DIGITS)):
        raise Unreadable("damaged")
    return int(digits)
