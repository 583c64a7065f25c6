from datetime import UTC, date, datetime, timedelta

import msgspec

from bench.seeding import Original, case_id, shifted, spread

RECEIVED = datetime(2025, 1, 31, 20, 0, tzinfo=UTC)
DUE = RECEIVED + timedelta(hours=3)


def original(case: str, due: datetime | None = DUE) -> Original:
    return Original(case, "HJ-250131-1", RECEIVED, due, 0, {})


def test_copies_are_numbered_without_holes_and_fall_due_evenly() -> None:
    copies = spread([original("a"), original("b")], count=7, first=11, begins=DUE, ends=DUE + timedelta(3), instants=3)
    assert [case for each in copies for case in each.cases()] == [case_id(n) for n in range(11, 18)]
    assert [each.shift for each in copies] == [timedelta(0), timedelta(1), timedelta(2)]
    assert [each.original.case for each in copies] == ["a", "b", "a"]


def test_instants_without_a_copy_are_left_out() -> None:
    copies = spread([original("a")], count=2, first=1, begins=DUE, ends=DUE + timedelta(4), instants=4)
    assert [each.shift for each in copies] == [timedelta(1), timedelta(3)]


def test_ended_cases_are_spread_by_when_they_were_received() -> None:
    begins = RECEIVED - timedelta(days=9)
    (copies,) = spread(
        [original("a", None)], count=1, first=1, begins=begins, ends=DUE, instants=1, by=lambda known: known.received_at
    )
    assert copies.shift == timedelta(days=-9)


def test_every_instant_of_a_row_is_moved_wherever_it_stands() -> None:
    row = {
        "state": msgspec.msgpack.encode({"clocks": [{"due_at": DUE, "id": "CK"}]}),
        "due_at": DUE,
        "local_date": date(2025, 1, 31),
        "month": "2025-01",
        "clocks": '[{"due_at": "2025-01-31T23:00:00.000000+00:00", "source": "001/3"}]',
        "number": "HJ-250131-1",
        "incident": None,
    }
    moved = shifted(row, timedelta(days=1))
    assert msgspec.msgpack.decode(moved.pop("state")) == {"clocks": [{"due_at": DUE + timedelta(1), "id": "CK"}]}
    assert moved == {
        "due_at": DUE + timedelta(1),
        "local_date": date(2025, 2, 1),
        "month": "2025-02",
        "clocks": '[{"due_at": "2025-02-01T23:00:00+00:00", "source": "001/3"}]',
        "number": "HJ-250131-1",
        "incident": None,
    }


def test_a_copy_is_older_than_any_case_logged_today() -> None:
    assert case_id(2**40) < "case-0190"
    assert len(case_id(1)) == len("case-") + 32
