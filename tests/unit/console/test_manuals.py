"""The manuals a site runs, and a manual as a page."""

from dataclasses import replace
from datetime import UTC, datetime

from services.console.policy.manual import Manual, runs
from shared.organisation.records import Activation, Profile
from shared.packs.loader import builtin_pack
from tests.support.console_builders import Services, browsing
from tests.support.organisation import EVER, site

LATER = datetime(2026, 1, 1, tzinfo=UTC)
PACK = builtin_pack("P001/3")


async def test_a_site_shows_what_it_runs_and_what_it_sets_itself() -> None:
    async with browsing(Services({}), right="view") as client:
        page = (await client.get("/manuals?site=s1")).text
    assert f"P001/3 v{PACK.version}" in page
    assert "G-SAFETY" in page
    assert "消防 · emergency.fire" in page
    assert f"/manual?pack=P001/3&amp;version={PACK.version}" in page


async def test_a_manual_shows_clocks_steps_and_where_they_come_from() -> None:
    async with browsing(Services({}), right="view") as client:
        page = (await client.get(f"/manual?pack=P001/3&version={PACK.version}&site=s1")).text
    clock = PACK.case_types["complaint"].clocks[0]
    assert clock.id in page
    assert clock.name.zh in page
    assert clock.source in page


async def test_a_manual_nobody_has_published_is_not_there() -> None:
    async with browsing(Services({})) as client:
        assert (await client.get("/manual?pack=P999&version=1")).status_code == 404
        assert (await client.get("/manual?pack=P001/3&version=x")).status_code == 404


def test_a_number_of_the_site_is_shown_beside_the_manuals() -> None:
    rule = next(one for one in PACK.case_types["complaint"].clocks if one.amount and not one.product_default)
    own = replace(site(), parameters={f"{rule.id}.hours": 7})
    [line] = [one for one in Manual(PACK, own, "zh").chapters()[0]["clocks"] if one["id"] == rule.id]
    [plain] = [one for one in Manual(PACK, None, "zh").chapters()[0]["clocks"] if one["id"] == rule.id]
    assert (line["limit"], line["own"]) == ("7 小时", True)
    assert (line["manual"], plain["own"]) == (plain["limit"], False)


def test_packs_are_listed_from_when_to_when() -> None:
    new = Activation("P000", 1, LATER)
    there = replace(
        site(), packs=(new, Activation("P001/3", 1, EVER)), profiles=(Profile("P001/4", 1, EVER, until=LATER),)
    )
    assert [(one["pack"], one["until"], one["base"]) for one in runs(there)] == [
        ("P001/3", LATER, True),
        ("P000", None, True),
        ("P001/4", LATER, False),
    ]
