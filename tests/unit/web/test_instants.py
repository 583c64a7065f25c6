"""One instant has one spelling, wherever somebody says it; a row is compared with what it should be as text."""

from typing import Any

import pytest
from pydantic import ValidationError

from services.dispatch.commands.asked import Defer
from services.escalation.commands.words import DecideExtension
from shared.contracts.fields import Command

HERE, THERE = "2025-03-09T00:00:00+08:00", "2025-03-08T16:00:00Z"
ASKED: list[tuple[type[Command], dict[str, Any]]] = [
    (DecideExtension, {"clock": "CK-CMP-11", "decision": "approve", "reason": "等配件"}),
    (Defer, {"reason": "业主要求"}),
]


@pytest.mark.parametrize(("command", "rest"), ASKED)
def test_an_instant_said_in_another_zone_is_kept_in_utc(command: type[Command], rest: dict[str, Any]) -> None:
    assert command.model_validate({"until": HERE, **rest}).model_dump(mode="json")["until"] == THERE


@pytest.mark.parametrize(("command", "rest"), ASKED)
@pytest.mark.parametrize("until", ["0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-08:00"])
def test_an_instant_no_calendar_reaches_is_refused(command: type[Command], rest: dict[str, Any], until: str) -> None:
    with pytest.raises(ValidationError, match="1970"):
        command.model_validate({"until": until, **rest})
