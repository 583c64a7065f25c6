"""A place in a list that goes by time: the cursor that asks for the next page."""

from datetime import UTC, datetime

from shared.contracts.wording import text
from shared.web.problems import refuse

Place = tuple[datetime, str]
NEWEST: Place = (datetime.max.replace(tzinfo=UTC), "")
OLDEST: Place = (datetime(1970, 1, 1, tzinfo=UTC), "")


def cursor_of(at: datetime, id_: str) -> str:
    """Names the place of an item."""
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat()}Z~{id_}"


def place_of(cursor: str | None, first: Place) -> Place:
    """The place a cursor names; *first* without one.

    Raises:
        Problem: 422 for what is no cursor.
    """
    if cursor is None:
        return first
    at, _, id_ = cursor.partition("~")
    try:
        return datetime.fromisoformat(at).astimezone(UTC), id_
    except (ValueError, OverflowError):
        sentence = text("翻页标记无效，请从第一页重新开始")
        raise refuse("bad_cursor", sentence, status=422, field="/cursor") from None
