"""Dates held against one another within a form, against earlier forms, and against the clock."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shared.organisation.records import Named
from shared.packs.loader import builtin_pack
from shared.rules.conditions import Matter
from shared.rules.dating import Floor, clock_floors, dates_kept, field_floors
from shared.rules.filling import Beside, fill
from shared.rules.forms import FieldKind, FormField

ZONE = "Asia/Shanghai"
MATTER = Matter("minor")
EVENING = datetime(2025, 3, 4, 17, 30, tzinfo=UTC)
"""Half past one in the night of the 5th at the site."""


def dated(id_: str, kind: FieldKind, *floors: str) -> FormField:
    return FormField(id_, Named(f"甲{id_}", f"the {id_}"), kind, not_before=floors)


def rules_of(form: tuple[FormField, ...], given: dict[str, object], beside: Beside | None = None) -> list[str]:
    filling = fill(form, given, matter=MATTER, zone=ZONE, beside=beside or Beside())
    return [f"{fault.field} {fault.rule}" for fault in filling.faults]


@pytest.mark.parametrize(
    ("kinds", "values", "faults"),
    [
        (("instant", "instant"), ("2025-03-04 18:00", "2025-03-04 17:59"), ["to too_early"]),
        (("instant", "instant"), ("2025-03-04 18:00", "2025-03-04 18:00"), []),
        (("instant", "instant"), ("2025-03-04T18:00:00+08:00", "2025-03-04T10:00:00Z"), []),
        (("instant", "instant"), ("2025-03-04T18:00:00+08:00", "2025-03-04T09:59:59Z"), ["to too_early"]),
        (("date", "date"), ("2025-03-04", "2025-03-03"), ["to too_early"]),
        (("date", "date"), ("2025-03-04", "2025-03-04"), []),
        (("date", "instant"), ("2025-03-04", "2025-03-04 00:00"), []),
        (("date", "instant"), ("2025-03-04", "2025-03-03 23:59"), ["to too_early"]),
        (("instant", "date"), ("2025-03-04 23:59", "2025-03-04"), []),
        (("instant", "date"), ("2025-03-04T17:30:00Z", "2025-03-04"), ["to too_early"]),
        (("date", "date"), ("", "2025-03-03"), []),
        (("date", "date"), ("2025-13-04", "2025-03-03"), ["from not_a_date"]),
    ],
)
def test_an_end_does_not_lie_before_its_beginning(
    kinds: tuple[str, str], values: tuple[str, str], faults: list[str]
) -> None:
    form = (dated("from", FieldKind(kinds[0])), dated("to", FieldKind(kinds[1]), "from"))

    assert rules_of(form, dict(zip(("from", "to"), values, strict=True))) == faults


def test_the_refusal_names_both_fields_and_what_would_be_right_in_both_languages() -> None:
    form = (dated("from", FieldKind.INSTANT), dated("to", FieldKind.INSTANT, "from"))
    given = {"from": "2025-03-04 18:00", "to": "2025-03-04 17:00"}

    fault = fill(form, given, matter=MATTER, zone=ZONE).faults[0]

    assert fault.wrong == Named(
        "“甲to”不得早于“甲from”（2025-03-04 18:00）", '"the to" must not lie before "the from" (2025-03-04 18:00)'
    )
    assert "2025-03-04 18:00" in fault.right.zh
    assert "2025-03-04 18:00" in fault.right.en


def test_a_date_is_held_against_the_local_day_on_which_the_case_was_received() -> None:
    beside = Beside(clock_floors(received_at=EVENING, now=None))
    form = (dated("until", FieldKind.DATE, "received"),)

    assert rules_of(form, {"until": "2025-03-04"}, beside) == ["until too_early"]
    assert rules_of(form, {"until": "2025-03-05"}, beside) == []
    assert rules_of(form, {"until": "2025-03-04"}) == []  # nobody knows when it was received


def test_every_floor_counts() -> None:
    beside = Beside(clock_floors(received_at=EVENING, now=EVENING))
    form = (dated("from", FieldKind.DATE), dated("until", FieldKind.DATE, "from", "now"))

    assert rules_of(form, {"from": "2025-03-10", "until": "2025-03-09"}, beside) == ["until too_early"]
    assert rules_of(form, {"from": "2025-03-01", "until": "2025-03-04"}, beside) == ["until too_early"]
    assert rules_of(form, {"from": "2025-03-01", "until": "2025-03-05"}, beside) == []


def test_a_field_of_an_earlier_form_holds_until_its_own_form_is_filled_in_again() -> None:
    beside = Beside({"from": Floor(Named("起", "from"), "2025-03-10")})
    form = (dated("from", FieldKind.DATE), dated("until", FieldKind.DATE, "from"))

    assert rules_of(form[1:], {"until": "2025-03-09"}, beside) == ["until too_early"]
    assert rules_of(form, {"from": "2025-03-01", "until": "2025-03-09"}, beside) == []
    assert rules_of(form, {"until": "2025-03-09"}, beside) == []


def test_a_case_keeps_the_dates_that_later_forms_ask_about_and_no_others() -> None:
    kind = builtin_pack("P001/3").case_types["complaint"]
    form = (dated("lent_on", FieldKind.DATE), dated("back_on", FieldKind.DATE, "lent_on"), dated("x", FieldKind.DATE))
    kind = replace(kind, form=form)

    kept = dates_kept(kind, {}, {"lent_on": "2025-03-04", "x": "2025-03-05"})

    assert kept == {"lent_on": "2025-03-04"}
    assert dates_kept(kind, kept, {"x": "2025-03-06"}) is kept
    assert field_floors(kind, kept | {"gone": "2025-01-01"}) == {
        "lent_on": Floor(Named("甲lent_on", "the lent_on"), "2025-03-04")
    }
