"""What a voice says about instants."""

from datetime import datetime

import pytest

from shared.contracts.wording import text
from shared.web.wording import Voice
from tests.support.packs import local


@pytest.mark.parametrize(
    ("instant", "zone", "shown"),
    [
        pytest.param("2025-03-05 00:00", "Asia/Shanghai", "2025-03-04 24:00", id="midnight ends the day before"),
        pytest.param("2025-01-01 00:00", "Asia/Shanghai", "2024-12-31 24:00", id="and the year before"),
        pytest.param("2025-03-05 00:01", "Asia/Shanghai", "2025-03-05 00:01", id="a minute later is the new day"),
        pytest.param("2025-03-05 00:00:01", "Asia/Shanghai", "2025-03-05 00:00", id="a second later too"),
        pytest.param("2025-03-05 13:00", "America/New_York", "2025-03-04 24:00", id="midnight of another zone"),
    ],
)
def test_a_limit_at_midnight_is_24_oclock(instant: str, zone: str, shown: str) -> None:
    limit = local(instant)
    assert Voice("zh", zone).until(limit) == shown
    assert Voice("zh", zone).say(text("{clock}，{due} 前", clock="x", due=limit)) == f"x，{shown} 前"


def test_what_happened_at_midnight_happened_at_0_oclock() -> None:
    assert Voice().when(local("2025-03-05 00:00")) == "2025-03-05 00:00"


def test_a_naive_limit_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        Voice().until(datetime(2025, 3, 5))  # noqa: DTZ001  the point of the test
