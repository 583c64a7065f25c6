"""Which period a register's page asks for."""

import pytest

from services.console.api.registers import period_wanted
from tests.support.packs import local

NOW = local("2025-05-20 10:00")


@pytest.mark.parametrize(
    ("typed", "kept", "period", "shown"),
    [
        pytest.param("", None, "2025-05", "2025-05", id="this month"),
        pytest.param("2025-02", "calendar_month", "2025-02", "2025-02", id="the month named"),
        pytest.param("2025-W10", "calendar_week", "2025-W10", "2025-W10", id="the week named"),
        pytest.param("2025-02", "calendar_week", "2025-W21", "2025-W21", id="a month is no week: this one"),
        pytest.param("2025-W10", "calendar_month", "2025-05", "2025-05", id="a week is no month: this one"),
        pytest.param("2025-02", "calendar_quarter", "2025-Q1", "2025-02", id="the quarter of the month named"),
        pytest.param("2025-12", "calendar_quarter", "2025-Q4", "2025-12", id="the last quarter"),
        pytest.param("2024-Q3", "calendar_quarter", "2024-Q3", "2024-07", id="the quarter named"),
        pytest.param("x", "calendar_quarter", "2025-Q2", "2025-05", id="nothing readable: this quarter"),
        pytest.param("2024-Q3", "calendar_month", "2025-05", "2025-05", id="a quarter is no month: this one"),
    ],
)
def test_a_page_asks_for_a_period_its_register_has(typed: str, kept: str | None, period: str, shown: str) -> None:
    assert period_wanted(typed, kept, NOW) == (period, shown)
