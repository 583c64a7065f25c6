"""What a workbook says of itself: its sheets, its dates, its shared texts."""

import posixpath
import re
from dataclasses import dataclass
from zipfile import ZipFile

from services.intake.views.markup import Element, elements
from services.intake.views.refusals import Unreadable
from services.intake.views.shared_texts import SHOWN, Text, shared_texts

SHEETS_MOST = 100
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
    main = next(iter(_targets(archive, _ROOT, "", "officeDocument").values()), None)
    if main is None:
        raise Unreadable("not_a_sheet")
    said = elements(archive, main)
    related = posixpath.join(posixpath.dirname(main), "_rels", posixpath.basename(main) + ".rels")
    base = posixpath.dirname(main)
    texts = next(iter(_targets(archive, related, base, "sharedStrings").values()), None)
    styles = next(iter(_targets(archive, related, base, "styles").values()), None)
    return Workbook(
        _sheets(said, _targets(archive, related, base, "worksheet")),
        shared_texts(archive, texts) if texts in archive.NameToInfo else [],
        _dated(archive, styles) if styles in archive.NameToInfo else (),
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


def _targets(archive: ZipFile, part: str, base: str, kind: str) -> dict[str, str]:
    """The parts of one kind that *part* leads to, by the id of the relation."""
    if part not in archive.NameToInfo:
        return {}
    return {
        given.get("Id", ""): posixpath.normpath(posixpath.join("/", base, given.get("Target", ""))).lstrip("/")
        for _, tag, given in elements(archive, part)
        if tag == "Relationship" and given.get("Type", "").endswith(f"/{kind}")
    }


def _sheets(said: list[Element], parts: dict[str, str]) -> tuple[SheetPart, ...]:
    found = tuple(
        SheetPart(given.get("name", "")[:SHOWN], parts[given["id"]], given.get("state", "visible") != "visible")
        for parent, tag, given in said
        if (parent, tag) == ("sheets", "sheet") and given.get("id") in parts
    )
    if len(found) > SHEETS_MOST:
        raise Unreadable("too_many_parts")
    return found


def _dated(archive: ZipFile, part: str) -> tuple[bool, ...]:
    """By style, whether its numbers are dates."""
    said = elements(archive, part)
    codes = {given.get("numFmtId"): given.get("formatCode", "") for _, tag, given in said if tag == "numFmt"}
    own = {number for number, code in codes.items() if _CALENDAR.search(_NOT_CODE.sub("", code))}
    dates = own | {str(number) for number in _BUILT_IN if str(number) not in codes}
    return tuple(given.get("numFmtId") in dates for parent, tag, given in said if (parent, tag) == ("cellXfs", "xf"))
