"""Windows, measures and the cells of a register."""

from decimal import Decimal

import pytest

from services.reporting.policy.measures import percent_of, rate_of
from services.reporting.policy.windows import MonthNeeded, QuarterNeeded, Way, WeekNeeded, due_of, stretch_of
from services.reporting.store.columns import EXPRESSIONS
from services.reporting.views import words
from services.reporting.views.cells import Cells, Spoken, safe
from services.reporting.views.document import tallies
from services.reporting.views.figures import Figures, counts_of
from services.reporting.views.names import Names
from shared.organisation.records import Named
from shared.packs.loader import builtin, builtin_pack
from shared.rules.registers import Count, Field, Measure, Place, Window, WindowKind
from shared.web.wording import Voice
from tests.support.packs import SHANGHAI, local
from tests.support.reporting_builders import directory, site

CUTOFF_30 = Window(WindowKind.CUTOFF, 30)
WEEKLY = Window(WindowKind.CALENDAR_WEEK)
QUARTERLY = Window(WindowKind.CALENDAR_QUARTER)


@pytest.mark.parametrize(
    ("window", "month", "way", "start", "end"),
    [
        pytest.param(CUTOFF_30, "2025-04", Way.OWN, "2025-03-30 00:00", "2025-04-30 00:00", id="AS-008 own window"),
        pytest.param(CUTOFF_30, "2025-03", Way.CALENDAR, "2025-03-01 00:00", "2025-04-01 00:00", id="AS-008 calendar"),
        pytest.param(CUTOFF_30, "2025-02", Way.OWN, "2025-01-30 00:00", "2025-02-28 00:00", id="AS-007 short month"),
        pytest.param(
            Window(WindowKind.CUTOFF, 25), "2025-01", Way.OWN, "2024-12-25 00:00", "2025-01-25 00:00", id="R-71"
        ),
        pytest.param(
            Window(WindowKind.CALENDAR_MONTH),
            "2025-12",
            Way.OWN,
            "2025-12-01 00:00",
            "2026-01-01 00:00",
            id="R-27",
        ),
        pytest.param(WEEKLY, "2025-W10", Way.OWN, "2025-03-03 00:00", "2025-03-10 00:00", id="AS-030 R-25"),
        pytest.param(WEEKLY, "2026-W53", Way.OWN, "2026-12-28 00:00", "2027-01-04 00:00", id="a week of two years"),
        pytest.param(WEEKLY, "2025-03", Way.CALENDAR, "2025-03-01 00:00", "2025-04-01 00:00", id="R-25 by month"),
        pytest.param(QUARTERLY, "2025-Q1", Way.OWN, "2025-01-01 00:00", "2025-04-01 00:00", id="AS-217 K-23"),
        pytest.param(QUARTERLY, "2024-Q4", Way.OWN, "2024-10-01 00:00", "2025-01-01 00:00", id="K-23 year end"),
        pytest.param(QUARTERLY, "2024-02", Way.CALENDAR, "2024-02-01 00:00", "2024-03-01 00:00", id="K-23 by month"),
        pytest.param(Window(WindowKind.RUNNING), None, Way.OWN, None, None, id="R-24 never closes"),
        pytest.param(
            Window(WindowKind.RUNNING),
            "2025-12",
            Way.CALENDAR,
            "2025-12-01 00:00",
            "2026-01-01 00:00",
            id="R-24 one month of it",
        ),
    ],
)
def test_windows(window: Window, month: str | None, way: Way, start: str | None, end: str | None) -> None:
    stretch = stretch_of(window, month, way, SHANGHAI)
    assert (stretch.start, stretch.end) == (start and local(start), end and local(end))


@pytest.mark.parametrize("month", [None, "2025-13", "0001-01", "9999-12", "2025-1", "٢٠٢٥-01"])
def test_a_monthly_register_needs_a_month(month: str | None) -> None:
    with pytest.raises(MonthNeeded):
        stretch_of(CUTOFF_30, month, Way.OWN, SHANGHAI)


