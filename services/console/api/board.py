"""The live board: everything open on the reader's sites, the most overdue on top."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from services.console.api.calendars import alarms_of
from services.console.api.means import Means, Visit, asked, relied_on
from services.console.ports import Piece

BOARD, ROW = "/api/reporting/board", "/api/reporting/board/row"
SHOWN_MOST = 500
BREATH = 15.0
ALARMS = frozenset({"escalation.clock_breached", "escalation.case_raised"})
SSE = {"X-Accel-Buffering": "no", "Cache-Control": "no-store"}


def routes(means: Means) -> list[Route]:
    """The board, its rows, and the stream of news."""
    board = _Board(means)
    return [
        Route("/", home, methods=["GET"]),
        Route("/board", board.page, methods=["GET"]),
        Route("/board/rows", board.rows, methods=["GET"]),
        Route("/board/alarms", board.alarms, methods=["GET"]),
        Route("/board/row/{case}", board.row, methods=["GET"]),
        Route("/live", board.live, methods=["GET"]),
    ]


async def home(_request: Request) -> Response:
    """The board is the first page."""
    return RedirectResponse("/board", 303)


@dataclass(frozen=True, slots=True)
class Filter:
    """What the reader wants to see."""

    site: str | None
    department: str | None

    def shows(self, item: Mapping[str, Any]) -> bool:
        """Whether an open case is among it."""
        here = self.site is None or item["site"] == self.site
        return here and self.department in (None, item["department"] or item["responsible"])


class _Board:
    def __init__(self, means: Means) -> None:
        self._means = means

    async def page(self, request: Request) -> Response:
        """The whole page."""
        visit = await self._means.visit(request)
        context = await self._context(visit)
        alarms = await alarms_of(self._means, visit)
        return self._means.show(visit, "board.html", alarms=alarms, departments=self._departments(visit), **context)

    async def rows(self, request: Request) -> Response:
        """The rows alone, after a (re)connection."""
        visit = await self._means.visit(request)
        return self._means.show(visit, "board_rows.html", **await self._context(visit))

    async def _context(self, visit: Visit) -> dict[str, Any]:
        wanted = _filter(visit.request)
        params = {"sites": wanted.site, "department": wanted.department, "limit": SHOWN_MOST}
        told = relied_on(await self._means.gateway.get(visit.caller, BOARD, params))
        open_, overdue = (sum(count[name] for count in told["sites"]) for name in ("open", "overdue"))
        return {
            "wanted": wanted,
            "items": told["items"],
            "open": open_,
            "overdue": overdue,
            "more": told["next"] is not None,
            "site_names": _names(visit),
        }

    def _departments(self, visit: Visit) -> list[tuple[str, Mapping[str, str]]]:
        known: dict[str, Mapping[str, str]] = {}
        for site in visit.sites:
            for department in self._means.book.departments(site.id):
                known.setdefault(department.kind, {"zh": department.name.zh, "en": department.name.en})
        return sorted(known.items())

    async def alarms(self, request: Request) -> Response:
        """What is wrong with calendars, asked for now and then by a board that stays open."""
        visit = await self._means.visit(request)
        return self._means.show(visit, "board_alarms.html", alarms=await alarms_of(self._means, visit))

    async def row(self, request: Request) -> Response:
        """One row; nothing when the case is not (any more) among what the reader wants to see."""
        visit = await self._means.visit(request)
        path = f"{ROW}/{request.path_params['case']}"
        answer = await self._means.gateway.get(visit.caller, path, {"at_least": asked(request, "at_least")})
        item = answer.body.get("item")
        if item is None or not item["open"] or not _filter(request).shows(item):
            return Response(status_code=204)
        return self._means.show(visit, "board_rows.html", items=[item], more=False, site_names=_names(visit))

    async def live(self, request: Request) -> Response:
        """News of the reader's sites as server-sent events."""
        visit = await self._means.visit(request)
        return StreamingResponse(self._events(visit), media_type="text/event-stream", headers=SSE)

    async def _events(self, visit: Visit) -> AsyncIterator[str]:
        with self._means.news.listen() as listener:
            yield "retry: 1500\nevent: hello\ndata: {}\n\n"
            while True:
                piece = await listener.next(BREATH)
                if piece == "closed":
                    return
                if piece is None:
                    if await self._means.signed_in(visit.request) is None:
                        return
                    yield "event: breath\ndata: {}\n\n"
                elif isinstance(piece, str):
                    yield "event: resync\ndata: {}\n\n"
                elif await self._may_see(visit, piece):
                    kind = "alarm" if piece.kind in ALARMS else "news"
                    yield f"event: {kind}\ndata: {piece.wire()}\n\n"

    async def _may_see(self, visit: Visit, piece: Piece) -> bool:
        site = self._means.news.site_of(piece.case) or await self._looked_up(visit, piece)
        # Asked anew each time: rights may be taken back while the page stays open.
        account = self._means.accounts.account(visit.account.id)
        actor = self._means.accounts.actor(account, self._means.clock.now()) if account else None
        return site is not None and actor is not None and actor.can("view", site)

    async def _looked_up(self, visit: Visit, piece: Piece) -> str | None:
        answer = await self._means.gateway.get(visit.caller, f"{ROW}/{piece.case}")
        site = answer.body.get("item", {}).get("site")
        if site is not None:
            self._means.news.learn(piece.case, site)
        return str(site) if site is not None else None


def _filter(request: Request) -> Filter:
    return Filter(asked(request, "site"), asked(request, "department"))


def _names(visit: Visit) -> dict[str, str]:
    return {site.id: site.name.zh if visit.voice.language == "zh" else site.name.en for site in visit.sites}
