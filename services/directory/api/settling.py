"""What a site still lacks: told at every write, and asked for before it goes live."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from fastapi import Request

from services.directory.api.shapes import Shaped
from services.directory.policy.going_live import Lack, Settled, spoilt_list, unsettled
from services.directory.policy.references import Known
from services.directory.policy.site_settings import WrongSetting, wrong_settings
from services.directory.ports import Records
from shared.contracts.fold import Refusal
from shared.contracts.wording import Text, text
from shared.process.service import ServiceProcess
from shared.web.problems import Problem, voice_of
from shared.web.sites import no_such_site
from shared.web.wording import Voice


def settling_routes(process: ServiceProcess, records: Records) -> None:
    """Add the route that says whether a site may go live."""

    @process.api.get("/sites/{site}/go-live")
    async def go_live(request: Request, site: str) -> dict[str, Any]:
        """Whether the site may go live: what stands in the way, and what one should know."""
        actor = await process.surface.actor(request)
        process.surface.require(actor, "admin", site)
        stored = await records.one("site", site)
        if stored is None:
            raise no_such_site(site)
        found = unsettled(stored.body, await records.known())
        voice = voice_of(request)
        refused = [one for one in found if one.refused]
        return {
            "site": site,
            "ready": not refused,
            "refused": _shown(refused, voice),
            "warnings": _shown([one for one in found if not one.refused], voice),
        }


def refuse_spoilt(one: Shaped, within: str = "") -> None:
    """Refuse a parameter no rule could read, and a list of emergency numbers without fire or police.

    Raises:
        Problem: 422, a field for each of them.
    """
    if one.record != "site":
        return
    wrong = [setting_refused(each, within) for each in wrong_settings(one.body)]
    missing = [_refusal(each, within) for each in spoilt_list(one.body)]
    if wrong or missing:
        first, *rest = (*wrong, *missing)
        raise Problem(replace(first, more=tuple(rest)))


def setting_refused(one: WrongSetting, within: str = "") -> Refusal:
    """Why a parameter cannot be what it says."""
    sentence = text("项目参数“{name}”不能是“{value}”", name=one.named, value=one.value)
    hint = text("可以填：{instead}", instead=one.instead)
    return Refusal(why="wrong_setting", text=sentence, status=422, field=within + one.path, hint=hint)


def warnings_of(several: Sequence[Shaped], known: Known, voice: Voice) -> list[dict[str, Any]]:
    """What the writer of these records should know of each site among them; nothing of it is refused."""
    return [
        {"site": one.key} | shown
        for one in several
        if one.record == "site"
        for shown in _shown(unsettled(one.body, known), voice)
    ]


def _shown(found: Iterable[Settled], voice: Voice) -> list[dict[str, Any]]:
    return [{"why": one.lack.value, "field": one.path, "detail": voice.say(sentence_of(one))} for one in found]


def _refusal(one: Settled, within: str) -> Refusal:
    hint = text("火警和公安的电话必须填写")
    return Refusal(why=one.lack.value, text=sentence_of(one), status=422, field=within + one.path, hint=hint)


def sentence_of(one: Settled) -> Text:
    """What is lacking, for a person."""
    if one.lack is Lack.SHADOWED:
        sentence = "{profile} 的“{named}”不会启用：{pack} 已有同名事项"
        return text(sentence, profile=one.shadowed, named=one.named, pack=one.pack)
    if one.lack is Lack.NUMBER:
        return text("应急电话单还缺：{named}", named=one.named)
    return text("{pack} 要求项目先填写：{named}", pack=one.pack, named=one.named)
