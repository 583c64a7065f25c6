"""From what was typed to the body of a command, and from its refusal back to the form."""

from typing import Any

import pytest

from services.console.policy.acts import ACTS, follow_up_rights, offered
from services.console.policy.blanks import Blank, Kind, body_of, by_blank
from services.console.policy.desk_forms import LOG
from shared.web.wording import Voice

SHANGHAI = "Asia/Shanghai"


@pytest.mark.parametrize(
    ("kind", "typed", "body"),
    [
        pytest.param(Kind.LINE, ["1-101"], {"x": "1-101"}, id="a line"),
        pytest.param(Kind.LINE, ["  "], {}, id="left empty, left out"),
        pytest.param(Kind.INSTANT, ["2025-03-04T10:00"], {"x": "2025-03-04T10:00:00+08:00"}, id="a local time"),
        pytest.param(Kind.INSTANT, ["2025-03-04T10:00Z"], {"x": "2025-03-04T10:00:00+00:00"}, id="a time with offset"),
        pytest.param(Kind.INSTANT, ["tomorrow"], {"x": "tomorrow"}, id="no time, for the service to judge"),
        pytest.param(Kind.SCORE, ["5"], {"x": 5}, id="a score"),
        pytest.param(Kind.SCORE, ["five"], {"x": "five"}, id="no score, for the service to judge"),
        pytest.param(Kind.CHECK, ["yes"], {"x": True}, id="ticked"),
        pytest.param(Kind.CHECK, [], {}, id="not ticked"),
        pytest.param(Kind.BOXES, ["a", "b"], {"x": ["a", "b"]}, id="two boxes"),
        pytest.param(Kind.BOXES, [], {}, id="no box"),
        pytest.param(Kind.PARTING, [""], {"x": None}, id="parted from its incident"),
        pytest.param(Kind.PARTING, ["case-1"], {"x": "case-1"}, id="joined to one"),
    ],
)
def test_a_blank_becomes_a_field(kind: Kind, typed: list[str], body: dict[str, Any]) -> None:
    assert body_of([Blank("x", kind, "x")], {"x": typed}, zone=SHANGHAI) == body


def test_a_dotted_blank_is_a_field_of_an_object() -> None:
    typed = {"caller.name": ["赵文"], "caller.phone": ["139"], "content": ["灯"]}
    assert body_of(LOG, typed, zone=SHANGHAI) == {"caller": {"name": "赵文", "phone": "139"}, "content": "灯"}


@pytest.mark.parametrize(
    ("field", "blank"),
    [
        pytest.param("/category", "category", id="a field"),
        pytest.param("/caller/phone", "caller.phone", id="a field of an object"),
        pytest.param("/criteria/0", "criteria", id="a place in a list"),
        pytest.param("/nothing", "", id="a field no blank shows"),
        pytest.param("/", "", id="the whole"),
    ],
)
def test_an_error_stands_at_its_blank(field: str, blank: str) -> None:
    assert by_blank([{"field": field, "detail": "坏", "hint": "好"}], LOG) == {blank: "坏；好"}


def test_every_error_of_one_blank_is_shown() -> None:
    errors = [{"field": "/content", "detail": "一"}, {"field": "/content", "detail": "二"}]
    assert by_blank(errors, LOG) == {"content": "一；二"}


@pytest.mark.parametrize(
    ("possible", "rights", "incident", "slugs"),
    [
        pytest.param({"dispatch": ["accept"]}, {"view", "work"}, False, ["accept"], id="possible and allowed"),
        pytest.param({"dispatch": ["accept"]}, {"view"}, False, [], id="possible, not allowed"),
        pytest.param({"intake": ["reopen"]}, {"desk"}, False, [], id="another service's word counts for nothing"),
        pytest.param({"escalation": ["request_extension"]}, {"work"}, False, ["request-extension"], id="more time"),
        pytest.param({"intake": ["link"]}, {"desk"}, False, ["link"], id="joins an incident"),
        pytest.param(
            {"intake": ["link"]}, {"desk"}, True, ["reply-all", "complete-all", "close-all"], id="is an incident itself"
        ),
    ],
)
def test_forms_are_offered_for_what_is_possible_and_allowed(
    possible: dict[str, list[str]], rights: set[str], *, incident: bool, slugs: list[str]
) -> None:
    assert [act.slug for act in offered(possible, rights=rights, incident=incident)] == slugs


@pytest.mark.parametrize(
    ("who", "assignee", "held", "shown"),
    [
        pytest.param(["assignee"], "p-1", [], True, id="the handler"),
        pytest.param(["assignee"], "p-2", ["engineering_dept"], False, id="somebody else handled it"),
        pytest.param(["assignee"], None, ["engineering_dept"], True, id="nobody assigned: the department"),
        pytest.param(["butler"], None, ["butler"], True, id="the role the pack names"),
        pytest.param(["butler"], None, ["engineering_dept"], False, id="the department, where the butler asks"),
    ],
)
def test_whom_the_follow_up_names_is_offered_its_form(
    who: list[str], assignee: str | None, held: list[str], *, shown: bool
) -> None:
    work = {"follow_up": {"who": who}, "assignee": assignee, "department": "engineering_dept"}
    rights = {"view", "work"} | follow_up_rights(work, "p-1", held)
    forms = offered({"dispatch": ["follow-up"]}, rights=rights, incident=False)

    assert [act.slug for act in forms] == (["follow-up"] if shown else [])


def test_without_an_open_follow_up_nobody_is_asked() -> None:
    assert not follow_up_rights({"follow_up": None, "department": "engineering_dept"}, "p-1", ["engineering_dept"])
    assert not follow_up_rights({}, None, [])


def test_acts_have_addresses_of_their_own() -> None:
    assert all(act.path.count("{case}") == 1 for act in ACTS.values())
    assert len({(act.path, act.slug) for act in ACTS.values()}) == len(ACTS)


def test_an_english_reader_sees_english_punctuation_between_two_sentences() -> None:
    errors = [{"field": "/content", "detail": "one", "hint": "two"}, {"field": "/content", "detail": "three"}]
    assert by_blank(errors, LOG, Voice("en").joint) == {"content": "one; two; three"}


def test_a_choice_of_a_form_does_not_repeat_its_answers_as_programs_name_them() -> None:
    copy = Blank("form.id_copy", Kind.CHOICE, "身份证复印件", options=(("yes", "是"), ("no", "否")), plain=True)
    told = [{"field": "/form/id_copy", "detail": "没有填“身份证复印件”", "hint": "可填：yes（是）"}]
    assert by_blank(told, (copy,)) == {"form.id_copy": "没有填“身份证复印件”"}
