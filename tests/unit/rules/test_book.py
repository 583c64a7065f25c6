from dataclasses import replace

import pytest

from shared.organisation.records import Activation, CalendarRecord, Department, Named, Person, Site
from shared.packs.loader import builtin, builtin_pack
from shared.rules.book import Book, UnknownCaseType, UnknownPack, UnknownSite
from tests.support.packs import DAY_SHIFT, SHANGHAI, local

NAME = Named("一号园", "First Garden")
SITE = Site(
    id="s1",
    code="YH",
    name=NAME,
    zone=SHANGHAI,
    packs=(
        Activation("P001/3", builtin_pack("P001/3").version, local("2025-03-01 00:00")),
        Activation("P004", builtin_pack("P004").version, local("2025-03-05 00:00")),
    ),
    calendar=CalendarRecord(version="c1", weekly=((DAY_SHIFT,),) * 7, statutory="none"),
)


def book() -> Book:
    found = Book()
    found.put_site(SITE)
    for pack in builtin():
        found.put_pack(pack)
    return found


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        pytest.param("2025-03-04 10:00", "P001/3", id="AS-006 before the change"),
        pytest.param("2025-03-05 00:00", "P004", id="AS-006 from the change on"),
    ],
)
def test_a_new_case_takes_the_pack_of_its_instant(at: str, expected: str) -> None:
    pack, case_type = book().case_type("s1", "complaint", local(at))
    assert (pack.id, case_type.id) == (expected, "complaint")


def test_every_site_sees_the_safety_pack_beside_its_own() -> None:
    visible = book().case_types("s1", local("2025-03-06 10:00"))
    expected = [(id_, each) for id_ in ("P004", "G-SAFETY") for each in builtin_pack(id_).case_types]
    assert [(pack.id, each.id) for pack, each in visible] == expected
    assert {("P004", "complaint"), ("G-SAFETY", "emergency")} <= set(expected)


def test_an_unknown_case_type_names_those_there_are() -> None:
    with pytest.raises(UnknownCaseType) as refused:
        book().case_type("s1", "parking", local("2025-03-06 10:00"))
    assert refused.value.known == (*builtin_pack("P004").case_types, *builtin_pack("G-SAFETY").case_types)


def test_a_newer_safety_pack_waits_for_its_day() -> None:
    found, now = book(), builtin_pack("G-SAFETY")
    newer = replace(now, version=now.version + 1, since=local("2025-04-01 00:00"))
    found.put_pack(newer)
    assert found.safety_pack(local("2025-03-31 23:59")).version == now.version
    assert found.safety_pack(local("2025-04-01 00:00")) == newer


def test_what_is_not_in_the_directory_is_named() -> None:
    with pytest.raises(UnknownSite, match="s9"):
        book().site("s9")
    with pytest.raises(UnknownPack, match="P004 version 7"):
        book().pack("P004", 7)
    with pytest.raises(UnknownPack, match="G-SAFETY"):
        Book().safety_pack(local("2025-03-04 10:00"))


def test_the_sites_own_department_comes_before_a_vendor() -> None:
    found = book()
    found.put_department(Department("a-vendor", "s1", NAME, "engineering_dept", internal=False))
    found.put_department(Department("own", "s1", NAME, "engineering_dept"))
    assert found.department_for("s1", "engineering_dept") == found.departments("s1")[1]
    assert found.department_for("s1", "greening_dept") is None


def test_the_calendar_follows_the_site_record() -> None:
    found = book()
    assert found.calendar("s1").version == "c1"
    found.put_site(replace(SITE, calendar=replace(SITE.calendar, version="c2")))
    assert found.calendar("s1").version == "c2"


def test_people_are_found_once_put() -> None:
    found = book()
    found.put_person(Person("p1", "王"))
    assert found.staff.person("p1") == Person("p1", "王")