@pytest.mark.parametrize("week", [None, "2025-03", "2025-W53", "2025-W00", "2025-w10", "0000-W01", "9999-W53"])
def test_a_weekly_register_needs_a_week_of_that_year(week: str | None) -> None:
    with pytest.raises(WeekNeeded):
        stretch_of(WEEKLY, week, Way.OWN, SHANGHAI)


@pytest.mark.parametrize(
    "quarter", [None, "2025-03", "2025-Q0", "2025-Q5", "2025-q1", "0001-Q1", "9999-Q4", "2025-W10"]
)
def test_a_quarterly_register_needs_a_quarter(quarter: str | None) -> None:
    with pytest.raises(QuarterNeeded):
        stretch_of(QUARTERLY, quarter, Way.OWN, SHANGHAI)


@pytest.mark.parametrize(
    ("window", "month", "way", "due"),
    [
        pytest.param(CUTOFF_30, "2025-02", Way.OWN, "2025-03-01 00:00", id="AS-007 no 30th in February"),
        pytest.param(CUTOFF_30, "2024-02", Way.OWN, "2024-03-01 00:00", id="AS-007 a leap year"),
        pytest.param(CUTOFF_30, "2025-02", Way.CALENDAR, None, id="a calendar month is nobody's report"),
        pytest.param(Window(WindowKind.CALENDAR_MONTH), "2025-02", Way.OWN, None, id="the manual names no day"),
    ],
)
def test_when_a_register_is_due(window: Window, month: str, way: Way, due: str | None) -> None:
    assert due_of(window, month, way, SHANGHAI) == (due and local(due))


def measure(numerator: Count, denominator: Count, target: int | None = None) -> Measure:
    return Measure("K", Named("率", "rate"), numerator, denominator, "x", target)


@pytest.mark.parametrize(
    ("numerator", "denominator", "percent"),
    [
        pytest.param(24, 30, "80.0", id="AS-162 K-01"),
        pytest.param(27, 30, "90.0", id="AS-162 K-02"),
        pytest.param(1, 3, "33.3", id="one decimal"),
        pytest.param(1, 16, "6.3", id="half up, 6.25"),
        pytest.param(0, 5, "0.0", id="nothing of something"),
        pytest.param(0, 0, None, id="nothing of nothing is no share"),
        pytest.param(5, None, None, id="the site has not set the number"),
    ],
)
def test_percent(numerator: int, denominator: int | None, percent: str | None) -> None:
    assert percent_of(numerator, denominator) == (Decimal(percent) if percent else None)


@pytest.mark.parametrize(
    ("numerator", "denominator", "reached"),
    [(95, 100, True), (9496, 10000, False), (0, 0, None)],
    ids=["exactly", "a rounded percent does not pass", "nothing to judge"],
)
def test_a_target_is_judged_by_whole_numbers(
    numerator: int,
    denominator: int,
    reached: bool | None,  # noqa: FBT001
) -> None:
    counts = {Count.FOLLOWED_UP: numerator, Count.HANDLED: denominator}
    assert rate_of(measure(Count.FOLLOWED_UP, Count.HANDLED, 95), counts).reached is reached


def test_complaints_not_yet_judged_stay_out_and_are_shown() -> None:
    groups = [
        group("cleaning", "valid", 24),
        group("cleaning", "invalid", 6),
        group("security", "unjudged", 5),
    ]
    counts = counts_of(Figures(groups, 30, 27, 0), site("s000", "P000", occupied_units=350))
    rate = rate_of(measure(Count.VALID, Count.JUDGED), counts)
    assert (rate.numerator, rate.denominator, rate.pending) == (24, 30, 5)
    assert rate_of(measure(Count.RECEIVED, Count.OCCUPIED_UNITS), counts).percent == Decimal("10.0")


def test_what_was_withdrawn_before_anybody_judged_it_is_not_waited_for() -> None:
    groups = [group("cleaning", "valid", 3), group("security", "unjudged", 5) | {"undecided": 2}]
    counts = counts_of(Figures(groups, 0, 0, 0), site("s000", "P000"))
    rate = rate_of(measure(Count.VALID, Count.JUDGED), counts)
    assert (rate.numerator, rate.denominator, rate.pending, rate.undecided) == (3, 3, 3, 2)
    assert rate_of(measure(Count.VALID, Count.RECEIVED), counts).undecided is None


