"""Why a letter died, in words that carry nothing of what people said into logs and headers."""

import pytest
from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import DBAPIError

from shared.storage.letters import REASON_MOST, told


class Named(BaseModel):
    name: int


def refused() -> ValidationError:
    with pytest.raises(ValidationError) as refusal:
        Named.model_validate({"name": "张三"})
    return refusal.value


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(DBAPIError("insert", {}, Exception('invalid input syntax for type integer: "张三"')), id="server"),
        pytest.param(DBAPIError("insert", {}, Exception("invalid input for query argument $1: '张三' (…)")), id="one"),
        pytest.param(DBAPIError("insert", {}, Exception("invalid input for query argument $1: ['张三']")), id="array"),
        pytest.param(refused(), id="model"),
    ],
)
def test_a_reason_quotes_nobody(wrong: Exception) -> None:
    reason = told(wrong)
    assert reason.startswith(type(wrong).__name__)
    assert "valid" in reason
    assert "张三" not in reason


def test_a_defect_says_its_words_on_one_short_line() -> None:
    assert told(RuntimeError("this\nmessage is poison")) == "RuntimeError: this message is poison"
    assert len(told(RuntimeError("x" * 5000))) < REASON_MOST + 50
