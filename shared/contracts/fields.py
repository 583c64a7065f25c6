"""Field types of commands: how long a text may be and what may not stand in it."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from shared.contracts.wording import text
from shared.rules.reading import HIDDEN

LINE_MOST = 200
PROSE_MOST = 4000
EARLIEST, LATEST = 1970, 2200


class BadText(ValueError):
    """A text with characters that no form may carry; its only argument is the sentence for the person."""


class OutOfRange(ValueError):
    """An instant no calendar of ours reaches; its only argument is the sentence for the person."""


def _printable(value: str) -> str:
    """Refuse control characters and invisible direction switches; emoji and rare characters are welcome."""
    if found := HIDDEN.search(value):
        raise BadText(text("第 {place} 个字符是不能显示的控制字符，请删去", place=found.start() + 1))
    return value


def _one_line(value: str) -> str:
    if "\n" in value or "\t" in value:
        raise BadText(text("只能写一行"))
    return value


def _in_utc(instant: datetime) -> datetime:
    # What is kept is compared as text too, so one instant has one spelling, wherever it was said.
    if not EARLIEST < instant.year < LATEST:
        raise OutOfRange(text("时间应在 {first} 年至 {last} 年之间", first=EARLIEST, last=LATEST))
    return instant.astimezone(UTC)


Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LINE_MOST),
    AfterValidator(_printable),
    AfterValidator(_one_line),
]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, max_length=PROSE_MOST), AfterValidator(_printable)]
Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=PROSE_MOST),
    AfterValidator(_printable),
]
Instant = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""An instant of any zone with its offset; aware UTC from here on."""
FormGiven = Annotated[dict[str, Any], Field(max_length=200)]
"""A form as somebody filled it in, by field id; `shared.rules.filling` says what is wrong with it."""


class Command(BaseModel):
    """What a person asks for; unknown fields are refused, so that a typing error is not silently dropped."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def is_future(instant: datetime, now: datetime) -> bool:
    """Whether *instant* lies after *now*; a minute is granted for clocks that differ."""
    return (instant - now).total_seconds() > 60  # noqa: PLR2004  one minute
