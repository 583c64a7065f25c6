"""What ``verify`` takes for a fact of the log is what a hearer takes for one."""

from datetime import UTC, datetime

import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg

from shared.contracts.envelope import Heading
from shouwen.verifying.log import heard_as

HEADING = Heading("a", "dispatch.order_issued", "case-1", datetime(2025, 3, 4, 12, tzinfo=UTC), 1, "case-1")


@pytest.mark.parametrize(
    ("subject", "headers", "counts"),
    [
        pytest.param("ev.dispatch.order_issued.case-1", HEADING.headers(), True, id="a fact"),
        pytest.param("ev.dispatch.order_issued.case-2", HEADING.headers(), False, id="another entity's subject"),
        pytest.param("ev.dispatch.order_accepted.case-1", HEADING.headers(), False, id="another kind's subject"),
        pytest.param("ev.dispatch.order_issued.case-1", None, False, id="no headers"),
    ],
)
def test_what_hearers_bury_without_a_turn_is_no_fact(
    subject: str, headers: dict[str, str] | None, *, counts: bool
) -> None:
    message = Msg(Client(), subject, "", b"", headers)
    assert heard_as(message) == (HEADING if counts else None)
