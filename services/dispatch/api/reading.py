"""Reading: one case, and lists of cases."""

from collections.abc import Sequence
from dataclasses import replace
from operator import itemgetter
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from services.dispatch.api.showing import shown, with_offset
from services.dispatch.api.standing import standing_at
from services.dispatch.api.steps import Viewing, steps_shown
from services.dispatch.policy.lifecycle import Status
from services.dispatch.ports import CaseIndex, Wanted
from services.dispatch.state import CaseState
from shared.contracts.fold import Actor
from shared.contracts.wording import text
from shared.process.service import ServiceProcess
from shared.storage.slots import Slot
from shared.web.problems import refuse, voice_of

PAGE_MOST = 500

Statuses = Annotated[list[Status], Query()]
Limit = Annotated[int, Query(ge=1, le=PAGE_MOST)]


class _Reading:
    """The routes, with the process they read from."""

    def __init__(self, process: ServiceProcess, index: CaseIndex) -> None:
        self._process, self._index = process, index

    async def one(self, request: Request, response: Response, case: str, at_least: str | None = None) -> dict[str, Any]:
        """A case: order, department, assignee, round, steps, money, and the acts possible now.

        ``at_least=dispatch:7,intake:2`` waits up to two seconds for those versions; ``fresh`` tells whether they came.
        """
        actor = await self._process.surface.actor(request)
        await self._slot(case, actor)
        fresh = await self._process.surface.at_least(case, at_least)
        slot, state = await self._slot(case, actor)
        response.headers["ETag"] = f'"{slot.said}"'
        head = {"entity": case, "service": "dispatch", "version": slot.said, "fresh": fresh}
        book, now = self._process.book, self._process.surface.clock.now()
        standing = await standing_at(self._process, state.site)
        steps = steps_shown(Viewing(state, book, actor, voice_of(request), now, standing))
        return head | shown(state, book) | steps

    async def _slot(self, case: str, actor: Actor) -> tuple[Slot, CaseState]:
        async with self._process.db.connect() as conn:
            slot = (await self._process.engine.unit.peek(conn, [case])).get(case)
        state = slot.state if slot is not None else None
        if slot is None or not isinstance(state, CaseState) or not _is_in_sight(state, actor):
            raise refuse("unknown", text("没有找到这个编号"), status=404)
        return slot, state

    async def many(
        self,
        request: Request,
        site: str | None = None,
        status: Statuses = [],  # noqa: B006  FastAPI copies it
        department: str | None = None,
        assignee: str | None = None,
        after: str = "",
        limit: Limit = 100,
    ) -> dict[str, Any]:
        """Cases in order of their ids, of the sites the asker sees; ``next`` goes into ``after`` for the next page."""
        actor = await self._process.surface.actor(request)
        wanted = Wanted(
            sites=self._sites(actor, site),
            statuses=tuple(each.value for each in status),
            department=department,
            assignee=assignee,
            after=after,
            limit=limit,
        )
        async with self._process.db.connect() as conn:
            rows = [row for each in self._in_sight(actor, wanted) for row in await self._index.listed(conn, each)]
        items = [self._item(row) for row in sorted(rows, key=itemgetter("id"))[:limit]]
        return {"items": items, "next": items[-1]["entity"] if len(items) == limit else None}

    def _in_sight(self, actor: Actor, wanted: Wanted) -> Sequence[Wanted]:
        """What *actor* may see of it: of sites where he belongs to an outside party, its own orders only (§9.7)."""
        held = actor.outside
        if not held:
            return (wanted,)
        sites = held if wanted.sites is None else wanted.sites
        whole = tuple(site for site in sites if site not in held)
        narrow = [(site, kind) for site in sites for kind in sorted(held.get(site, ()))]
        return (
            *((replace(wanted, sites=whole),) if whole else ()),
            *(
                replace(wanted, sites=(site,), department=kind)
                for site, kind in narrow
                if wanted.department in (None, kind)
            ),
        )

    def _sites(self, actor: Actor, site: str | None) -> tuple[str, ...] | None:
        if site is not None:
            if site not in actor.outside or not actor.can("own", site):
                self._process.surface.require(actor, "view", site)
            return (site,)
        seen = actor.sites()
        return None if "*" in seen else seen

    def _item(self, row: dict[str, Any]) -> dict[str, Any]:
        received_at = with_offset(row["received_at"], row["site"], self._process.book)
        kept = {name: row[name] for name in row if name not in ("id", "order_number", "received_at")}
        return {"entity": row["id"], "order": row["order_number"], "received_at": received_at} | kept


def _is_in_sight(state: CaseState, actor: Actor) -> bool:
    return state.status is not Status.AWAITED and actor.can("view", state.site, state.department)


def reading_routes(process: ServiceProcess, index: CaseIndex) -> None:
    """Add ``GET /cases/{case}`` and ``GET /cases``."""
    reading, router = _Reading(process, index), APIRouter(prefix="/cases", tags=["cases"])
    router.get("", name="cases")(reading.many)
    router.get("/{case}", name="case")(reading.one)
    process.api.include_router(router)
