"""Site parameters that no rule could read are refused where they are written down."""

from typing import Any

import pytest

from services.directory.api.settling import setting_refused
from services.directory.policy.site_settings import wrong_settings
from shared.web.wording import Voice


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("late_entry_minutes", "half an hour", id="words for a number"),
        pytest.param("acknowledge_minutes.major", -5, id="the whole chain woken at once"),
        pytest.param("immediate_ack_minutes", 0, id="no minutes at all"),
        pytest.param("call_to_minute", "21:00", id="a time for minutes of the day"),
        pytest.param("call_from_minute", 1441, id="more minutes than a day has"),
        pytest.param("complaint_limit_hours", -24, id="a limit before its beginning"),
        pytest.param("work_order_limit_hours.security", "two", id="hours of one category"),
        pytest.param("CK-CMP-62.amount", "2.5", id="half a day"),
        pytest.param("CK-CMP-62.hours", 0, id="no hours"),
        pytest.param("extension_cap_days", 99_999_999_999, id="beyond every calendar"),
        pytest.param("several_times", "many", id="several"),
        pytest.param("plans", "maybe", id="neither on nor off"),
        pytest.param("variant.agreed_follow_up_24h", "yes", id="a switch that is not on"),
    ],
)
def test_a_parameter_nothing_could_read_is_refused_at_its_place(name: str, value: Any) -> None:
    (wrong,) = wrong_settings({"parameters": {"office_address": "大堂", name: value}})
    assert (wrong.path, wrong.named, wrong.value) == (f"/parameters/{name}", name, str(value))
    refusal = setting_refused(wrong, "/records/3/body")
    assert (refusal.status, refusal.field) == (422, f"/records/3/body/parameters/{name}")
    assert refusal.hint is not None
    assert Voice("en").say(refusal.hint).startswith("It takes ")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("immediate_ack_minutes", 10, id="a number"),
        pytest.param("call_to_minute", "1260", id="a number in quotes"),
        pytest.param("late_entry_minutes", 0, id="everything is late"),
        pytest.param("CK-NOT-02.amount", -2, id="days before a date"),
        pytest.param("variant.agreed_follow_up_24h", "off", id="a switch"),
        pytest.param("summer_begins", "05-01", id="a word of a pack"),
        pytest.param("office_address", "大堂", id="a word of a site"),
    ],
)
def test_what_can_be_read_is_taken(name: str, value: Any) -> None:
    assert wrong_settings({"parameters": {name: value}}) == ()


def test_a_site_without_parameters_has_nothing_wrong() -> None:
    assert wrong_settings({"id": "s1"}) == ()
    assert wrong_settings({"parameters": {}}) == ()
