"""Reading and writing records."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import Field

from services.directory.api.calendars import Keeping
from services.directory.api.settling import refuse_spoilt, warnings_of
from services.directory.api.shapes import Shaped, shaped, unknown_reference
from services.directory.api.writing import write_all
from services.directory.policy.access import EVERYWHERE
from services.directory.policy.references import Known, wrong_references
from services.directory.ports import Records, Stored
from shared.contracts.fields import Command
from shared.contracts.fold import Actor
from shared.contracts.wording import text
from shared.process.service import ServiceProcess
from shared.web.problems import Problem, refuse, voice_of

MOST_AT_ONCE = 5000
FOR_ADMINISTRATORS = frozenset({"account", "token"})
FOR_EVERYONE = frozenset({"pack"})
BESIDE_THE_BODY = ("/record", "/key")


class OneRecord(Command):
    """A record of a bulk request."""

    record: str
    key: str
    body: dict[str, Any]


class ManyRecords(Command):
    """Records that are written together or not at all; they may refer to each other in any order."""

    records: tuple[OneRecord, ...] = Field(max_length=MOST_AT_ONCE)


def record_routes(process: ServiceProcess, records: Records) -> None:
    """Add the routes about records."""
    _writing(process.api, process, records, Keeping(process, records))
    _reading(process.api, process, records)


def _writing(app: FastAPI, process: ServiceProcess, records: Records, keeping: Keeping) -> None:
    @app.put("/records/{record}/{key:path}")
    async def put(request: Request, record: str, key: str, body: dict[str, Any]) -> Response:
        """Write a whole record; the same body again changes nothing."""
        actor = await process.surface.actor(request)
        _refuse_token(record)
        one = shaped(record, key, body)
        known = await records.known()
        _check_references([one], known)
        [command] = await keeping.puts([one], actor)
        warnings = {"warnings": warnings_of([one], known, voice_of(request))} if one.record == "site" else {}
        return await process.surface.command(
            request, (command.entity,), command, right="admin", render=lambda _done: warnings
        )

    @app.post("/records")
    async def put_many(request: Request, many: ManyRecords) -> dict[str, Any]:
        """Write several records, all or none; ``warnings`` name what sites among them still lack."""
        actor = await process.surface.actor(request)
        several = [_shaped_at(place, one) for place, one in enumerate(many.records)]
        known = await records.known()
        for one in several:
            known.add(one.record, one.body)
        _check_references(several, known, places=True)
        answers = await write_all(process, await keeping.puts(several, actor), actor)
        return answers | {"warnings": warnings_of(several, known, voice_of(request))}


def _shaped_at(place: int, one: OneRecord) -> Shaped:
    """The record at *place* of a bulk request; what is wrong with it is named by its place."""
    _refuse_token(one.record)
    try:
        return shaped(one.record, one.key, one.body)
    except RequestValidationError as invalid:
        within = ("body", "records", place, "body")
        raise RequestValidationError(
            [{**error, "loc": (*within, *error["loc"][1:])} for error in invalid.errors()]
        ) from None
    except Problem as problem:
        refused = problem.refusal
        field = refused.field or ""
        where = f"/records/{place}" + (field if field in BESIDE_THE_BODY else f"/body{field}")
        raise refuse(refused.why, refused.text, status=refused.status, field=where, hint=refused.hint) from None


def _refuse_token(record: str) -> None:
    if record == "token":
        hint = text("请用 POST /api/directory/tokens")
        raise refuse("tokens_are_issued", text("令牌由系统生成"), status=422, field="/record", hint=hint)


def _check_references(several: Sequence[Shaped], known: Known, *, places: bool = False) -> None:
    for place, one in enumerate(several):
        refuse_spoilt(one, f"/records/{place}/body" if places else "")
        for wrong in wrong_references(one.record, one.body, known):
            raise unknown_reference(wrong, within=f"/records/{place}/body" if places else "")


def _reading(app: FastAPI, process: ServiceProcess, records: Records) -> None:
    @app.get("/records/{record}")
    async def several(
        request: Request,
        record: str,
        *,
        site: str | None = None,
        cursor: str = "",
        limit: Annotated[int, Query(ge=1, le=500)] = 200,
    ) -> dict[str, Any]:
        """Records of a kind that I may see, by key; ``cursor`` of one answer asks for the next page."""
        actor = await process.surface.actor(request)
        sites = _visible_sites(actor, record)
        found = await records.several(record, sites=sites, site=site, after=cursor, most=limit)
        following = found[-1].key if len(found) == limit else None
        return {"items": [_shown(one, actor) for one in found], "cursor": following}

    @app.get("/records/{record}/{key:path}")
    async def one(request: Request, record: str, key: str, version: int | None = None) -> dict[str, Any]:
        """One record; of a pack the newest version unless one is asked for."""
        actor = await process.surface.actor(request)
        found = await records.one(record, key, version)
        sites = _visible_sites(actor, record)
        if found is None or not (sites is None or set(sites) & set(found.sites)):
            raise refuse("unknown", text("没有找到这个编号"), status=404)
        return _shown(found, actor)


def _visible_sites(actor: Actor, record: str) -> tuple[str, ...] | None:
    """Sites whose records *actor* may read; None for all."""
    if record in FOR_EVERYONE:
        return None
    sites = actor.sites("admin" if record in FOR_ADMINISTRATORS else "view")
    return None if sites == (EVERYWHERE,) else sites


def _shown(stored: Stored, actor: Actor) -> dict[str, Any]:
    body = stored.body
    if not all(actor.can("admin", site) for site in stored.sites):
        body = _without_keys(body)
    shown = {name: part for name, part in body.items() if name != "sha256"}
    return {
        "record": stored.record,
        "key": stored.key,
        "version": stored.version or None,
        "sites": stored.sites,
        "body": shown,
        "written_at": stored.written_at,
        "by": stored.by,
    }


def _without_keys(body: Mapping[str, Any]) -> dict[str, Any]:
    """The URL of a robot holds its key: only administrators see it."""
    return {name: (bool(part) if name == "wecom" else part) for name, part in body.items()}
