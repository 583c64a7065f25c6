"""What people outside the house are to be told: what is still to be done, and doing it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request, Response

from services.notify.api.paging import OLDEST, cursor_of, place_of
from services.notify.commands import SeenTo, SeeTo, may_see_to
from services.notify.policy.naming import site_name
from services.notify.ports import Inboxes
from shared.contracts.fold import Actor
from shared.contracts.wording import text
from shared.process.service import ServiceProcess
from shared.rules.book import Book
from shared.timekeeping.calendar import zone_named
from shared.web.forms import named
from shared.web.problems import refuse

TOLD = SeenTo()


def outward_routes(process: ServiceProcess, inboxes: Inboxes) -> None:
    """Add the lists of tellings and the act that ticks one off."""
    _lists(process.api, process, inboxes)
    _act(process.api, process)


def _lists(app: FastAPI, process: ServiceProcess, inboxes: Inboxes) -> None:
    @app.get("/outward")
    async def outward(
        request: Request,
        *,
        site: str | None = None,
        overdue: bool = False,
        cursor: str | None = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> dict[str, Any]:
        """What people outside are still to be told, by when it is due; ``cursor`` asks for the next page."""
        actor, now = await process.surface.actor(request), process.clock.now()
        sites = _sites(process, actor, site)
        rows = await inboxes.outward_open(
            sites, due_before=now if overdue else None, after=place_of(cursor, OLDEST), most=limit
        )
        following = cursor_of(rows[-1].due_at, rows[-1].id) if len(rows) == limit else None
        return {"items": shown(rows, actor, process.book, now), "cursor": following}

    @app.get("/cases/{case}/outward")
    async def of_case(request: Request, case: str, at_least: str | None = None) -> dict[str, Any]:
        """What people outside are to be told about a case, and what was done about it."""
        actor, now = await process.surface.actor(request), process.clock.now()
        site = await inboxes.site_of(case)
        if site is None or not actor.can("view", site):
            raise refuse("unknown", text("没有找到这个编号"), status=404)
        fresh = await process.surface.at_least(case, at_least)
        return {"fresh": fresh, "items": shown(await inboxes.outward_of(case), actor, process.book, now)}


def _act(app: FastAPI, process: ServiceProcess) -> None:
    @app.post("/cases/{case}/outward/{notice}/seen-to")
    async def seen_to(request: Request, case: str, notice: str, asked: SeenTo = TOLD) -> Response:
        """They were told, or need not be any more; once a notice."""
        command = SeeTo(notice=notice, **dict(asked))
        return await process.surface.command(request, (case,), command, right="view")


def _sites(process: ServiceProcess, actor: Actor, site: str | None) -> list[str] | None:
    if site is not None:
        process.surface.require(actor, "view", site)
        return [site]
    seen = [one for one in actor.sites() if one == "*" or actor.can("view", one)]
    if "*" not in seen:
        return seen
    return [one.id for one in process.book.sites() if actor.can("view", one.id)] if actor.outside else None


def shown(rows: Sequence[Any], actor: Actor, book: Book, now: datetime) -> list[dict[str, Any]]:
    """Tellings as an answer shows them to one reader; instants with the site's offset."""
    return [_item(row, actor, book, now) for row in rows]


def _item(row: Any, actor: Actor, book: Book, now: datetime) -> dict[str, Any]:
    def local(instant: datetime | None) -> str | None:
        return instant.astimezone(zone).isoformat() if instant else None

    zone = zone_named(book.site(row.site).zone)
    open_now = row.seen_at is None
    return {
        "id": row.id,
        "case": row.entity,
        "site": row.site,
        "site_name": named(site_name(book, row.site)),
        "number": row.number,
        "rule": row.rule,
        "to": list(row.audience),
        "means": list(row.means),
        "text": {"zh": row.zh, "en": row.en},
        "people": list(row.people),
        "wanted_at": local(row.wanted_at),
        "not_before": local(row.not_before),
        "due_at": local(row.due_at),
        "product_default": row.usual,
        "overdue": open_now and now > row.due_at,
        "possible": open_now and may_see_to(row.people, actor, row.site),
        "seen_to": None if open_now else _seen(row, local(row.told_at), local(row.seen_at)),
    }


def _seen(row: Any, told_at: str | None, seen_at: str | None) -> dict[str, Any]:
    done = {"outcome": row.outcome, "means": row.used, "by": row.by, "late": row.late}
    return done | {"told_at": told_at or seen_at, "recorded_at": seen_at}
