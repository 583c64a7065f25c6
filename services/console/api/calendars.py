"""Working calendars: what each site counts with, and a change seen before it is approved."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from services.console.api.means import Means, Refused, Visit, asked, relied_on, typed
from services.console.policy.calendars import EVERYWHERE, KINDS, Wish, told_by_blank, wished
from services.console.ports import Answer
from shared.organisation.calendar_changes import changed_calendar
from shared.organisation.calendar_words import days_written, hours_written
from shared.organisation.records import CalendarRecord, Site
from shared.timekeeping.calendar import local_date

STANDINGS = "/api/escalation/calendars"
ROWS_SHOWN = 200
LOOKS_AT_ONCE = 4
CASES_A_PAGE = 1000
KNOWN_WITHIN = 2.0
LOOK_EVERY = 0.05
_RECORD: TypeAdapter[CalendarRecord] = TypeAdapter(CalendarRecord)


@dataclass(slots=True)
class Outlook:
    """What a change would do at one site.

    Attributes:
        calendar: The new one; None where the site has all of it already.
        moved: The first clocks that would move; ``moved_total`` counts them all.
        kept: Clocks that stay, because a person set them or they are late already.
        answer: A refusal, if the services refuse it.
    """

    site: Site
    calendar: CalendarRecord | None
    replaces: str
    open_cases: int = 0
    moved: list[Mapping[str, Any]] = field(default_factory=list)
    moved_total: int = 0
    kept: int = 0
    provisional: set[int] = field(default_factory=set)
    answer: Answer | None = None

    @property
    def body(self) -> dict[str, Any]:
        """The calendar as requests carry it."""
        assert self.calendar is not None
        body: dict[str, Any] = _RECORD.dump_python(self.calendar, mode="json", exclude={"evidence"})
        return body


def routes(means: Means) -> list[Route]:
    """The page, the preview of a change, its approval."""
    calendars = _Calendars(means)
    return [
        Route("/calendars", calendars.page, methods=["GET"]),
        Route("/calendars/preview", calendars.preview, methods=["POST"]),
        Route("/calendars/approve", calendars.approve, methods=["POST"]),
    ]


class _Calendars:
    def __init__(self, means: Means) -> None:
        self._means = means

    async def page(self, request: Request) -> Response:
        """How one site counts, and the forms."""
        visit = await self._visit(request)
        return await self._shown(visit, asked(request, "site"), approved=asked(request, "approved"))

    async def preview(self, request: Request) -> Response:
        """The open deadlines a change would move; or the form again, with what is wrong."""
        visit, given = await self._visit(request), _last(await typed(request))
        wish = _wish(given)
        if wish.wrong:
            return await self._refused(visit, given, _in_words(visit, wish))
        outlooks = await self._foreseen(visit, self._drafts(visit, given, wish))
        refusal = next((one.answer for one in outlooks if one.answer is not None), None)
        if refusal is not None:
            return await self._refused(visit, given, _by_blank(refusal, given, visit.voice.joint), refusal)
        return await self._shown(visit, given.get("site"), given=given, outlooks=outlooks)

    async def approve(self, request: Request) -> Response:
        """Put the previewed change in force at every site of it; those that refuse are named."""
        visit, form = await self._visit(request), await typed(request)
        given, wish = _last(form), _wish(_last(form))
        if wish.wrong:
            return await self._refused(visit, given, _in_words(visit, wish))
        seen = dict(one.rpartition(":")[::2] for one in form.get("replaces", ()))
        drafts = [one for one in self._drafts(visit, given, wish) if one.calendar and one.site.id in seen]
        for draft in drafts:
            draft.replaces = seen[draft.site.id]
            draft.answer = await self._put(visit, draft, wish)
        failed = [one for one in drafts if one.answer is not None and not one.answer.ok]
        if failed:
            return await self._shown(visit, given.get("site"), given=given, failed=failed, status=_status(failed))
        await self._known(drafts)
        back = urlencode({"site": given.get("site", ""), "approved": len(drafts)})
        return RedirectResponse(f"/calendars?{back}", 303)

    async def _visit(self, request: Request) -> Visit:
        visit = await self._means.visit(request)
        if not visit.where("admin"):
            raise Refused(Answer(403))
        return visit

    def _drafts(self, visit: Visit, given: Mapping[str, str], wish: Wish) -> list[Outlook]:
        own, everywhere = given.get("site"), given.get("scope") == EVERYWHERE
        sites = [site for site in visit.where("admin") if everywhere or site.id == own]
        return [_drafted(site, wish) for site in sites]

    async def _foreseen(self, visit: Visit, drafts: Sequence[Outlook]) -> Sequence[Outlook]:
        few = asyncio.Semaphore(LOOKS_AT_ONCE)

        async def look(draft: Outlook) -> None:
            async with few:
                await self._look(visit, draft)

        await asyncio.gather(*(look(draft) for draft in drafts if draft.calendar is not None))
        return drafts

    async def _look(self, visit: Visit, draft: Outlook) -> None:
        cursor: str | None = ""
        while cursor is not None:
            body = {"site": draft.site.id, "calendar": draft.body, "cursor": cursor, "limit": CASES_A_PAGE}
            answer = await self._means.gateway.post(visit.caller, f"{STANDINGS}/preview", body)
            if not answer.ok:
                draft.answer = answer
                return
            cursor = _add(draft, answer.body)

    async def _put(self, visit: Visit, draft: Outlook, wish: Wish) -> Answer:
        evidence = {"source": wish.source, "dated": wish.dated.isoformat()}
        body = {"calendar": draft.body, "evidence": evidence, "replaces": draft.replaces}
        return await self._means.gateway.put(visit.caller, f"/api/directory/sites/{draft.site.id}/calendar", body)

    async def _known(self, drafts: Iterable[Outlook]) -> None:
        """Wait until this process has heard of the new calendars, so that the page shows them."""
        deadline = asyncio.get_running_loop().time() + KNOWN_WITHIN
        for draft in drafts:
            assert draft.calendar is not None
            while self._means.book.site(draft.site.id).calendar.version != draft.calendar.version:
                if asyncio.get_running_loop().time() > deadline:
                    return
                await asyncio.sleep(LOOK_EVERY)

    async def _refused(
        self, visit: Visit, given: Mapping[str, str], errors: Mapping[str, str], answer: Answer | None = None
    ) -> Response:
        status = answer.status if answer is not None else 422
        problem = errors.get("") or (answer.body.get("detail") if answer is not None and not errors else None)
        return await self._shown(
            visit, given.get("site"), given=given, errors=errors, problem=problem or "", status=status
        )

    async def _shown(self, visit: Visit, wanted: str | None, *, status: int = 200, **more: Any) -> Response:
        sites = visit.where("admin")
        site = next((one for one in sites if one.id == wanted), sites[0])
        standing = relied_on(await self._means.gateway.get(visit.caller, f"{STANDINGS}/{site.id}"))
        alarms = await alarms_of(self._means, visit)
        usual: dict[str, Any] = {"given": {}, "errors": {}, "problem": "", "outlooks": None, "failed": ()}
        context = usual | {"approved": None, "site": site, "own_sites": sites, "standing": standing, "alarms": alarms}
        return self._means.show(visit, "calendars.html", status, **context | self._words(site) | more)

    def _words(self, site: Site) -> dict[str, Any]:
        now = self._means.clock.now()
        people = {
            past.evidence.approved_by: self._name(past.evidence.approved_by)
            for past in (site.calendar, *site.past_calendars)
            if past.evidence is not None
        }
        tools = {"hours_written": hours_written, "days_written": days_written, "rows_shown": ROWS_SHOWN}
        return tools | {"approvers": people, "next_year": local_date(now, site.zone).year + 1}

    def _name(self, who: str) -> str:
        person, account = self._means.book.staff.person(who), self._means.accounts.account(who)
        return person.name if person else account.name if account else who


async def alarms_of(means: Means, visit: Visit) -> list[dict[str, Any]]:
    """Sites of the reader whose deadlines reach into a year without notice; none when that cannot be asked now."""
    answer = await means.gateway.get(visit.caller, STANDINGS, {"alarms": "true"})
    named = {site.id: site for site in visit.sites}
    listed = answer.body.get("items", ()) if answer.ok else ()
    return [{"site": named[one["site"]], "years": one["provisional"]} for one in listed if one["site"] in named]


def _last(form: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {name: values[-1] for name, values in form.items() if values}


def _wish(given: Mapping[str, str]) -> Wish:
    kind = given.get("kind", "")
    if kind not in KINDS:
        raise Refused(Answer(404))
    return wished(kind, given)


def _drafted(site: Site, wish: Wish) -> Outlook:
    calendar = changed_calendar(site, wish.change, dated=wish.dated)
    new = calendar if calendar.version != site.calendar.version else None
    return Outlook(site, new, site.calendar.version)


def _add(draft: Outlook, page: Mapping[str, Any]) -> str | None:
    draft.open_cases = page["open_cases"]
    draft.moved += page["moved"][: ROWS_SHOWN - len(draft.moved)]
    draft.moved_total += page["moved_total"]
    draft.kept += page["kept"]
    draft.provisional.update(page["provisional"])
    cursor: str | None = page["cursor"]
    return cursor


def _in_words(visit: Visit, wish: Wish) -> dict[str, str]:
    return {blank: named.zh if visit.voice.language == "zh" else named.en for blank, named in wish.wrong.items()}


def _by_blank(refusal: Answer, given: Mapping[str, str], joint: str) -> dict[str, str]:
    return told_by_blank(refusal.body.get("errors", ()), given.get("kind", ""), joint)


def _status(failed: Sequence[Outlook]) -> int:
    return next(one.answer.status for one in failed if one.answer is not None)
