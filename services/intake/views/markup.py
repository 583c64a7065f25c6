"""The XML inside a workbook, read as it streams by; what it declares of its own is refused."""

from collections.abc import Iterator
from xml.parsers import expat
from zipfile import ZipFile

from services.intake.views.archive import pieces
from services.intake.views.refusals import Unreadable

SMALL_MOST = 32 << 20
"""Bytes of a part of which every element is kept for a moment."""

Element = tuple[str, str, dict[str, str]]
"""(local name of the parent, local name, attributes by local name)."""


def new_parser() -> expat.XMLParserType:
    """A parser that refuses a DTD, and with it every entity."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    return parser


def fed(archive: ZipFile, part: str, parser: expat.XMLParserType) -> Iterator[None]:
    """Feed *part* into *parser*, pausing after each piece.

    Raises:
        Unreadable: The part is missing or no XML.
    """
    try:
        for piece in pieces(archive, part):
            parser.Parse(piece, False)
            yield
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError, ValueError) as damage:
        # An encoding that nobody knows, or one of several bytes, is a LookupError or ValueError to the parser.
        raise Unreadable("damaged") from damage
    yield


def elements(archive: ZipFile, part: str) -> list[Element]:
    """Every element of a small part, in order.

    Raises:
        Unreadable: It is missing, no XML, or not small.
    """
    if part in archive.NameToInfo and archive.getinfo(part).file_size > SMALL_MOST:
        raise Unreadable("zip_bomb")
    found: list[Element] = []
    path = [""]

    def start(name: str, attributes: dict[str, str]) -> None:
        parent, tag = path[-1], local(name)
        path.append(tag)
        found.append((parent, tag, {local(key): value for key, value in attributes.items()}))

    def end(_: str) -> None:
        path.pop()

    parser = new_parser()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    for _ in fed(archive, part, parser):
        pass
    return found


def local(name: str) -> str:
    """A name without its prefix."""
    return name.rpartition(":")[2]


def _refuse(*_: object) -> None:
    raise Unreadable("declares_entities")
