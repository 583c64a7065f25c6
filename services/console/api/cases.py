"""The page of a case: how it stands, what may be done, who did what; its acts; its printed order; finding cases."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from services.console.api.choices import choices
from services.console.api.means import Means, Refused, Visit, asked, relied_on, typed
from services.console.api.ordering import sheet_of
from services.console.api.outward import told_words
from services.console.api.procedures import (
    Procedure,
    act_of,
    asked_in_act,
    asked_of_step,
    procedure_of,
    steps_of,
    usual_of,
)
from services.console.api.reading import Reading, read
from services.console.policy.acts import ACTS, Act, follow_up_rights, offered
from services.console.policy.blanks import Typed, body_of, by_blank
from services.console.policy.cards import cards_for
from services.console.policy.desk_forms import OUTER_LINES
from services.console.policy.forms import said
from services.console.policy.procedures import roll_names, step_rule
from services.console.policy.tellings import telling
from services.console.ports import Answer
from shared.organisation.emergency import emergency_numbers
from shared.rules.words import CaseKind
from shared.web.wording import Voice

REPORT = "/api/reporting/cases"
PAGE, MEMBERS_MOST = 50, 200
TYPED = ("q", "site", "month")
NARROWED = ("status", "since", "until", "case_type", "category", "severity", "validity", "drill", "incident")
"""What a link from a register or an incident asks for beside what a reader types."""


def routes(means: Means) -> list[Route]:
    """Everything under ``/cases`` but the intake form."""
    cases = _Cases(means)
    return [
        Route("/cases", cases.many, methods=["GET"]),
        Route("/cases/{case}", cases.one, methods=["GET"]),
        Route("/cases/{case}/order.pdf", cases.order, methods=["GET"]),
        Route("/cases/{case}/acts/{act}", cases.act, methods=["POST"]),
        Route("/cases/{case}/steps/{step}", cases.step, methods=["POST"]),
        Route("/cases/{case}/outward/{notice}", cases.told, methods=["POST"]),
        Route("/cases/{case}/steps/{step}/asked", cases.asked_of_step, methods=["POST"]),
        Route("/cases/{case}/acts/{act}/asked", cases.asked_of_act, methods=["POST"]),
    ]


class _Cases:
    def __init__(self, means: Means) -> None:
        self._means = means

    async def many(self, request: Request) -> Response:
        """Find cases."""
        visit = await self._means.visit(request)
        wanted = {name: asked(request, name) or "" for name in (*TYPED, *NARROWED)}
        paged = wanted | {"cursor": asked(request, "cursor"), "limit": PAGE}
        found = relied_on(await self._means.gateway.get(visit.caller, REPORT, paged))
        context: dict[str, Any] = {
            "wanted": wanted,
            "narrowed": {name: wanted[name] for name in NARROWED if wanted[name]},
            "named_sites": {site.id: site for site in visit.sites},
        }
        return self._means.show(visit, "cases.html", items=found["items"], next=found["next"], **context)

    async def one(self, request: Request) -> Response:
        """The page, as up to date as ``at_least`` asks."""
        visit, case = await self._means.visit(request), request.path_params["case"]
        if not case.startswith("case-"):
            return await self._by_number(visit, case)
        return await self._page(visit, case, asked(request, "at_least"))

    async def _by_number(self, visit: Visit, number: str) -> Response:
        found = relied_on(await self._means.gateway.get(visit.caller, f"{REPORT}/{number}"))
        return RedirectResponse(f"/cases/{found['case_id']}", 303)

    async def act(self, request: Request) -> Response:
        """Do one thing to the case, then show it; a refusal stands at its form, with everything typed."""
        visit, case, given = await self._means.visit(request), request.path_params["case"], await typed(request)
        procedure = await self._procedure(visit, case)
        act = procedure.acts.get(request.path_params["act"])
        if act is None:
            raise Refused(Answer(404))
        return await self._done(visit, case, act, given, await self._carry_out(visit, act, case, given, procedure.zone))

    async def step(self, request: Request) -> Response:
        """Take a step of the manual."""
        visit, case, given = await self._means.visit(request), request.path_params["case"], await typed(request)
        procedure, step = await self._procedure(visit, case), request.path_params["step"]
        act = act_of(procedure, step, visit.voice.language)
        if act is None:
            raise Refused(Answer(404))
        return await self._done(visit, case, act, given, await self._carry_out(visit, act, case, given, procedure.zone))

    async def told(self, request: Request) -> Response:
        """Record that somebody outside was told, then show the case, or the list this was done on."""
        visit, case, given = await self._means.visit(request), request.path_params["case"], await typed(request)
        act, site = telling(request.path_params["notice"]), next(iter(given.get("listed", ())), None)
        intake = relied_on(await self._means.gateway.get(visit.caller, f"/api/intake/requests/{case}"))
        answer = await self._carry_out(visit, act, case, given, self._means.zone(intake["site"]))
        if answer.ok:
            return RedirectResponse(f"/outward?site={quote(site)}" if site else f"/cases/{case}#outward", 303)
        return await self._page(visit, case, None, refused=(act, given, answer))

    async def asked_of_step(self, request: Request) -> Response:
        """Which blanks of a step are asked for, now that some are filled in."""
        visit, given = await self._means.visit(request), await typed(request)
        procedure = await self._procedure(visit, request.path_params["case"])
        rule = step_rule(procedure.case_type, request.path_params["step"])
        asked = asked_of_step(rule, procedure, given) if rule else ""
        return self._means.show(visit, "asked.html", asked=asked, at=request.url.path)

    async def asked_of_act(self, request: Request) -> Response:
        """The same for the pack's questions in another form."""
        visit, given = await self._means.visit(request), await typed(request)
        procedure = await self._procedure(visit, request.path_params["case"])
        asked = asked_in_act(procedure, request.path_params["act"], given)
        return self._means.show(visit, "asked.html", asked=asked, at=request.url.path)

    async def _procedure(self, visit: Visit, case: str) -> Procedure:
        intake = relied_on(await self._means.gateway.get(visit.caller, f"/api/intake/requests/{case}"))
        row = await self._means.gateway.get(visit.caller, f"{REPORT}/{case}")
        return await procedure_of(self._means, visit, case, intake, row.body if row.ok else {})

    async def _carry_out(self, visit: Visit, act: Act, case: str, given: Typed, zone: str) -> Answer:
        body = body_of(act.blanks, given, zone=zone)
        key = next(iter(given.get("key", ())), None)
        return await self._means.gateway.post(visit.caller, act.path.format(case=case), body, key=key)

    async def _done(self, visit: Visit, case: str, act: Act, given: Typed, answer: Answer) -> Response:
        if answer.ok:
            return RedirectResponse(f"/cases/{case}?at_least={act.service}:{answer.body.get('version', 0)}", 303)
        return await self._page(visit, case, None, refused=(act, given, answer))

    async def _page(
        self, visit: Visit, case: str, at_least: str | None, *, refused: tuple[Act, Typed, Answer] | None = None
    ) -> Response:
        reading = await read(self._means, visit, case, at_least)
        context = await self._context(visit, case, reading, refused)
        status = refused[2].status if refused else 200
        return self._means.show(
            visit, "case.html", status, case=case, refused=_refusal(refused, visit.voice), **context
        )

    async def _context(
        self, visit: Visit, case: str, reading: Reading, refused: tuple[Act, Typed, Answer] | None
    ) -> dict[str, Any]:
        site, intake = reading.intake["site"], reading.intake
        procedure = await procedure_of(self._means, visit, case, intake, reading.report)
        acts = offered(
            reading.possible,
            rights=visit.rights_at(site)
            | follow_up_rights(reading.dispatch, visit.actor.person, visit.actor.roles_at(site)),
            incident=bool(intake["opens_incident"]),
            acts=procedure.acts,
        )
        return {
            "reading": reading,
            "site": self._means.book.site(site),
            "zone": procedure.zone,
            "acts": acts,
            "choices": await self._choices(visit, reading, acts),
            "clock_names": {one["clock"]: one["name"] for one in reading.escalation.get("clocks", ())},
            "raised": unanswered(reading),
            "stretches": stretches(reading.report.get("timeline", ())),
            "members": await self._members(visit, reading),
            "lacking": self._means.printer.lacks(*_texts(reading)),
            "key": self._means.ids.message(),
        } | self._rules(visit, reading, procedure, refused)

    def _rules(
        self, visit: Visit, reading: Reading, procedure: Procedure, refused: tuple[Act, Typed, Answer] | None
    ) -> dict[str, Any]:
        """What the manual has to say: steps, usual words, prompt cards, telephone numbers."""
        given, at = (refused[1], refused[0].id) if refused else ({}, "")
        kind, site = procedure.case_type, self._means.book.site(reading.intake["site"])
        own = [self._means.book.pack(reading.intake["pack"], reading.intake["pack_version"])] if kind else []
        urgent = kind is not None and kind.kind is CaseKind.EMERGENCY
        return {
            "steps": steps_of(self._means, visit, reading, procedure, given, at),
            "usual": usual_of(procedure, reading),
            "asked": {slug: asked_in_act(procedure, slug, given) for slug in procedure.acts},
            "prompts": cards_for(own, visit.voice.language, on=None, case_type=kind.id if kind else None),
            "numbers": emergency_numbers(site.parameters) if urgent else (),
            "urgent": urgent,
            "kind_name": said(kind.name, visit.voice.language) if kind else "",
            "roll_names": roll_names(kind, visit.voice.language),
            "told_at_intake": {field.id for field in kind.form} if kind else set(),
            "outer_words": dict(OUTER_LINES),
        } | told_words()

    async def _choices(self, visit: Visit, reading: Reading, acts: tuple[Act, ...]) -> dict[str, Any]:
        incidents: list[Any] = []
        if any(act.id == "link" for act in acts):
            params = {"site": reading.intake["site"]}
            answer = await self._means.gateway.get(visit.caller, "/api/intake/incidents", params)
            incidents = answer.body.get("incidents", [])
        return dict(
            choices(
                self._means.book,
                visit.voice,
                intake=reading.intake,
                dispatch=reading.dispatch,
                escalation=reading.escalation,
                incidents=incidents,
            )
        )

    async def _members(self, visit: Visit, reading: Reading) -> list[Mapping[str, Any]]:
        """What joined an incident, the latest first."""
        if not reading.intake["opens_incident"]:
            return []
        incident = {"incident": reading.intake["entity"], "limit": MEMBERS_MOST}
        found = await self._means.gateway.get(visit.caller, REPORT, incident)
        return list(found.body.get("items", ()))

    async def order(self, request: Request) -> Response:
        """The triplicate order as PDF."""
        visit, case = await self._means.visit(request), request.path_params["case"]
        reading = await read(self._means, visit, case, None)
        site = self._means.book.site(reading.intake["site"])
        sheet = sheet_of(reading, site, visit.voice, str(request.base_url.replace(path=f"/cases/{case}")))
        pdf = await self._means.printer.order(sheet)
        name = f'inline; filename="{_plain(sheet.number)}.pdf"'
        return Response(pdf, media_type="application/pdf", headers={"Content-Disposition": name})


