"""Files of master data: handed in, looked at, applied, taken back, thrown away."""

import asyncio
import shutil
from typing import Annotated, Any, Literal

from fastapi import FastAPI, Query, Request

from services.intake.api.load_answers import busy, job_shown, not_now, unknown_load
from services.intake.api.means import Means
from services.intake.api.uploads import folder_for, taken
from services.intake.ports.loads import Changed, Job, Leavers, SiteBusy, Upload
from shared.contracts.fields import Command
from shared.contracts.fold import Actor
from shared.contracts.wording import text
from shared.web.problems import Problem, refuse

LISTED = 50
ENDED_MOST = 0.2
"""Share of a site's residents a load may end without being told that it may: beyond it, a sheet is likely cut off."""


class Apply(Command):
    """Apply a checked load.

    Attributes:
        end_many: Even where it ends more than a fifth of the site's residents.
    """

    end_many: bool = False


def add(api: FastAPI, means: Means) -> None:
    """Add the routes."""
    _handing_in(api, means)
    _carrying_on(api, means)

    @api.get("/master-files")
    async def listed(request: Request, site: Annotated[str, Query(max_length=200)]) -> dict[str, Any]:
        """Loads of a site, newest first."""
        means.site(await means.process.surface.actor(request), "admin", site)
        voice = means.voice(request, site)
        return {"site": site, "items": [job_shown(job, voice) for job in await means.loads.of(site, LISTED)]}

    @api.get("/master-files/{job}")
    async def shown(request: Request, job: str) -> dict[str, Any]:
        """How far a load is and what it would change."""
        _, found = await seen(means, request, job)
        return job_shown(found, means.voice(request, found.site))


def _handing_in(api: FastAPI, means: Means) -> None:
    @api.post("/master-files", status_code=202)
    async def hand_in(
        request: Request,
        site: Annotated[str, Query(max_length=200)],
        name: Annotated[str, Query(min_length=1, max_length=200)],
        leavers: Leavers = "end",
    ) -> dict[str, Any]:
        """Hand in a file, its bytes as the body; it is read and checked, and changes nothing before it is applied."""
        actor = await means.process.surface.actor(request)
        means.site(actor, "admin", site)
        voice = means.voice(request, site)
        if (other := await means.loads.busy(site)) is not None:
            raise busy(other, voice)
        async with folder_for() as folder:
            fingerprint = await taken(request, folder / "file")
            upload = Upload(site, name, actor.account, actor.name, leavers, fingerprint, folder)
            try:
                job = await means.loads.begin(upload)
            except SiteBusy as other_job:
                raise busy(other_job.job, voice) from None
        means.wake()
        return {"job": job.id} | job_shown(job, voice)


def _carrying_on(api: FastAPI, means: Means) -> None:
    @api.post("/master-files/{job}/apply", status_code=202)
    async def apply(request: Request, job: str, command: Apply) -> dict[str, Any]:
        """Write everything a checked load would change, all or nothing."""
        _, found = await seen(means, request, job)
        _check_may_apply(found, command)
        return await _turned(means, request, "apply", found)

    @api.post("/master-files/{job}/undo", status_code=202)
    async def undo(request: Request, job: str) -> dict[str, Any]:
        """Put back what an applied load has changed; cases it brought stay."""
        _, found = await seen(means, request, job)
        if found.state != "applied":
            raise not_now("undo", found)
        return await _turned(means, request, "undo", found)

    @api.delete("/master-files/{job}", status_code=204)
    async def discard(request: Request, job: str) -> None:
        """Throw a load away that nothing came of."""
        _, found = await seen(means, request, job)
        if not await means.loads.discard(found):
            raise not_now("discard", found)
        await asyncio.to_thread(shutil.rmtree, found.folder, ignore_errors=True)
        means.wake()


async def seen(means: Means, request: Request, job: str) -> tuple[Actor, Job]:
    """The load, for an administrator of its site.

    Raises:
        Problem: 404, the same for a load that does not exist and for one of a site out of sight; 403.
    """
    actor = await means.process.surface.actor(request)
    found = await means.loads.one(job)
    if found is None or not actor.can("view", found.site):
        raise unknown_load()
    means.site(actor, "admin", found.site)
    return actor, found


async def _turned(means: Means, request: Request, act: Literal["apply", "undo"], job: Job) -> dict[str, Any]:
    voice = means.voice(request, job.site)
    try:
        await (means.loads.ask_to_apply(job) if act == "apply" else means.loads.ask_to_undo(job))
    except SiteBusy as other:
        raise busy(other.job, voice) from None
    except Changed as changed:
        means.wake()
        raise _changed(act, await means.loads.one(job.id) or job, changed) from None
    means.wake()
    return job_shown(await means.loads.one(job.id) or job, voice)


def _changed(act: Literal["apply", "undo"], now: Job, changed: Changed) -> Problem:
    if changed.records:
        records = changed.records
        sentence = text("有 {records} 条资料后来又改过，或用到这次导入的资料，这次导入不能撤销", records=records)
        return refuse("changed_since", sentence, status=409, hint=text("请上传一份正确的表来更正"))
    if act == "apply" and now.state in {"reading", "checked"}:
        sentence = text("核对之后资料有变化，正在重新核对")
        return refuse("register_changed", sentence, status=409, hint=text("请看过新的核对结果再确认"))
    return not_now(act, now)


def _check_may_apply(job: Job, command: Apply) -> None:
    if job.state == "refused":
        sentence = text("这份表有 {findings} 处错误，一行也不会写入", findings=job.findings)
        raise refuse("has_findings", sentence, status=409, hint=text("请按清单改正后重新上传"))
    if job.state != "checked":
        raise not_now("apply", job)
    ended = job.counted("ended", "residents")
    if ended > job.living * ENDED_MOST and not command.end_many:
        sentence = text("这份表会终止 {ended} 位住户，现有 {living} 位", ended=ended, living=job.living)
        hint = text("请核对表是否完整；确实如此时请再次确认（end_many），或选择保留表中没有的住户（leavers=keep）")
        raise refuse("ends_many", sentence, status=409, field="/end_many", hint=hint)
