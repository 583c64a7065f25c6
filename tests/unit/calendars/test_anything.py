"""Whatever stands in a file, the check says something about it and goes on."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from shouwen.calendars.checking import opened
from shouwen.calendars.telling import findings_of, lines_of

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=12),
    st.sampled_from(["mon", "08:00", "24:00", "0:00", "2025-02-29", "02-29", "cn", "UTC", "office", "deadline"]),
    st.datetimes().map(lambda at: at.isoformat() + "+08:00"),
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
)
WEEKLY = {"mon": [["08:00", "12:00"]]}
FIELDS: dict[str, Any] = {
    "calendar": "office",
    "tz": "Europe/Berlin",
    "start": "2025-03-29T09:00:00+01:00",
    "end": "2025-04-29T09:00:00+02:00",
    "deadline": "2025-03-29T09:00:00+01:00",
    "duration_s": 3600,
    "working_days": 3,
    "offset_working_days": -2,
    "offset_working_s": 60,
    "expected": "2025-03-29T09:00:00+01:00",
    "expected_s": 60,
    "expected_if_other_boundary": "2025-03-29T09:00:00+01:00",
    "expected_periods": [["2025-03-31T08:00:00+02:00", "2025-03-31T12:00:00+02:00"]],
    "expected_pause_working_s": 0,
    "pauses": [["2025-03-29T09:00:00+01:00", "2025-03-29T09:30:00+01:00"]],
    "boundary": "any",
    "start_on_non_working_day": "roll_then_add",
    "end_of_working_day": False,
    "rule": {"days": ["mon"], "from": "20:00", "to": "08:00"},
    "active_at": ["2025-03-31T21:00:00+02:00"],
    "inactive_at": ["2025-03-31T19:00:00+02:00"],
}
PARTS = ("weekly", "holidays", "overrides", "breaks", "statutory", "notices")
KINDS = st.sampled_from(["deadline", "elapsed", "working_days", "escalation_offset", "open_periods", "rota"])
checking = settings(max_examples=150)


def told(document: dict[str, Any]) -> list[str]:
    file = opened(document)
    said = [line for verdict in file.verdicts() for line in lines_of(verdict)]
    return said + [line for finding in file.findings for line in findings_of(finding)]


@checking
@given(kind=KINDS, field=st.sampled_from(sorted(FIELDS)), value=ANYTHING)
def test_any_value_in_any_field_of_a_row_is_answered(kind: str, field: str, value: Any) -> None:
    row = {"kind": kind, **FIELDS, field: value}

    assert told({"calendars": {"office": {"weekly": WEEKLY}}, "cases": [row], "window_cases": [row]})


@checking
@given(row=ANYTHING, calendar=ANYTHING)
def test_anything_may_stand_where_a_row_or_a_calendar_belongs(row: Any, calendar: Any) -> None:
    assert told({"calendars": {"office": calendar}, "cases": [row], "window_cases": [row]})


@checking
@given(part=st.sampled_from(PARTS), value=ANYTHING, key=st.sampled_from(["mon", "2025-05-01", "2025"]))
def test_any_value_in_any_part_of_a_calendar_is_answered(part: str, value: Any, key: str) -> None:
    for given_ in (value, {key: value}, [value], {key: [value]}, {key: {"off": value}}):
        calendar = {"weekly": WEEKLY, part: given_}
        assert told({"calendars": {"office": calendar}, "cases": [{"kind": "deadline", **FIELDS}]})
