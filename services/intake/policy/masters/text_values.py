"""Cells as text: ids, lines and prose."""

import re
import unicodedata
from decimal import Decimal, InvalidOperation

from services.intake.policy.masters.cells import Cell, Figure, Moment, Odd, shown
from services.intake.policy.masters.columns import Column
from services.intake.policy.masters.phones import digits_lost
from services.intake.policy.masters.wrongs import Wrong
from shared.organisation.records import Named

DIGITS_KEPT = 15
"""Digits a spreadsheet keeps of a number; further ones become zero."""

_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
# Copied along with numbers from address books; they say nothing and nobody could find them to delete them.
_SILENT = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_NEW_LINE = re.compile("\r\n?")
_SPACES = re.compile(r"\s+")
_LATIN = re.compile("[A-Za-z]")
_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_DATE_LIKE = re.compile(
    rf"[0-9]{{1,2}}月[0-9]{{1,2}}日|[0-9]{{4}}/[0-9]{{1,2}}/[0-9]{{1,2}}|[0-9]{{1,2}}-(?:{_MONTHS})|(?:{_MONTHS})-[0-9]{{2,4}}"
)
_POWER = re.compile(r"[0-9](?:\.[0-9]+)?E\+[0-9]+")

ODD: dict[str, tuple[Named, Named]] = {
    "formula": (
        Named("这里是公式；公式不会被计算", "A formula; formulas are never computed"),
        Named("复制后用“选择性粘贴 → 数值”换成它的值", "Copy it and paste it back as a value"),
    ),
    "error": (
        Named("单元格是一个错误值", "The cell holds an error"),
        Named("填写正确的值或清空", "Put in the right value or clear it"),
    ),
    "boolean": (
        Named("这里是逻辑值（真/假）", "The cell holds true or false"),
        Named("填写文字或清空", "Write it as text or clear it"),
    ),
    "impossible_date": (
        Named("日历上没有这个日期", "No calendar has this date"),
        Named("填写正确的日期，如 2024-05-01", "Put in the right date, such as 2024-05-01"),
    ),
    "too_long": (
        Named("文字太长", "The text is too long"),
        Named("缩短它", "Shorten it"),
    ),
}
"""What a cell of no use is refused with, by its code."""


def refuse_odd(cell: Cell) -> None:
    """Refuse what no cell of master data may be.

    Raises:
        Wrong: A formula, an error, a truth value, a date no calendar has.
    """
    if isinstance(cell, Odd):
        raise Wrong(cell.code, *ODD[cell.code])


def text_of(cell: Cell, column: Column) -> str:
    """The cell as text, without the spaces around it.

    Raises:
        Wrong: Invisible characters, too long, a number that lost digits.
    """
    refuse_odd(cell)
    if isinstance(cell, Figure):
        return whole_digits(cell)
    said = shown(cell).strip()
    if not said.isascii():
        said = _SILENT.sub("", said).strip()
    if "\r" in said:
        said = _NEW_LINE.sub("\n", said)
    if found := _HIDDEN.search(said):
        raise _control(found.start() + 1)
    if len(said) > column.most:
        raise _too_long(len(said), column.most)
    return said


def line_of(cell: Cell, column: Column) -> str:
    """The cell as one line; spaces between Chinese characters, put there to align them, are dropped.

    Raises:
        Wrong: Also a date, because nobody knows what it was before the spreadsheet changed it.
    """
    if isinstance(cell, Moment):
        raise _became_date()
    said = text_of(cell, column)
    if "\n" in said or "\t" in said:
        raise Wrong("several_lines", _LINES_WRONG, _LINES_RIGHT)
    if _SPACES.search(said):
        said = _SPACES.sub(" " if _LATIN.search(said) else "", said)
    return said


def id_of(cell: Cell, column: Column) -> str:
    """The cell as an id, of one width and without spaces.

    Raises:
        Wrong: Also what looks like a date or a power of ten: a room that was one before the spreadsheet changed it.
    """
    said = line_of(cell, column)
    if not said.isascii():
        said = unicodedata.normalize("NFKC", said)
    if _DATE_LIKE.fullmatch(said):
        raise _became_date()
    if _POWER.fullmatch(said):
        raise digits_lost()
    return said.replace(" ", "")


def whole_digits(figure: Figure) -> str:
    """The digits of a whole number that was kept as a number.

    Raises:
        Wrong: It has a fraction, or more digits than a spreadsheet keeps.
    """
    text = figure.text
    if text.isdecimal() and len(text) <= DIGITS_KEPT:
        return text
    number = exact(text)
    if number != number.to_integral_value():
        raise Wrong("fraction", _FRACTION_WRONG, _TEXT_RIGHT)
    said = format(number, "f").partition(".")[0]
    if len(said) > DIGITS_KEPT or _shortened(text, len(said)):
        raise digits_lost()
    return said


def exact(text: str) -> Decimal:
    """The number *text* spells, to the 15 digits a spreadsheet keeps.

    Raises:
        Wrong: It is no finite number.
    """
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise Wrong("no_number", _NO_NUMBER_WRONG, _NO_NUMBER_RIGHT) from None
    # Far exponents are refused before anything writes them out as digits.
    if not number.is_finite() or abs(number.adjusted()) > 2 * DIGITS_KEPT:
        raise Wrong("no_number", _NO_NUMBER_WRONG, _NO_NUMBER_RIGHT)
    digits = len(number.as_tuple().digits)
    return number if digits <= DIGITS_KEPT else Decimal(format(float(number), f".{DIGITS_KEPT}g"))


def _shortened(text: str, digits: int) -> bool:
    """Whether a power of ten says fewer digits than the number has: 1.38E10 says three of eleven."""
    mantissa, power, _ = text.upper().partition("E")
    said = len(mantissa.replace(".", "").strip("-0"))
    return bool(power) and digits > _KNOWN_ZEROS + said


_KNOWN_ZEROS = 3


def _control(place: int) -> Wrong:
    wrong = Named(f"第 {place} 个字符不可见", f"Character {place} is invisible")
    return Wrong("control_character", wrong, Named("删去后重新输入", "Delete it and type the text again"))


def _too_long(length: int, most: int) -> Wrong:
    wrong = Named(f"有 {length} 个字，最多 {most} 个", f"{length} characters; {most} at most")
    return Wrong("too_long", wrong, Named("缩短，其余写入备注", "Shorten it and put the rest into the note"))


def _became_date() -> Wrong:
    return Wrong("became_date", _DATE_WRONG, _TEXT_RIGHT)


_DATE_WRONG = Named(
    "表格软件把它变成了日期，原来的写法已丢失", "The spreadsheet turned it into a date; what was typed is lost"
)
_TEXT_RIGHT = Named("把该列设为“文本”格式后重新填写", "Format the column as text and type it again")
_LINES_WRONG = Named("这里只能写一行", "One line only")
_LINES_RIGHT = Named("去掉换行和制表符", "Remove line breaks and tabs")
_FRACTION_WRONG = Named("这是一个小数；末尾的零可能已丢失", "A number with a fraction; zeros at its end may be lost")
_NO_NUMBER_WRONG = Named("不是数字", "Not a number")
_NO_NUMBER_RIGHT = Named("只写数字，如 12.5", "Digits only, such as 12.5")
