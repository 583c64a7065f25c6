"""A record becomes one line that PostgreSQL copies in, with everything somebody is found by; a matter a command."""

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.intake.commands.going_live import as_of, brought
from services.intake.policy.choosing import choices_of
from services.intake.policy.masters.records import Building, Deposit, Key, Matter, Place, Record, Resident, Unit
from services.intake.store.staging import line_of, matter_line
from shared.contracts.intake import RequestReceived
from tests.support.intake_builders import ADMIN, book, done, local, refused

NOW = local("2025-04-10T12:00")
AT = Place("住户", 2, frozenset({"id", "unit", "name", "phone", "kind"}))


def cells(record: Record) -> list[str]:
    line = line_of(record)
    assert line.endswith("\n")
    return line[:-1].split("\t")


def test_a_resident_is_a_line_of_seven_cells() -> None:
    kind, key, body, silent, until, over, keys = cells(Resident(AT, "Z1", "3-1201", "曾静", phone="13800138000"))
    assert (kind, key, until, over) == ("residents", "Z1", r"\N", "f")
    assert json.loads(body)["name"] == "曾静"
    assert silent == "{moved_in,moved_out,note}"
    assert {"3-1201", "1201", "曾静", "静", "zengjing", "zj", "8000"} <= set(keys.split())


def test_the_last_day_somebody_lives_here_is_still_his() -> None:
    left = Resident(AT, "Z1", "3-1201", "曾静", moved_out=date(2025, 2, 28))
    assert cells(left)[4] == "2025-03-01"


@pytest.mark.parametrize(
    ("record", "over"),
    [
        (Unit(AT, "3-1201", state="retired"), "t"),
        (Unit(AT, "3-1201", state="own"), "f"),
        (Key(AT, "K1", "3-1201", 2, state="given_back"), "t"),
        (Deposit(AT, "D1", "pass", "曾静", Decimal("10.50"), date(2025, 1, 1), refunded_on=date(2025, 2, 1)), "t"),
        (Building(AT, "3栋"), "f"),
    ],
)
def test_what_a_row_marks_as_ended_is_over(record: Record, over: str) -> None:
    assert cells(record)[5] == over


def test_money_keeps_its_digits_and_days_are_written_out() -> None:
    body = json.loads(cells(Deposit(AT, "D1", "pass", "曾静", Decimal("10.50"), date(2025, 1, 1)))[2])
    assert (body["amount"], body["received_on"], body["note"]) == ("10.50", "2025-01-01", None)


def test_nothing_a_person_writes_becomes_a_cell_or_a_row() -> None:
    hostile = Resident(AT, "Z\t1\\N", "3-1201", "a\\b\tc\nd\re")
    line = line_of(hostile)
    assert line.count("\n") == 1
    kind, key, body, *_ = line[:-1].split("\t")
    assert (kind, key) == ("residents", r"Z\t1\\N")
    assert json.loads(body.replace("\\\\", "\\"))["name"] == "a\\b\tc\nd\re"


def test_a_matter_is_kept_as_its_command() -> None:
    assert matter_line("A1", '{"a": "\\n"}', "case-1").split("\t")[:3] == ["matters", "A1", '{"a": "\\\\n"}']


def matter(**fields: Any) -> Matter:
    received = local("2025-04-01T09:30")
    plain = Matter(AT, "A1", received, "complaint", "灯坏了", category="engineering")
    return replace(plain, **fields)


def opened(one: Matter) -> RequestReceived:
    fact = done(None, brought(one, "s1", NOW), "2025-04-10T12:00", actor=ADMIN, right="admin").say[0].fact
    assert isinstance(fact, RequestReceived)
    return fact


def test_a_matter_keeps_its_time_its_limit_and_its_department() -> None:
    limit = local("2025-04-20T18:00")
    fact = opened(matter(due_at=limit, department="security_dept", contact="曾静", phone="13800138000"))
    assert (fact.received_at, fact.customer_limit) == (local("2025-04-01T09:30"), limit)
    assert (fact.department, fact.channel) == ("security_dept", "import")
    assert (fact.private.name, fact.private.phone) == ("曾静", "13800138000")


def test_nobody_is_told_of_what_was_due_before_going_live() -> None:
    history = opened(matter(state="started", handler="p-butler")).history
    assert history is not None
    assert (history.source, history.key, history.quiet_until) == ("go_live:s1", "A1", NOW)
    assert [(act.act, act.at, act.by) for act in history.acts] == [
        ("accepted", NOW, "p-butler"),
        ("started", NOW, "p-butler"),
    ]


def test_a_matter_goes_live_when_the_load_is_applied_not_when_it_was_checked() -> None:
    later = NOW + timedelta(hours=3)
    command = as_of(brought(matter(state="accepted"), "s1", NOW), later)
    assert (command.history.quiet_until, command.history.acts[0].at) == (later, later)
    assert command.received_at == local("2025-04-01T09:30")


def test_a_matter_without_a_category_is_other_and_a_word_the_pack_does_not_know_is_refused() -> None:
    assert opened(matter(category=None)).category == "other"
    strange = brought(matter(category="astronautics"), "s1", NOW)
    no = refused(None, strange, "2025-04-10T12:00", actor=ADMIN, right="admin")
    assert (no.why, no.field) == ("unknown_category", "/category")


def test_a_site_offers_its_packs_words_its_departments_and_its_people() -> None:
    known = book()
    choices = choices_of(known, known.site("s1"), NOW)
    complaint = next(one for one in choices.case_types if one.id == "complaint")
    assert "engineering" in {one.id for one in complaint.categories}
    assert [(one.id, one.name.zh) for one in choices.departments] == [("engineering_dept", "工程部")]
    assert {one.id for one in choices.people} == {"p-desk", "p-butler"}


def test_a_site_without_a_pack_offers_no_case_types() -> None:
    site = replace(book().site("s1"), id="s7", packs=())
    known = book()
    known.put_site(site)
    assert choices_of(known, site, NOW).case_types == ()
