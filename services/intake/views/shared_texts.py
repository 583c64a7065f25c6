"""The texts of a workbook, which its cells refer to by number."""

import re
from zipfile import ZipFile

from services.intake.policy.masters.cells import Odd
from services.intake.views.markup import fed, local, new_parser
from services.intake.views.refusals import Unreadable

SHOWN = 60
TEXT_MOST = 32_767
"""Characters a cell holds; a longer one was not written by a spreadsheet."""
TEXTS_MOST, TEXTS_SIZE = 3_000_000, 256 << 20
"""Texts of a workbook, and the bytes they may take: they are held while it is read."""
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")

Text = str | Odd


class Pieces:
    """The text of a cell as it comes in, no more of it kept than a cell may hold."""

    __slots__ = ("_length", "_pieces")

    def __init__(self) -> None:
        """Nothing came yet."""
        self._pieces: list[str] = []
        self._length = 0

    def clear(self) -> None:
        """Begin anew."""
        if self._pieces:
            self._pieces = []
            self._length = 0

    def add(self, piece: str) -> None:
        """Keep *piece*, unless the cell is too long already."""
        if self._length <= TEXT_MOST:
            self._pieces.append(piece)
            self._length += len(piece)

    def put_together(self) -> Text:
        """The text; what spreadsheets write as ``_x000D_`` becomes the character again."""
        said = self._pieces[0] if len(self._pieces) == 1 else "".join(self._pieces)
        if self._length > TEXT_MOST:
            return Odd("too_long", said[:SHOWN])
        return _ESCAPE.sub(_unescaped, said) if "_x" in said else said


def _unescaped(found: re.Match[str]) -> str:
    return chr(int(found[1], 16))


class _Reading:
    """Takes the events of a parser; the readings that stand above Japanese texts are left out."""

    def __init__(self) -> None:
        self.found: list[Text] = []
        self._text = Pieces()
        self._inside = {"t": False, "rPh": False}
        self.parser = new_parser()
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._start, self._end
        self.parser.CharacterDataHandler = self._said

    def _start(self, name: str, _: dict[str, str]) -> None:
        tag = local(name)
        if tag == "si":
            self._text.clear()
        elif tag in self._inside:
            self._inside[tag] = True

    def _end(self, name: str) -> None:
        tag = local(name)
        if tag == "si":
            self.found.append(self._text.put_together())
        elif tag in self._inside:
            self._inside[tag] = False

    def _said(self, piece: str) -> None:
        if self._inside["t"] and not self._inside["rPh"]:
            self._text.add(piece)


def shared_texts(archive: ZipFile, part: str) -> list[Text]:
    """The texts of *part* by number.

    Raises:
        Unreadable: Damaged, or too much to be held.
    """
    if part in archive.NameToInfo and archive.getinfo(part).file_size > TEXTS_SIZE:
        raise Unreadable("zip_bomb")
    reading = _Reading()
    for _ in fed(archive, part, reading.parser):
        if len(reading.found) > TEXTS_MOST:
            raise Unreadable("too_many_rows")
    return reading.found
