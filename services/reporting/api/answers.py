"""What the routes share: whose sites, which page, how an answer is written."""

import base64
import binascii
from datetime import UTC, datetime
from typing import Any

import msgspec
from fastapi import Response

from shared.contracts.fold import Actor
from shared.contracts.wording import text
from shared.process.service import ServiceProcess
from shared.rules.book import Book
from shared.web.problems import Problem, refuse
from shared.web.sites import site_of


def answer(body: Any) -> Response:
    """*body* as JSON, instants in RFC 3339 with offset."""
    return Response(msgspec.json.encode(body), media_type="application/json")


def unknown_case() -> Problem:
    """Also said of another site's case."""
    return refuse("unknown", text("没有找到这个编号"), status=404)


def sites_of(process: ServiceProcess, actor: Actor, asked: str | None) -> tuple[str, ...]:
    """The sites asked for, comma-separated, or every site the actor sees.

    Raises:
        Problem: 404 for a site the actor does not see, as if it did not exist.
    """
    named = tuple(filter(None, (part.strip() for part in (asked or "").split(","))))
    for site in named:
        seen(process, actor, site)
    return named or visible(process.book, actor)


def seen(process: ServiceProcess, actor: Actor, site: str) -> None:
    """Refuse a site that is out of sight or does not exist; both answer the same."""
    process.surface.require(actor, "view", site)
    site_of(process.book, site)


def visible(book: Book, actor: Actor) -> tuple[str, ...]:
    """Every site of the directory the actor sees."""
    return tuple(site.id for site in book.sites() if actor.can("view", site.id))


def cursor_of(at: datetime | None, case: str) -> str:
    """An opaque word for the place after (at, case)."""
    return base64.urlsafe_b64encode(f"{at.isoformat() if at else ''}~{case}".encode()).decode()


def place_of(cursor: str | None) -> tuple[datetime | None, str] | None:
    """The place a cursor names; None at the beginning.

    Raises:
        Problem: 422, it is none of ours.
    """
    if cursor is None:
        return None
    try:
        at, _, case = base64.urlsafe_b64decode(cursor.encode()).decode().partition("~")
        return (datetime.fromisoformat(at).astimezone(UTC) if at else None), case
    except (ValueError, binascii.Error, OverflowError):
        raise refuse("bad_cursor", text("页码无效，请从第一页读起"), status=422, field="/cursor") from None
