"""What the cells of one row mean together."""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Any

from services.intake.policy.masters.known import CaseChoice, Choices
from services.intake.policy.masters.phones import dialled
from services.intake.policy.masters.records import CATEGORY, RECORDS, Kind, Place, Record
from services.intake.policy.masters.word_values import Words
from services.intake.policy.masters.wrongs import Wrong
from shared.organisation.records import Named
from shared.timekeeping.calendar import local_date

Values = dict[str, Any]
Faults = Iterator[tuple[str, Wrong]]
"""What is wrong, each with the id of its column."""


def record_of(kind: Kind, at: Place, values: Values) -> Record:
    """The record of a row in which nothing is wrong."""
    if kind is Kind.RESIDENTS:
        values["numbered"] = "id" in values
        values.setdefault("id", f"{values['unit']}/{values['name']}")
    return RECORDS[kind](at, **values)


def completed(kind: Kind, values: Values, choices: Choices, zone: str) -> Faults:
    """What is wrong between the cells of a row; what follows from several cells is filled in."""
    if phone := values.get("phone"):
        try:
            values["reach"] = dialled(phone)
        except Wrong as wrong:
            yield "phone", wrong
    match kind:
        case Kind.RESIDENTS:
            yield from _ordered(values, "moved_in", "moved_out", "搬离日期早于入住日期", "Moved out before moving in")
        case Kind.DEPOSITS:
            yield from _ordered(
                values, "received_on", "refunded_on", "退还日期早于收取日期", "Refunded before received"
            )
        case Kind.KEYS:
            yield from _loan(values, zone)
        case Kind.MATTERS:
            yield from _ordered(values, "received_at", "due_at", "期限早于受理时间", "Due before it was received")
            yield from _words_of_type(values, choices)


def _ordered(values: Values, first: str, second: str, zh: str, en: str) -> Faults:
    before, after = values.get(first), values.get(second)
    if before is not None and after is not None and after < before:
        yield second, Wrong("out_of_order", Named(zh, en), Named("改正其中一个", "Correct one of them"))


def _loan(values: Values, zone: str) -> Faults:
    lent = values.get("state") == "lent"
    for column in ("borrower", "lent_at"):
        if lent and column not in values:
            yield column, Wrong("loan_incomplete", _LOAN_INCOMPLETE, _LOAN_COMPLETE)
        if not lent and column in values:
            yield column, Wrong("loan_not_lent", _NOT_LENT, _LENT_OR_CLEAR)
    received, lent_at = values.get("received_on"), values.get("lent_at")
    if received is not None and lent_at is not None and _day(lent_at, zone) < received:
        yield "lent_at", Wrong("out_of_order", _LENT_EARLY, Named("改正其中一个", "Correct one of them"))


def _day(instant: Any, zone: str) -> date:
    return local_date(instant, zone)


def _words_of_type(values: Values, choices: Choices) -> Faults:
    """Category and severity are words of their case type."""
    case_type = next((each for each in choices.case_types if each.id == values.get("case_type")), None)
    if case_type is None:
        return
    for column, words in _lists(case_type):
        if words is not None and column in values:
            try:
                values[column] = words.meant(values[column])
            except Wrong as wrong:
                yield column, wrong
    ids = {choice.id for choice in case_type.categories}
    if "category" not in values and ids and CATEGORY not in ids:
        yield "category", Wrong("missing", _CATEGORY_NEEDED, Words(case_type.categories).listed())


@lru_cache(maxsize=256)
def _lists(case_type: CaseChoice) -> tuple[tuple[str, Words | None], ...]:
    lists = ("category", case_type.categories), ("severity", case_type.severities)
    return tuple((column, Words(choices) if choices else None) for column, choices in lists)


_CATEGORY_NEEDED = Named("这种类型的事项必须有类别", "Matters of this type need a category")
_LOAN_INCOMPLETE = Named("借出的钥匙缺少这一项", "Missing for keys that are lent")
_LOAN_COMPLETE = Named("填写借用人和借出时间", "Say who borrowed them and when")
_NOT_LENT = Named("状态不是借出，却填了这一项", "Filled in though the keys are not lent")
_LENT_OR_CLEAR = Named("状态改为“借出”，或清空这一格", "Set the state to Lent, or clear the cell")
_LENT_EARLY = Named("借出时间早于收取日期", "Lent before it was received")
