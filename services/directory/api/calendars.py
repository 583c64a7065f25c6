"""Calendars of sites: put in force with their evidence, kept for ever afterwards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from fastapi import Request, Response
from pydantic import TypeAdapter

from services.directory.api.shapes import Shaped, shaped
from services.directory.api.writing import put_of
from services.directory.commands import PutRecord, digest_of
from services.directory.policy.calendars import Approval, Kept, VersionTaken, approved, kept_with, same_content
from services.directory.ports import Records
from shared.contracts.fields import Command, Line
from shared.contracts.fold import Actor
from shared.contracts.wording import text
from shared.organisation.records import CalendarRecord, Evidence, Site
from shared.process.service import ServiceProcess
from shared.web.calendars import read_calendar
from shared.web.problems import Problem, refuse
from shared.web.sites import no_such_site

SITES: TypeAdapter[Site] = TypeAdapter(Site)
CALENDARS: TypeAdapter[CalendarRecord] = TypeAdapter(CalendarRecord)
A_DAY = timedelta(days=1)
"""Somewhere it is tomorrow already."""
NOTHING = ""
"""Digest of a record that is not there."""


class NewEvidence(Command):
    """The notice or decision a calendar follows, and its date."""

    source: Line
    dated: date


class ChangeCalendar(Command):
    """Put a calendar in force.

    Attributes:
        calendar: The whole calendar under a version of its own, without its evidence.
        replaces: The version in force that the asker has seen.
    """

    calendar: dict[str, Any]
    evidence: NewEvidence
    replaces: Line


def calendar_routes(process: ServiceProcess, records: Records) -> None:
    """Add the route that puts a calendar in force."""

    @process.api.put("/sites/{site}/calendar")
    async def change(request: Request, site: str, asked: ChangeCalendar) -> Response:
        """Put a calendar in force at a site; the one it replaces is kept, with its evidence, among the past ones."""
        actor = await process.surface.actor(request)
        process.surface.require(actor, "admin", site)
        stored = await records.one("site", site)
        if stored is None:
            raise no_such_site(site)
        there = SITES.validate_python(stored.body)
        if there.calendar.version != asked.replaces:
            raise _stale(process, there.calendar)
        wanted = _asked_for(asked, actor, process)
        if same_content(wanted, there.calendar):
            raise refuse("no_change", text("新日历与现行日历 {version} 的内容相同", version=asked.replaces), status=409)
        kept = _kept(wanted, there, actor, process)
        command = put_of(shaped("site", site, _body(stored.body, kept)), follows=digest_of(dict(stored.body)))
        return await process.surface.command(
            request, (command.entity,), command, right="admin", render=lambda _done: _shown(kept.calendar)
        )


@dataclass(frozen=True, slots=True)
class Keeping:
    """Makes the commands that write records; a site keeps every calendar it has had, whatever its body says."""

    process: ServiceProcess
    records: Records

    async def puts(self, several: Sequence[Shaped], actor: Actor) -> list[PutRecord]:
        """The commands that write *several*, in order.

        Raises:
            Problem: A calendar says something else under a version the site has or had.
        """
        stored = await self.records.those("site", [one.key for one in several if one.record == "site"])
        there = {key: dict(one.body) for key, one in stored.items()}
        return [self._site(one, there, actor) if one.record == "site" else put_of(one) for one in several]

    def _site(self, one: Shaped, there: dict[str, dict[str, Any]], actor: Actor) -> PutRecord:
        before, after = there.get(one.key), SITES.validate_python(one.body)
        if before is None:
            kept = Kept(approved(after.calendar, _approval(actor, self.process)), after.past_calendars)
        else:
            kept = _kept(after.calendar, SITES.validate_python(before), actor, self.process)
        there[one.key] = body = _body(one.body, kept)
        follows = NOTHING if before is None else digest_of(before)
        return put_of(Shaped(one.record, one.key, None, body), follows=follows)


def _kept(asked: CalendarRecord, there: Site, actor: Actor, process: ServiceProcess) -> Kept:
    try:
        return kept_with(asked, Kept(there.calendar, there.past_calendars), _approval(actor, process))
    except VersionTaken as taken:
        sentence = text("日历版本 {version} 已有别的内容；已有期限依据它，不能替换", version=taken.version)
        hint = text("请换一个版本名，例如通知的日期")
        raise refuse("calendar_version_taken", sentence, status=409, field="/calendar/version", hint=hint) from None


def _body(body: Mapping[str, Any], kept: Kept) -> dict[str, Any]:
    past = [CALENDARS.dump_python(record, mode="json") for record in kept.past]
    return {**body, "calendar": CALENDARS.dump_python(kept.calendar, mode="json"), "past_calendars": past}


def _asked_for(asked: ChangeCalendar, actor: Actor, process: ServiceProcess) -> CalendarRecord:
    """The calendar with its evidence; who approves is never taken from the body."""
    if asked.calendar.get("evidence") is not None:
        hint = text("依据写在 calendar 旁边的 evidence 里")
        raise refuse("evidence_beside", text("没有这个字段"), status=422, field="/calendar/evidence", hint=hint)
    signed = _approval(actor, process)
    if asked.evidence.dated > signed.at.date() + A_DAY:
        sentence = text("依据的日期 {dated} 在将来", dated=str(asked.evidence.dated))
        hint = text("写通知或决定上的日期")
        raise refuse("future_evidence", sentence, status=422, field="/evidence/dated", hint=hint)
    told = Evidence(asked.evidence.source, asked.evidence.dated, signed.by, signed.at)
    return replace(read_calendar(asked.calendar), evidence=told)


def _stale(process: ServiceProcess, now: CalendarRecord) -> Problem:
    """Somebody approved another calendar meanwhile: who, when, on which grounds."""
    hint = text("请重新打开现行日历，核对后再批准")
    if now.evidence is None:
        sentence = text("现行日历已是版本 {version}", version=now.version)
        return refuse("stale_calendar", sentence, status=412, field="/replaces", hint=hint)
    approver = process.book.staff.person(now.evidence.approved_by)
    sentence = text(
        "{who} 已于 {at} 批准了版本 {version}（依据：{source}）",
        who=approver.name if approver else now.evidence.approved_by,
        at=now.evidence.approved_at,
        version=now.version,
        source=now.evidence.source,
    )
    return refuse("stale_calendar", sentence, status=412, field="/replaces", hint=hint)


def _shown(calendar: CalendarRecord) -> dict[str, Any]:
    told = calendar.evidence
    assert told is not None
    return {"calendar": calendar.version, "approved_by": told.approved_by, "approved_at": told.approved_at}


def _approval(actor: Actor, process: ServiceProcess) -> Approval:
    return Approval(actor.person or actor.account, process.clock.now())
