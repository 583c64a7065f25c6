"""Packs beside a base pack: what a site offers, whenever and in whatever order it is asked."""

from dataclasses import replace

import pytest

from shared.organisation.records import Profile
from shared.packs.loader import builtin_pack
from shared.rules.book import Book, UnknownPack
from tests.support.packs import local
from tests.unit.rules.test_book import SITE, book

OTHER = "P001/5"


def with_profile(since: str, until: str | None = None) -> Book:
    found = book()
    beside = Profile(OTHER, builtin_pack(OTHER).version, local(since), local(until) if until else None)
    found.put_site(replace(SITE, profiles=(beside,)))
    return found


def ours() -> set[str]:
    brought = set(builtin_pack(OTHER).case_types) - set(builtin_pack("P001/3").case_types)
    return brought - set(builtin_pack("G-SAFETY").case_types)


def test_as_209_a_profile_brings_only_what_the_base_pack_lacks() -> None:
    found, at = with_profile("2025-03-01 00:00"), local("2025-03-04 10:00")
    assert found.case_type("s1", "complaint", at)[0].id == "P001/3"
    brought = {each.id for pack, each in found.case_types("s1", at) if pack.id == OTHER}
    assert brought
    assert ours() <= brought
    assert brought.isdisjoint(builtin_pack("P001/3").case_types)


@pytest.mark.parametrize("days", [("01", "03", "04"), ("04", "03", "01"), ("03", "01", "03", "04", "03")])
def test_what_a_site_offers_follows_the_instant_whatever_was_asked_before(days: tuple[str, ...]) -> None:
    found = with_profile("2025-03-02 00:00", "2025-03-04 00:00")
    for day in days:
        visible = {each.id for _, each in found.case_types("s1", local(f"2025-03-{day} 00:00"))}
        assert bool(ours() & visible) == (day == "03")


def test_a_site_written_again_offers_what_it_says_now() -> None:
    found, at = book(), local("2025-03-06 10:00")
    assert found.case_type("s1", "complaint", at)[0].id == "P004"
    found.put_site(replace(SITE, packs=SITE.packs[:1]))
    assert found.case_type("s1", "complaint", at)[0].id == "P001/3"


def test_a_pack_that_arrives_late_is_seen_at_once() -> None:
    found, at = Book(), local("2025-03-04 10:00")
    found.put_site(SITE)
    with pytest.raises(UnknownPack):
        found.case_types("s1", at)
    for id_ in ("P001/3", "G-SAFETY"):
        found.put_pack(builtin_pack(id_))
    assert found.case_type("s1", "complaint", at)[0].id == "P001/3"


def test_a_newer_safety_pack_begins_on_its_day_at_a_site_asked_before() -> None:
    found, day = book(), local("2025-03-10 00:00")
    found.case_types("s1", local("2025-03-06 10:00"))
    newer = replace(builtin_pack("G-SAFETY"), version=99, since=day)
    found.put_pack(newer)
    before, after = (found.case_type("s1", "emergency", at)[0] for at in (local("2025-03-09 23:59"), day))
    assert (before.version != 99, after.version) == (True, 99)
