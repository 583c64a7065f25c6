"""What a workbook says of itself: its sheets, its dates, its shared texts."""

import posixpath
import re
from dataclasses import dataclass
from zipfile import ZipFile

from services.intake.views.markup import Element, elements
from services.intake.views.refusals import Unreadable
from services.intake.views.shared_texts import SHOWN, Text, shared_texts

SHEETS_MOST = 100
Relations = dict[str, tuple[str, str]]
"""By id, the kind of a relation and the part it leads to."""

_SHEET_KINDS = frozenset({"worksheet", "chartsheet", "dialogsheet", "macrosheet"})
_ROOT, _TYPES = "_rels/.rels", "[Content_Types].xml"
_CALENDAR = re.compile("[ymdhs]", re.IGNORECASE)
_NOT_CODE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)
_BUILT_IN = frozenset({*range(14, 23), *range(27, 37), 45, 46, 47, *range(50, 59)})
"""Numbers of the formats of dates and times that every spreadsheet brings along."""


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A sheet of a workbook and the part that holds it."""

    name: str
    part: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class Workbook:
    """What a workbook says of itself.

    Attributes:
        dated: By style: whether numbers of this style are dates or times.
        since_1904: Days are counted from 1904-01-01.
    """

    sheets: tuple[SheetPart, ...]
    texts: list[Text]
    dated: tuple[bool, ...]
    since_1904: bool


def workbook(archive: ZipFile) -> Workbook:
    """Read what *archive* says of itself.

    Raises:
        Unreadable: It is no workbook, has macros, or is damaged.
    """
    _check_type(archive)
    main = _first(_relations(archive, _ROOT, ""), "officeDocument")
    if main is None:
        raise Unreadable("not_a_sheet")
    said = elements(archive, main)
    base = posixpath.dirname(main)
    led = _relations(archive, posixpath.join(base, "_rels", f"{posixpath.basename(main)}.rels"), base)
    texts, styles = _first(led, "sharedStrings"), _first(led, "styles")
    return Workbook(
        _sheets(said, led),
        [] if texts is None else shared_texts(archive, texts),
        () if styles is None else _dated(archive, styles),
        any(tag == "workbookPr" and given.get("date1904") in {"1", "true"} for _, tag, given in said),
    )


def _check_type(archive: ZipFile) -> None:
    if _TYPES not in archive.NameToInfo:
        raise Unreadable("not_a_sheet")
    types = " ".join(given.get("ContentType", "") for _, _, given in elements(archive, _TYPES))
    if "macroEnabled" in types or "vbaProject" in types:
        raise Unreadable("macros")
    if "sheet.binary" in types:
        raise Unreadable("binary_excel")
    if "spreadsheetml" not in types:
        raise Unreadable("not_a_sheet")


def _relations(archive: ZipFile, part: str, base: str) -> Relations:
    """The parts that *part* leads to."""
    return {
        given.get("Id", ""): (
            posixpath.basename(given.get("Type", "")),
            posixpath.normpath(posixpath.join("/", base, given.get("Target", ""))).lstrip("/"),
        )
        for _, tag, given in elements(archive, part)
        if tag == "Relationship"
    }


def _first(led: Relations, kind: str) -> str | None:
    return next((target for found, target in led.values() if found == kind), None)


def _sheets(said: list[Element], led: Relations) -> tuple[SheetPart, ...]:
    """The sheets with cells; charts and dialogues that fill a sheet of their own hold none."""
    named = [given for parent, tag, given in said if (parent, tag) == ("sheets", "sheet")]
    if len(named) > SHEETS_MOST:
        raise Unreadable("too_many_parts")
    found = [(given, *led.get(given.get("id", ""), ("", ""))) for given in named]
    if any(kind not in _SHEET_KINDS for _, kind, _ in found):
        raise Unreadable("damaged")
    return tuple(
        SheetPart(given.get("name", "")[:SHOWN], part, given.get("state", "visible") != "visible")
        for given, kind, part in found
        if kind == "worksheet"
    )


def _dated(archive: ZipFile, part: str) -> tuple[bool, ...]:
    """By style, whether its numbers are dates."""
    said = elements(archive, part)
    codes = {given.get("numFmtId"): given.get("formatCode", "") for _, tag, given in said if tag == "numFmt"}
    own = {number for number, code in codes.items() if _CALENDAR.search(_NOT_CODE.sub("", code))}
    dates = own | {str(number) for number in _BUILT_IN if str(number) not in codes}
    return tuple(given.get("numFmtId") in dates for parent, tag, given in said if (parent, tag) == ("cellXfs", "xf"))
