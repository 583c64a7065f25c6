"""Limits beside the manual's number: a site's own, a plan, a form, an outside line."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.rules.clocks import DueWhy, Limits, Promise, due, promises
from shared.rules.conditions import Matter
from shared.rules.model import ClockRule
from shared.rules.words import Basis, PromiseKind, StartFact
from tests.support.made_packs import clock, pack_of
from tests.support.packs import CALENDAR, local

START = local("2025-03-04 10:00")
TIGHT = {
    "CK-R": clock("CK-R", StartFact.RECEIVED, Basis.HOURS, 24),
    "CK-D": clock("CK-D", StartFact.RECEIVED, Basis.DAYS, 2),
    "CK-W": clock("CK-W", StartFact.RECEIVED, Basis.WORKING_DAYS, 1),
    "CK-U": clock("CK-U", StartFact.RECEIVED, Basis.UNSET),
}
REPLY = clock("CK-R", StartFact.RECEIVED, Basis.HOURS, 24, promise=PromiseKind.REPLY)


def promised(rule: ClockRule, limits: Limits, locked: tuple[str, ...] = ()) -> Promise:
    pack = pack_of(rule, pack={"locked": locked})
    kind = pack.case_types["complaint"]
    (one,) = promises(pack, kind, Matter("minor"), received_at=START, calendar=CALENDAR, limits=limits)
    return one


@pytest.mark.parametrize(
    ("rule", "parameters", "expected", "basis", "amount"),
    [
        pytest.param(REPLY, {"CK-R.amount": 2}, "2025-03-04 12:00", "hours", 2, id="another number"),
        pytest.param(REPLY, {"CK-R.amount": "2"}, "2025-03-04 12:00", "hours", 2, id="as text"),
        pytest.param(
            clock("CK-R", StartFact.RECEIVED, Basis.DAYS, 3, promise=PromiseKind.REPLY),
            {"CK-R.amount": 1},
            "2025-03-06 00:00",
            "days",
            1,
            id="in the same basis",
        ),
        pytest.param(
            clock("CK-R", StartFact.RECEIVED, Basis.UNSET, promise=PromiseKind.REPLY),
            {"CK-R.hours": 4},
            "2025-03-04 14:00",
            "hours",
            4,
            id="a number where the manual has none",
        ),
    ],
)
def test_a_site_may_set_its_own_number_and_it_is_shown_as_such(
    rule: ClockRule, parameters: dict[str, str | int], expected: str, basis: str, amount: int
) -> None:
    told = promised(rule, Limits(parameters=parameters))
    assert (told.due_at, told.why) == (local(expected), DueWhy.SITE_OVERRIDE)
    assert (str(told.basis), told.amount, told.product_default) == (basis, amount, False)


@pytest.mark.parametrize("value", ["soon", 0, -3, 10**9, "²"])
def test_a_number_no_site_can_mean_changes_nothing(value: str | int) -> None:
    told = promised(REPLY, Limits(parameters={"CK-R.amount": value, "CK-R.hours": value}))
    assert (told.due_at, told.why) == (local("2025-03-05 10:00"), DueWhy.COUNTED)


@pytest.mark.parametrize(
    ("lock", "holds"),
    [
        pytest.param("case_types.complaint.clocks.CK-R", True, id="the clock"),
        pytest.param("case_types.complaint.clocks.CK-R.amount", True, id="its number"),
        pytest.param("case_types.complaint", True, id="the whole case type"),
        pytest.param("case_types.complaint.clocks.CK-R.tell", False, id="something else of it"),
        pytest.param("case_types.complaint.clocks.CK-R1", False, id="another clock"),
        pytest.param("case_types.repair_request.clocks.CK-R", False, id="another case type"),
    ],
)
def test_what_the_pack_locks_no_site_changes(lock: str, holds: bool) -> None:  # noqa: FBT001  a row's column
    told = promised(REPLY, Limits(parameters={"CK-R.amount": 2}), (lock,))
    assert (told.why is DueWhy.COUNTED) is holds


@pytest.mark.parametrize(
    ("name", "value", "due_at"),
    [
        pytest.param("CK-R.amount", 23, "2025-03-05 09:00", id="shorter"),
        pytest.param("CK-R.amount", 24, "2025-03-05 10:00", id="the same"),
        pytest.param("CK-R.amount", 25, "2025-03-05 10:00", id="longer"),
        pytest.param("CK-D.hours", 47, "2025-03-06 09:00", id="shorter in another basis"),
        pytest.param("CK-D.hours", 49, "2025-03-07 00:00", id="longer in another basis"),
        pytest.param("CK-W.hours", 1, "2025-03-06 00:00", id="a basis that cannot be compared"),
        pytest.param("CK-U.hours", 4, "2025-03-04 14:00", id="a number where there was none"),
    ],
)
def test_a_pack_that_may_only_be_tightened_is_never_loosened(name: str, value: int, due_at: str) -> None:
    rule = TIGHT[name.partition(".")[0]]
    pack = pack_of(rule, pack={"tighten_only": True})
    limits = Limits(parameters={name: value}, pack=pack, case_type="complaint")
    assert due(rule, start=START, calendar=CALENDAR, limits=limits).at == local(due_at)


def test_the_reckoning_says_that_the_number_is_the_sites() -> None:
    found = due(REPLY, start=START, calendar=CALENDAR, limits=Limits(parameters={"CK-R.amount": 2}))
    assert found.because[0].en == "the site's own limit"


@pytest.mark.parametrize(
    ("source", "limits", "expected", "why", "day_based"),
    [
        pytest.param(
            "planned", Limits(planned=local("2025-03-06 00:00")), "2025-03-06 00:00", DueWhy.PLANNED, True, id="a plan"
        ),
        pytest.param(
            "planned",
            Limits(planned=local("2025-03-04 12:00")),
            "2025-03-04 12:00",
            DueWhy.PLANNED,
            False,
            id="a round",
        ),
        pytest.param(
            "field:rectify_by",
            Limits(form={"rectify_by": "2025-03-10"}),
            "2025-03-11 00:00",
            DueWhy.FORM_DATE,
            True,
            id="AS-049 the last day written on the form counts",
        ),
        pytest.param(
            "field:deliver_at",
            Limits(form={"deliver_at": "2025-03-10T15:00:00+08:00"}),
            "2025-03-10 15:00",
            DueWhy.FORM_DATE,
            False,
            id="an hour on the form",
        ),
        pytest.param(
            "outside_deadline",
            Limits(outside=local("2025-03-10 12:00")),
            "2025-03-10 12:00",
            DueWhy.OUTSIDE_DEADLINE,
            False,
            id="an outside line",
        ),
    ],
)
def test_an_agreed_clock_takes_its_date_from_where_the_rule_says(
    source: str,
    limits: Limits,
    expected: str,
    why: DueWhy,
    day_based: bool,  # noqa: FBT001  a row's column
) -> None:
    rule = clock("CK-A", StartFact.RECEIVED, Basis.AGREED, overridable_by=(source,))
    found = due(rule, start=START, calendar=CALENDAR, limits=limits)
    assert (found.at, found.why, found.day_based) == (local(expected), why, day_based)
    assert found.because[0].zh


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param(REPLY, id="a number"),
        pytest.param(clock("CK-R", StartFact.RECEIVED, Basis.UNSET, promise=PromiseKind.REPLY), id="no number"),
        pytest.param(clock("CK-R", StartFact.RECEIVED, Basis.AGREED, promise=PromiseKind.RESOLVE), id="no date"),
    ],
)
def test_no_promise_lies_after_the_deadline_of_an_outside_line(rule: ClockRule) -> None:
    told = promised(rule, Limits(outside=local("2025-03-04 18:00")))
    assert (told.due_at, told.why) == (local("2025-03-04 18:00"), DueWhy.OUTSIDE_DEADLINE)


def test_what_is_no_promise_has_nothing_to_do_with_the_outside() -> None:
    rule = clock("CK-I", StartFact.RECEIVED, Basis.HOURS, 24)
    assert due(rule, start=START, calendar=CALENDAR, limits=Limits(outside=local("2025-03-04 18:00"))).why == "counted"


@given(
    hours=st.integers(1, 500),
    outside=st.integers(1, 500),
    customer=st.none() | st.integers(1, 500),
    own=st.none() | st.integers(1, 500),
)
def test_every_promise_is_due_by_the_outside_deadline(
    hours: int, outside: int, customer: int | None, own: int | None
) -> None:
    rule = clock(
        "CK-R", StartFact.RECEIVED, Basis.HOURS, hours, promise=PromiseKind.REPLY, overridable_by=("customer_limit",)
    )
    limits = Limits(
        START + timedelta(hours=customer) if customer else None,
        parameters={"CK-R.amount": own} if own else {},
        outside=START + timedelta(hours=outside),
    )
    found = due(rule, start=START, calendar=CALENDAR, limits=limits).at
    assert found is not None
    assert found <= START + timedelta(hours=outside)
    assert found <= START + timedelta(hours=own or hours)


def test_a_date_in_the_form_is_promised_from_its_day() -> None:
    rule = clock("CK-D", StartFact.DATE, Basis.DAYS, 2, after="day", promise=PromiseKind.RESOLVE)
    assert promised(rule, Limits(form={"day": "2025-03-10"})).due_at == local("2025-03-13 00:00")
    pack = pack_of(rule)
    told = promises(pack, pack.case_types["complaint"], Matter("minor"), received_at=START, calendar=CALENDAR)
    assert told == ()


def test_instants_given_back_are_utc() -> None:
    limits = Limits(outside=datetime.fromisoformat("2025-03-04T18:00:00+08:00"))
    found = due(REPLY, start=START, calendar=CALENDAR, limits=limits).at
    assert found is not None
    assert found.tzinfo is UTC
