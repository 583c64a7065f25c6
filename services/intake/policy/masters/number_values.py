"""Cells as numbers: counts, areas, money; exact, never binary fractions."""

import re
from decimal import Decimal

from services.intake.policy.masters.cells import Cell, Figure, Moment
from services.intake.policy.masters.columns import Column
from services.intake.policy.masters.text_values import exact, text_of
from services.intake.policy.masters.wrongs import Wrong
from shared.organisation.records import Named

COUNT_MOST = 100_000
AREA_MOST = Decimal(1_000_000)
MONEY_MOST = Decimal("99999999.99")
AREA_DECIMALS, MONEY_DECIMALS = 3, 2

_PLAIN = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,12})?")
_GROUPED = re.compile(r"-?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]{1,12})?")
_MONEY_MARKS = re.compile(r"^(?:RMB|CNY|[¥￥$€£])\s*|\s*(?:元|圆)$")
_AREA_MARKS = re.compile(r"\s*(?:㎡|m²|m2|平方米|平米|平)$", re.IGNORECASE)


def count_of(cell: Cell, column: Column) -> int:
    """The cell as a whole number of at least one.

    Raises:
        Wrong: It is none, or out of all proportion.
    """
    number = _number(cell, column, None)
    if number != number.to_integral_value() or not 1 <= number <= COUNT_MOST:
        wrong = Named(f"应为 1 至 {COUNT_MOST} 的整数", f"Not a whole number from 1 to {COUNT_MOST:,}")
        raise Wrong("no_count", wrong, column.hint)
    return int(number)


def area_of(cell: Cell, column: Column) -> Decimal:
    """The cell as square metres, above zero.

    Raises:
        Wrong: It is none.
    """
    number = _number(cell, column, _AREA_MARKS)
    if not 0 < number < AREA_MOST:
        raise Wrong("area_range", _NOT_POSITIVE, column.hint)
    _few_decimals(number, AREA_DECIMALS, column)
    return number


def money_of(cell: Cell, column: Column) -> Decimal:
    """The cell as an amount above zero with two decimals at most.

    Raises:
        Wrong: It is none.
    """
    number = _number(cell, column, _MONEY_MARKS)
    if not 0 < number <= MONEY_MOST:
        wrong = _NOT_POSITIVE if number <= 0 else Named("金额太大", "The amount is too large")
        raise Wrong("money_range", wrong, column.hint)
    _few_decimals(number, MONEY_DECIMALS, column)
    return number.quantize(Decimal("0.01"))


def _number(cell: Cell, column: Column, marks: re.Pattern[str] | None) -> Decimal:
    if isinstance(cell, Figure):
        return exact(cell.text)
    if isinstance(cell, Moment):
        raise Wrong("became_date", _DATE_WRONG, _DATE_RIGHT)
    said = text_of(cell, column)
    bare = marks.sub("", said) if marks else said
    if _PLAIN.fullmatch(bare):
        return Decimal(bare)
    if _GROUPED.fullmatch(bare):
        return Decimal(bare.replace(",", ""))
    raise Wrong("no_number", Named("不是数字", "Not a number"), column.hint)


def _few_decimals(number: Decimal, most: int, column: Column) -> None:
    exponent = number.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > most:
        wrong = Named(f"小数最多 {most} 位", f"{most} decimals at most")
        raise Wrong("decimals", wrong, column.hint)


_NOT_POSITIVE = Named("应大于零", "Not above zero")
_DATE_WRONG = Named("表格软件把数字变成了日期", "The spreadsheet turned the number into a date")
_DATE_RIGHT = Named("把该列设为“常规”格式后重新填写", "Format the column as General and type the number again")
