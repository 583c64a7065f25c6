"""Forms of a pack as blanks: kinds, words, and which of them are asked for."""

import pytest

from services.console.policy.blanks import Kind
from services.console.policy.forms import asked_in, blanks_of, given_in
from shared.organisation.records import Named
from shared.rules.conditions import Condition, Matter
from shared.rules.forms import Choice, FieldKind, FormField

NAME = Named("一项{x}", "an item {x}")
SHANGHAI = "Asia/Shanghai"
POLITE = FormField("polite", NAME, FieldKind.YES_NO)
WHY = FormField("why", NAME, FieldKind.TEXT, required=True, when=Condition(flags=("polite=no",)))


@pytest.mark.parametrize(
    ("kind", "blank"),
    [
        pytest.param(FieldKind.LINES, Kind.PROSE, id="several lines"),
        pytest.param(FieldKind.MONEY, Kind.MONEY, id="money"),
        pytest.param(FieldKind.DATE, Kind.DATE, id="a date"),
        pytest.param(FieldKind.INSTANT, Kind.INSTANT, id="an instant"),
        pytest.param(FieldKind.RATING, Kind.SCORE, id="stars"),
    ],
)
def test_every_kind_of_field_has_its_blank(kind: FieldKind, blank: Kind) -> None:
    (one,) = blanks_of([FormField("f", NAME, kind)], "zh")
    assert (one.name, one.kind, one.label) == ("form.f", blank, "一项{x}")


def test_choices_and_yes_or_no_are_in_the_readers_language() -> None:
    chosen = FormField("c", NAME, FieldKind.CHOICE, choices=(Choice("a", Named("甲", "A")),))
    assert [one.options for one in blanks_of([chosen, POLITE], "en")] == [(("a", "A"),), (("yes", "Yes"), ("no", "No"))]


def test_what_depends_on_something_is_not_insisted_on_by_the_browser() -> None:
    assert [one.depends for one in blanks_of([POLITE, WHY], "zh")] == [False, True]


def test_only_the_fields_of_the_form_are_taken_from_what_was_typed() -> None:
    typed = {"form.polite": ["yes", "no"], "site": ["s1"], "form.empty": []}
    assert given_in(typed) == {"polite": "no"}


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        pytest.param({}, {"polite"}, id="nothing filled in"),
        pytest.param({"polite": "no"}, {"polite", "why"}, id="the answer asks for more"),
        pytest.param({"polite": "yes", "why": "x"}, {"polite"}, id="the answer asks for less"),
        pytest.param({"polite": "perhaps"}, {"polite"}, id="what is wrong asks for nothing"),
    ],
)
def test_a_field_is_asked_for_once_what_it_depends_on_is_answered(given: dict[str, str], asked: set[str]) -> None:
    assert asked_in((POLITE, WHY), given, Matter("minor"), zone=SHANGHAI) == asked


def test_an_older_filling_of_the_same_form_asks_for_nothing() -> None:
    matter = Matter("minor", flags=frozenset({"polite=no"}))
    assert asked_in((POLITE, WHY), {"polite": "yes"}, matter, zone=SHANGHAI) == {"polite"}


def test_a_number_the_system_gives_is_no_blank() -> None:
    number = FormField("no", NAME, FieldKind.SERIAL, pattern="GS-{number}")
    assert blanks_of([number], "zh") == ()
