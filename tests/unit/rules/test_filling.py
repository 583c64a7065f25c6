"""What people type into forms, and what becomes of it."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.organisation.records import Named
from shared.rules.conditions import Condition, Matter
from shared.rules.filling import apart, fill, instant_of, marks, with_marks, without_words
from shared.rules.forms import Choice, FieldKind, FormField, Mark

ZONE = "Asia/Shanghai"
MATTER = Matter("minor")


def field(kind: FieldKind, id_: str = "f", **more: Any) -> FormField:
    return FormField(id_, Named("一项", "a field"), kind, **more)


WHO = field(
    FieldKind.CHOICE,
    "who",
    choices=(Choice("owner", Named("业主", "owner")), Choice("worker", Named("工人", "worker"))),
    refused={"worker": Named("请负责人本人来借", "the lead has to come in person")},
)


def one(kind: FieldKind, value: object, **more: Any) -> str:
    """The canonical text, or the machine word of the only fault."""
    filled = fill((field(kind, **more),), {"f": value}, matter=MATTER, zone=ZONE)
    assert (len(filled.faults), len(filled.values)) in ((0, 1), (1, 0))
    return filled.faults[0].rule if filled.faults else filled.values["f"]


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (FieldKind.TEXT, "  门口漏水\r\n很大 ", "门口漏水\n很大"),
        (FieldKind.TEXT, 13800000000, "13800000000"),
        (FieldKind.TEXT, True, "not_text"),
        (FieldKind.TEXT, {"a": 1}, "not_text"),
        (FieldKind.TEXT, "a\x00b", "control_character"),
        (FieldKind.TEXT, "长" * 4001, "too_long"),
        (FieldKind.LINES, ["张三", " 李  四 ", ""], "张三\n李 四"),
        (FieldKind.LINES, "张三\n\n李四", "张三\n李四"),
        (FieldKind.LINES, ["x" * 201], "too_long"),
        (FieldKind.LINES, ["x"] * 501, "too_long"),
        (FieldKind.LINES, [["x"]], "not_text"),
        (FieldKind.COUNT, 4, "4"),
        (FieldKind.COUNT, "０4", "4"),
        (FieldKind.COUNT, 4.0, "4"),
        (FieldKind.COUNT, 4.5, "fraction"),
        (FieldKind.COUNT, "-1", "negative"),
        (FieldKind.COUNT, "four", "not_a_number"),
        (FieldKind.COUNT, True, "not_a_number"),
        (FieldKind.COUNT, 10**12, "too_large"),
        (FieldKind.RATING, 5, "5"),
        (FieldKind.RATING, 0, "too_small"),
        (FieldKind.RATING, 6, "too_large"),
        (FieldKind.MONEY, 1000, "1000.00"),
        (FieldKind.MONEY, "1000.5", "1000.50"),
        (FieldKind.MONEY, 0.1, "0.10"),
        (FieldKind.MONEY, Decimal("12.34"), "12.34"),
        (FieldKind.MONEY, "1.005", "decimals"),
        (FieldKind.MONEY, "10.100", "decimals"),
        (FieldKind.MONEY, "-0.01", "negative"),
        (FieldKind.MONEY, "-0", "0.00"),
        (FieldKind.MONEY, "NaN", "not_a_number"),
        (FieldKind.MONEY, "1e3", "not_a_number"),
        (FieldKind.MONEY, float("inf"), "not_a_number"),
        (FieldKind.MONEY, "100000000", "too_large"),
        (FieldKind.DATE, "2025-03-04", "2025-03-04"),
        (FieldKind.DATE, "2025-02-29", "not_a_date"),
        (FieldKind.DATE, "2025-03-04 10:00", "not_a_date"),
        (FieldKind.DATE, "0001-01-01", "not_a_date"),
        (FieldKind.INSTANT, "2025-03-04 10:00", "2025-03-04T10:00:00+08:00"),
        (FieldKind.INSTANT, "2025-03-04T02:00:00Z", "2025-03-04T10:00:00+08:00"),
        (FieldKind.INSTANT, datetime(2025, 3, 4, 2, tzinfo=UTC), "2025-03-04T10:00:00+08:00"),
        (FieldKind.INSTANT, "2025-03-04", "not_a_date"),
        (FieldKind.INSTANT, "2025-03-04 25:00", "no_such_time"),
        (FieldKind.YES_NO, True, "yes"),
        (FieldKind.YES_NO, "No", "no"),
        (FieldKind.YES_NO, "是", "yes"),
        (FieldKind.YES_NO, 1, "not_a_choice"),
        (FieldKind.YES_NO, "maybe", "not_a_choice"),
    ],
)
def test_a_value_becomes_canonical_text_or_a_fault(kind: FieldKind, value: object, expected: str) -> None:
    assert one(kind, value) == expected


def test_an_hour_that_a_change_of_clocks_leaves_out_is_no_time() -> None:
    form = (field(FieldKind.INSTANT),)
    filled = fill(form, {"f": "2025-03-30 02:30"}, matter=MATTER, zone="Europe/Berlin")

    assert [fault.rule for fault in filled.faults] == ["no_such_time"]


def test_bounds_of_the_pack_include_their_numbers() -> None:
    bounds = {"at_least": Decimal(500), "at_most": Decimal(600)}

    assert [one(FieldKind.MONEY, value, **bounds) for value in (499.99, 500, 600, 600.01)] == [
        "too_small",
        "500.00",
        "600.00",
        "too_large",
    ]


def test_every_fault_says_what_would_be_right_in_both_languages() -> None:
    filled = fill((WHO, field(FieldKind.COUNT, "n", required=True)), {"wo": "owner"}, matter=MATTER, zone=ZONE)

    assert [(fault.field, fault.rule) for fault in filled.faults] == [("n", "required"), ("wo", "unknown")]
    assert filled.faults[1].right == Named("是不是 who？", "did you mean who?")
    assert all(text for fault in filled.faults for one in (fault.wrong, fault.right) for text in (one.zh, one.en))


def test_a_refused_answer_gives_the_packs_own_sentence_and_the_answers_left() -> None:
    fault = fill((WHO,), {"who": "worker"}, matter=MATTER, zone=ZONE).faults[0]

    assert (fault.rule, fault.wrong.en) == ("refused", "the lead has to come in person")
    assert fault.right.en == "choose from owner (owner)"


GAS = field(FieldKind.YES_NO, "gas", required=True)
APPROVAL = field(FieldKind.TEXT, "approval", required=True, when=Condition(flags=("gas=yes",)))


@pytest.mark.parametrize(
    ("given", "faults"),
    [
        ({"gas": "no"}, []),
        ({"gas": "yes"}, [("approval", "required")]),
        ({"gas": "yes", "approval": "粤燃字 12"}, []),
        ({"gas": "no", "approval": "x"}, [("approval", "not_asked")]),
        ({"gas": "no", "approval": " "}, []),
        ({"gas": "?", "approval": "x"}, [("gas", "not_a_choice")]),
        ({}, [("gas", "required")]),
    ],
)
def test_a_condition_sees_the_fields_before_it(given: dict[str, object], faults: list[tuple[str, str]]) -> None:
    filled = fill((GAS, APPROVAL), given, matter=MATTER, zone=ZONE)

    assert [(fault.field, fault.rule) for fault in filled.faults] == faults


def test_what_an_earlier_filling_marked_does_not_count_and_an_import_may_leave_out() -> None:
    before = Matter("minor", flags=frozenset({"gas=yes", "works"}))

    assert fill((GAS, APPROVAL), {"gas": False}, matter=before, zone=ZONE).faults == ()
    assert fill((GAS, APPROVAL), {}, matter=MATTER, zone=ZONE, partial=True).faults == ()


LOSS = field(FieldKind.MONEY, "loss", marks=(Mark("serious", Decimal(500)), Mark("grave", Decimal(5000))))
SECRET = field(FieldKind.YES_NO, "ill", personal=True)


@pytest.mark.parametrize(("loss", "expected"), [("499.99", set()), ("500", {"loss=serious"}), ("5000", {"loss=grave"})])
def test_a_number_marks_from_its_threshold_on_and_only_the_greatest(loss: str, expected: set[str]) -> None:
    filled = fill((LOSS,), {"loss": loss}, matter=MATTER, zone=ZONE)

    assert marks((LOSS,), filled.values) == expected


def test_what_is_personal_stays_apart_and_marks_nothing() -> None:
    form = (GAS, SECRET)
    values = fill(form, {"gas": True, "ill": True}, matter=MATTER, zone=ZONE).values

    assert apart(form, values) == ({"gas": "yes"}, {"ill": "yes"})
    assert marks(form, values) == {"gas=yes"}


def test_a_new_mark_takes_the_place_of_the_older_one_of_its_word() -> None:
    flags = frozenset({"works", "gas=no", "inspect=fail"})

    assert with_marks(flags, {"gas=yes"}) == {"works", "gas=yes", "inspect=fail"}
    assert without_words(flags, ["gas", "works"]) == {"works", "inspect=fail"}


def test_a_date_begins_at_midnight_of_the_site_and_an_instant_at_itself() -> None:
    day, moment, number = field(FieldKind.DATE), field(FieldKind.INSTANT), field(FieldKind.COUNT)

    assert instant_of(day, "2025-03-04", ZONE) == datetime(2025, 3, 3, 16, tzinfo=UTC)
    assert instant_of(moment, "2025-03-04T10:00:00+08:00", ZONE) == datetime(2025, 3, 4, 2, tzinfo=UTC)
    with pytest.raises(ValueError, match="has no time"):
        instant_of(number, "4", ZONE)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.decimals() | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=5,
)


@given(kind=st.sampled_from(FieldKind), value=ANYTHING)
def test_nothing_anybody_types_breaks_a_form_and_canonical_text_reads_as_itself(kind: FieldKind, value: object) -> None:
    form = (field(kind, choices=(Choice("a", Named("甲", "A")),)),)
    filled = fill(form, {"f": value}, matter=MATTER, zone=ZONE)
    again = fill(form, dict(filled.values), matter=MATTER, zone=ZONE)

    assert not (filled.faults and filled.values)
    assert (again.values, again.faults) == (filled.values, ())


def test_a_form_too_large_for_a_message_is_refused_at_the_field_that_makes_it_so() -> None:
    form = tuple(field(FieldKind.LINES, id_, required=True) for id_ in ("a", "b", "c"))
    page = ["字" * 200] * 200
    filling = fill(form, {"a": page, "b": ["短"], "c": page}, matter=MATTER, zone=ZONE)
    assert [(fault.field, fault.rule) for fault in filling.faults] == [("c", "form_too_long")]
    assert set(filling.values) == {"a", "b"}
