"""What a shift hands over: everything open at its site, for whoever takes over and for the service that checks it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request

from services.dispatch.api.showing import with_offset
from services.dispatch.commands import OpenItem, TakeOver, TakeStep, entities_of, takes_over
from services.dispatch.ports import CaseIndex
from services.dispatch.state import CaseState
from shared.contracts.wording import text
from shared.process.service import ServiceProcess
from shared.rules.book import Book
from shared.web.problems import refuse


class Handover:
    """Reads what is open at the site of a case whose procedure takes a shift over."""

    def __init__(self, process: ServiceProcess, index: CaseIndex) -> None:
        """Read through *process* and *index*."""
        self._process, self._index = process, index

    async def knowing(self, case: str, asked: TakeStep) -> tuple[TakeStep, tuple[str, ...]]:
        """*asked* with what is open, if its step takes a shift over; and the entities it is folded with.

        What is logged after this moment belongs to the incoming shift already.
        """
        state = (await self._states((case,))).get(case)
        entities = entities_of(case, state, asked, self._process.book)
        if state is None or not takes_over(state, self._process.book, asked.step):
            return asked, entities
        rows = await self._open(state)
        since = _since(rows, await self._states(tuple(row["id"] for row in rows)))
        items = tuple(OpenItem(row["id"], row["number"], since[row["id"]]) for row in rows)
        return TakeOver(**dict(asked), open_items=items), entities

    async def items(self, request: Request, case: str) -> dict[str, Any]:
        """Everything open at the site of a handover but itself; ``handover`` marks one that never took place.

        ``as_of`` goes into ``accepted_at`` of the step that takes over: when the last of them came on the list, so that
        nothing counts as accepted which this answer does not show.
        """
        actor = await self._process.surface.actor(request)
        state, now = (await self._states((case,))).get(case), self._process.clock.now()
        book = self._process.book
        if state is None or not actor.can("view", state.site, state.department) or not takes_over(state, book):
            raise refuse("unknown", text("没有找到这个编号"), status=404)
        rows = await self._open(state)
        states = await self._states(tuple(row["id"] for row in rows))
        items = [_item(row, book, missed=row["id"] in states and takes_over(states[row["id"]], book)) for row in rows]
        as_of = max(_since(rows, states).values(), default=state.open_since or now)
        return {"as_of": with_offset(as_of, state.site, book), "items": items}

    async def _open(self, state: CaseState) -> Sequence[dict[str, Any]]:
        async with self._process.db.connect() as conn:
            return [row for row in await self._index.open_at(conn, state.site) if row["id"] != state.case]

    async def _states(self, cases: Sequence[str]) -> dict[str, CaseState]:
        async with self._process.db.connect() as conn:
            slots = await self._process.engine.unit.peek(conn, list(cases))
        return {id_: slot.state for id_, slot in slots.items() if isinstance(slot.state, CaseState)}


def _since(rows: Sequence[dict[str, Any]], states: dict[str, CaseState]) -> dict[str, datetime]:
    """When each came on the list."""
    known = {id_: state.open_since for id_, state in states.items()}
    return {row["id"]: known.get(row["id"]) or row["received_at"] for row in rows}


def _item(row: dict[str, Any], book: Book, *, missed: bool) -> dict[str, Any]:
    kept = {name: row[name] for name in ("number", "status", "department", "assignee", "severity")}
    received_at = with_offset(row["received_at"], row["site"], book)
    return {"entity": row["id"]} | kept | {"received_at": received_at, "handover": missed}


def handover_routes(process: ServiceProcess, index: CaseIndex) -> None:
    """Add ``GET /cases/{case}/open-items``."""
    router = APIRouter(prefix="/cases/{case}", tags=["handover"])
    router.get("/open-items", name="open_items")(Handover(process, index).items)
    process.api.include_router(router)
