"""Records of the DIRECTORY stream come back from the wire as they went onto it."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import TypeAdapter

from shared.contracts.directory import RECORDS, Account, RecordPut, Token, subject_of
from shared.contracts.envelope import Heading
from shared.contracts.fold import Grant
from shared.organisation.outsiders import Contract
from shared.organisation.records import (
    Absence,
    Activation,
    Appointment,
    CalendarRecord,
    Department,
    Evidence,
    Named,
    Notice,
    Person,
    Roster,
    Shift,
    Site,
    SpecialDay,
)
from shared.packs.loader import builtin
from shared.packs.schema import from_wire, to_wire
from shared.process.directory_feed import DirectoryFeed
from shared.rules.book import Book
from shared.rules.model import Pack
from shared.timekeeping.calendar import Span
from shared.web.accounts import Accounts

SINCE = datetime(2025, 1, 1, tzinfo=UTC)
UNTIL = datetime(2026, 1, 1, tzinfo=UTC)
ROWS = {
    "department": Department(
        "haijing-lift",
        "haijing",
        Named("电梯维保", "Lift maintenance"),
        "engineering_dept",
        internal=False,
        wecom="https://x",
        contract=Contract(10, 30, 240),
    ),
    "person": Person(
        "liu.min",
        "刘敏",
        "13900000002",
        (Appointment("haijing", "project_manager", SINCE, UNTIL, "haijing-office"),),
        (Absence(SINCE, UNTIL, substitute="chen.jie"), Absence(SINCE, UNTIL)),
        "https://x",
    ),
    "roster": Roster("night", "haijing", "monitoring_center", (Shift(6, 1200, 480, "he.qiang"),), SINCE, UNTIL),
    "account": Account(
        "chen.jie", "chenjie", "陈洁", "chen.jie", (Grant("haijing", "desk"), Grant("*", "view")), language="en"
    ),
    "token": Token("sw_abcdefgh", "0" * 64, "chen.jie", "𠮷 door", UNTIL, revoked=True),
}


@pytest.mark.parametrize("record", ROWS)
def test_a_record_comes_back_equal(record: str) -> None:
    there = ROWS[record]
    adapter: TypeAdapter[Any] = TypeAdapter(type(there))
    assert adapter.validate_python(json.loads(adapter.dump_json(there))) == there


def test_a_site_with_a_calendar_of_its_own_comes_back_equal() -> None:
    day = SpecialDay(date(2025, 10, 1), (), note="国庆")
    weekly = (*((Span(540, 720), Span(840, 1080)),) * 6, ())
    notice = Notice(2027, "国办发明电〔2026〕7号", date(2026, 11, 10), (date(2027, 1, 1),), (date(2027, 1, 9),))
    evidence = Evidence("国办发明电〔2026〕7号", date(2026, 11, 10), "chen.jie", SINCE)
    site = Site(
        "haijing",
        "HJ",
        Named("海景花园", "Sea View"),
        "Asia/Shanghai",
        (Activation("P004", 1, SINCE),),
        CalendarRecord("2025-2", weekly, special_days=(day,), notices=(notice,), evidence=evidence),
        {"immediate_ack_minutes": 10, "note": "文字"},
        past_calendars=(CalendarRecord("2025-1", weekly),),
    )
    adapter = TypeAdapter(Site)
    assert adapter.validate_python(json.loads(adapter.dump_json(site))) == site


@pytest.mark.parametrize("pack", builtin(), ids=lambda pack: pack.id)
def test_a_pack_comes_back_equal(pack: Pack) -> None:
    assert from_wire(json.loads(json.dumps(to_wire(pack)))) == pack


def test_every_kind_of_record_is_followed_by_the_services() -> None:
    followed = DirectoryFeed(Book(), Accounts(Book(), "secret"))
    assert set(followed._put) == set(RECORDS)


@pytest.mark.parametrize(
    ("key", "version", "subject"),
    [
        pytest.param("haijing", None, "directory.site.haijing", id="a plain id"),
        pytest.param("P001/3", 2, "directory.site.P001_3.2", id="a slash is no subject token"),
        pytest.param("a.b>c*", None, "directory.site.a_b_c_", id="marks of NATS mean nothing"),
    ],
)
def test_a_record_has_one_subject(key: str, version: int | None, subject: str) -> None:
    assert subject_of("site", key, version) == subject


def test_a_record_is_published_on_the_stream_of_the_directory() -> None:
    said = RecordPut(record="pack", key="P004", pack_version=3, body={}, by="admin")
    heading = Heading("m", said.wire_kind(), "record-pack-P004-3", SINCE, 1, "record-pack-P004-3")
    assert said.subject(heading) == "directory.pack.P004.3"