def group(category: str, validity: str, received: int) -> dict[str, object]:
    zeros = dict.fromkeys(("handled", "followed_up", "answers", "satisfied", "on_time", "undecided"), 0)
    return {"category": category, "validity": validity, "received": received, **zeros}


def test_as_070_every_category_stands_in_the_sums_and_foreign_ones_follow() -> None:
    categories = {c.id: c.name for c in builtin_pack("P000").case_types["complaint"].categories}
    found = tallies([group("cleaning", "valid", 2), group("Noise", "valid", 1)], "category", categories)
    assert [(tally.id, tally.count) for tally in found] == [
        ("security", 0),
        ("cleaning", 2),
        ("greening", 0),
        ("engineering_repair", 0),
        ("letters", 0),
        ("renovation", 0),
        ("staff_attitude", 0),
        ("other", 0),
        ("Noise", 1),
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_of_a_csv_is_never_a_formula(start: str) -> None:
    assert safe(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize("plain", ["", "王=小明", "3-2-501", "𠮷"])
def test_an_ordinary_cell_stays_as_it_is(plain: str) -> None:
    assert safe(plain) == plain


def test_every_column_a_pack_may_ask_for_can_be_filled() -> None:
    assert set(EXPRESSIONS) == set(Field)


def test_cells_speak_the_readers_language_and_keep_unknown_words() -> None:
    book, pack = directory(), builtin_pack("P000")
    register = pack.registers["R-01"]
    raw: dict[Field, str | None] = dict.fromkeys(Field)
    raw |= {Field.CATEGORY: "cleaning", Field.SATISFACTION: "satisfied", Field.HANDLED_BY: "p-li"}
    raw |= {Field.COMPLAINANT: "=x", Field.RECEIVED_BY: "somebody else"}
    batch = [tuple(raw[Field(column.field)] for column in register.columns)]
    cells = Cells(register, pack, Names(book, Voice("en"), site="s000", pack=pack))
    (row,) = cells.guarded(batch)
    shown = dict(zip((Field(column.field) for column in register.columns), row, strict=True))
    assert shown[Field.CATEGORY] == "Cleaning"
    assert shown[Field.SATISFACTION] == "Satisfied"
    assert (shown[Field.HANDLED_BY], shown[Field.RECEIVED_BY]) == ("李工", "somebody else")
    assert (shown[Field.COMPLAINANT], shown[Field.TIME]) == ("'=x", None)


def test_every_payer_of_a_manual_has_a_word() -> None:
    payers = {one.payer for pack in builtin() for kind in pack.case_types.values() for one in kind.money}
    assert payers == set(words.PAYER)


def test_a_ledger_says_who_paid() -> None:
    pack = builtin_pack("P003")
    spoken = Spoken(pack.registers["R-60"], pack, Names(directory(), Voice("zh"), site="s000", pack=pack))
    word = spoken.word_of(Place("money", "", "payer"))
    assert word is not None
    assert word("contractor") == "施工单位"


def test_a_register_of_several_kinds_names_the_words_of_each() -> None:
    pack = builtin_pack("P004")
    register = pack.registers["R-65"]
    cells = Cells(register, pack, Names(directory(), Voice("zh"), site="s000", pack=pack))
    raw: dict[Field, str | None] = dict.fromkeys(Field)
    rows = [raw | {Field.CATEGORY: word, Field.RECEIVED_BY: "system"} for word in ("in_home", "general")]
    batch = [tuple(row[Field(column.field)] for column in register.columns) for row in rows]
    at = [Field(column.field) for column in register.columns].index(Field.CATEGORY)
    repair, either = [row[at] for row in cells.guarded(batch)]
    assert repair == next(one.name.zh for one in pack.case_types["repair_request"].categories if one.id == "in_home")
    assert either == "一般咨询 / 合理化建议"
    assert "系统" in next(iter(cells.guarded(batch)))