def stretches(timeline: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """The timeline, the latest first; messages one after the other are told as one, so that they bury nothing."""
    told: list[list[Mapping[str, Any]]] = []
    for line in reversed(timeline):
        if told and line["service"] == told[-1][0]["service"] == "notify":
            told[-1].append(line)
        else:
            told.append([line])
    return told


def unanswered(reading: Reading) -> list[Mapping[str, Any]]:
    """Raises that wait for somebody: those of an open case, without those that only let people know."""
    if reading.report.get("status") == "closed":
        return []
    raises = (one for one in reading.escalation.get("raises", ()) if not one["acknowledged_by"])
    return [one for one in raises if not (one["people"] and all(person["copy"] for person in one["people"]))]


def _texts(reading: Reading) -> list[str]:
    return [str(reading.report.get(name) or "") for name in ("name", "content", "demand", "place", "done")]


def _plain(number: str) -> str:
    return "".join(each for each in number if each.isascii() and (each.isalnum() or each == "-")) or "order"


def _refusal(refused: tuple[Act, Typed, Answer] | None, voice: Voice) -> Mapping[str, Any] | None:
    """What stands at the form of an act that was refused."""
    if refused is None:
        return None
    act, given, answer = refused
    return {
        "act": act,
        "given": {name: values[-1] for name, values in given.items() if values},
        "ticked": {value for values in given.values() for value in values},
        "errors": by_blank(answer.body.get("errors", ()), act.blanks, voice.joint),
        "detail": answer.body.get("detail", ""),
        "hint": answer.body.get("hint", ""),
        "possible": [voice.translate(ACTS[slug].title) for slug in _slugs(answer) if slug in ACTS],
    }


def _slugs(answer: Answer) -> list[str]:
    return [str(act).replace("_", "-") for act in answer.body.get("possible", ())]
