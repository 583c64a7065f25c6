from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.policy.planning import duties, made_up_from, plan_of, rules_for, waiting
from shared.organisation.records import Activation, Profile, Site
from shared.rules.planning import occurrences
from tests.support.planned import (
    ALL_PLANS,
    EVER,
    REPORT,
    ROUNDS,
    SUMMER,
    book_with,
    local,
    pack_with,
    site_named,
)

NOW = local("2025-03-04 10:00")


def moved(site: Site, *packs: tuple[int, datetime], profiles: tuple[Profile, ...] = ()) -> Site:
    activations = tuple(Activation("PX", version, since) for version, since in packs)
    return Site(
        site.id, site.code, site.name, site.zone, activations, site.calendar, site.parameters, profiles=profiles
    )


def test_each_version_of_a_pack_plans_its_own_time_and_no_period_comes_twice() -> None:
    switch = local("2025-03-10 09:00")
    site = moved(site_named("s1"), (1, EVER), (2, switch))
    book = book_with([site], pack_with(ROUNDS, REPORT), pack_with(REPORT, SUMMER, version=2))
    found = duties(rules_for(book, site), start=NOW, end=local("2025-05-01 00:00"))
    rounds = [duty.time.period for duty in found if duty.plan.id == ROUNDS.id]
    reports = [duty.time.period for duty in found if duty.plan.id == REPORT.id]
    assert (rounds[0], rounds[-1]) == ("2025-03-04.pm", "2025-03-10.am")  # eight o'clock was before the switch
    assert reports == ["2025-04", "2025-05"]  # May's opens in April, for its reminder


def test_a_profile_brings_its_duties_while_it_is_in_force() -> None:
    beside = pack_with(SUMMER, ROUNDS, version=7)
    profile = Profile("PX", 7, local("2025-06-01 00:00"), local("2025-06-03 00:00"))
    site = moved(site_named("s1", summer_from="05-01", winter_from="10-01"), (1, EVER), profiles=(profile,))
    book = book_with([site], pack_with(REPORT), beside)
    found = duties(rules_for(book, site), start=local("2025-05-28 00:00"), end=local("2025-06-20 00:00"))
    assert [d.time.period for d in found if d.plan.id == SUMMER.id] == ["2025-06-01.am", "2025-06-02.am"]
    assert plan_of(book, site="s1", rule=SUMMER.id, at=local("2025-06-02 08:00")) == (beside, SUMMER)
    assert plan_of(book, site="s1", rule=SUMMER.id, at=local("2025-06-03 00:00")) is None


def test_a_site_without_a_pack_yet_has_no_duties() -> None:
    site = moved(site_named("s1"), (9, EVER))
    book = book_with([site], pack_with(ROUNDS))
    assert duties(rules_for(book, site), start=NOW, end=NOW + timedelta(days=9), running=NOW) == ()
    assert plan_of(book, site="s1", rule=ROUNDS.id, at=NOW) is None
    assert plan_of(book, site="nowhere", rule=ROUNDS.id, at=NOW) is None


def test_running_duties_open_at_the_instant_the_site_joins() -> None:
    site = site_named("s1")
    book = book_with([site], pack_with(ROUNDS))
    found = duties(rules_for(book, site), start=NOW, end=NOW + timedelta(hours=1), running=NOW)
    (one,) = found
    assert (one.time.period, one.time.opens_at) == ("2025-03-04.am", NOW)
    assert one.time.due_at == local("2025-03-04 12:00")


@pytest.mark.parametrize(
    ("given_parameters", "same"),
    [({"occupied_units": 300}, True), ({"summer_from": "05-01"}, False), ({"plans": "off"}, False)],
)
def test_only_what_duties_follow_from_names_them(given_parameters: dict[str, Any], *, same: bool) -> None:
    one, other = site_named("s1"), site_named("s2", **given_parameters)
    book = book_with([one, other], pack_with(*ALL_PLANS))
    assert (rules_for(book, one).digest == rules_for(book, other).digest) is same


def test_what_waits_is_told_until_it_is_set() -> None:
    site = site_named("s1", summer_from="05-01")
    book = book_with([site], pack_with(*ALL_PLANS))
    (wait,) = waiting(rules_for(book, site), NOW)
    assert (wait.plan, wait.lacks) == (SUMMER, ("winter_from",))
    assert waiting(rules_for(book, site_named("s1", plans="off")), NOW) == ()


def test_a_standstill_is_made_up_for_as_far_back_as_stated() -> None:
    long_ago, lately = NOW - timedelta(days=300), NOW - timedelta(days=3)
    assert made_up_from({}, known_until=long_ago, now=NOW) == NOW - timedelta(days=92)
    assert made_up_from({"planned_back_days": 1}, known_until=lately, now=NOW) == NOW - timedelta(days=1)
    assert made_up_from({}, known_until=lately, now=NOW) == lately


@given(cuts=st.lists(st.integers(1, 3000), max_size=6), switch=st.integers(0, 3000))
def test_however_the_horizon_moves_on_the_duties_are_those_of_one_look(cuts: list[int], switch: int) -> None:
    site = moved(site_named("s1"), (1, EVER), (2, NOW + timedelta(hours=switch)))
    book = book_with([site], pack_with(ROUNDS), pack_with(ROUNDS, REPORT, version=2))
    rules = rules_for(book, site)
    edges = [NOW + timedelta(hours=hours) for hours in sorted({0, *cuts, 3001})]
    whole = {(d.plan.id, d.time.period) for d in duties(rules, start=edges[0], end=edges[-1])}
    parts = [(d.plan.id, d.time.period) for a, b in pairwise(edges) for d in duties(rules, start=a, end=b)]
    # A duty that runs when the second version begins is named by both; the table's key keeps the first.
    assert set(parts) == whole
    usual = occurrences(
        ROUNDS, zone=site.zone, parameters={}, calendar=book.calendar("s1"), start=edges[0], end=edges[-1]
    )
    assert {one.period for one in usual} <= {period for rule, period in whole if rule == ROUNDS.id}
