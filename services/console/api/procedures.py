"""The procedure of a case on its page: steps taken and possible, what a handover takes over, what the pack asks.

Source: requirements §3, §9.4; decision page 0027.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.console.api.means import Means, Visit
from services.console.api.reading import Reading, Told
from services.console.policy.acts import Act
from services.console.policy.blanks import Typed
from services.console.policy.forms import PREFIX, asked_in, given_in, shown_now
from services.console.policy.procedures import FORM_ACT, OUTCOME, acts_of, form_behind, lists_items, step_act, step_rule
from shared.rules.book import Book, UnknownPack
from shared.rules.conditions import ALWAYS, Matter
from shared.rules.filling import without_words
from shared.rules.forms import FieldKind, FormField
from shared.rules.model import CaseType
from shared.rules.steps import StepRule
from shared.rules.words import Validity
from shared.timekeeping.calendar import zone_named

BOARD = "/api/reporting/board"
ITEMS_MOST = 200
LOCAL = "%Y-%m-%dT%H:%M"


@dataclass(frozen=True, slots=True)
class Procedure:
    """The rules one case pinned, and what its page shows of them.

    Attributes:
        case_type: None where the directory does not know its pack (yet).
        items: What is open at the site, for the page of a handover; listed at *as_of*.
    """

    case_type: CaseType | None
    zone: str
    matter: Matter
    acts: Mapping[str, Act]
    items: Sequence[Told] = ()
    as_of: str = ""


@dataclass(frozen=True, slots=True)
class StepCard:
    """One step on the page.

    Attributes:
        told: What dispatch says of it.
        asked: The blanks that are asked for; None where that never changes.
        usual: What stands in the blanks before anybody types.
        by: Who took it last, by name.
        filled: What was filled in: label and value.
        items: What has to be accepted one by one; as listed at *as_of*.
    """

    told: Told
    act: Act
    asked: str | None
    usual: Mapping[str, str]
    by: str
    filled: Sequence[Told]
    items: Sequence[Told]
    as_of: str


def case_type_of(book: Book, intake: Told) -> CaseType | None:
    """The case type a case pinned; None while its pack has not been heard of."""
    try:
        return book.pack(intake["pack"], intake["pack_version"]).case_types.get(intake["case_type"])
    except UnknownPack:
        return None


async def procedure_of(means: Means, visit: Visit, case: str, intake: Told, report: Told) -> Procedure:
    """The rules of a case, and the open items of the site where it is a handover."""
    case_type, zone = case_type_of(means.book, intake), means.zone(intake["site"])
    matter = Matter(
        intake["severity"],
        Validity(intake.get("validity", Validity.UNJUDGED)),
        intake.get("category"),
        frozenset({*intake.get("flags", ()), *(report.get("flags") or ())}),
    )
    handover = case_type is not None and any(step.takes_over for step in case_type.steps)
    items, as_of = await _open_items(means, visit, intake["site"], case) if handover else ((), "")
    return Procedure(case_type, zone, matter, acts_of(case_type, visit.voice.language), items, as_of)


async def _open_items(means: Means, visit: Visit, site: str, case: str) -> tuple[list[Told], str]:
    """Everything open at the site but the handover itself, and when; in the words of the board where it has them."""
    open_now, board = await asyncio.gather(
        means.gateway.get(visit.caller, f"/api/dispatch/cases/{case}/open-items"),
        means.gateway.get(visit.caller, BOARD, {"sites": site, "limit": ITEMS_MOST}),
    )
    worded = {one["case_id"]: one for one in board.body.get("items", ())}
    items = [_UNWORDED | one | worded.get(one["entity"], {}) for one in open_now.body.get("items", ())]
    return items, str(open_now.body.get("as_of", ""))


_UNWORDED: Told = {"unit": None, "content": "", "next_due_at": None, "names": {"status": "", "assignee": ""}}


def act_of(procedure: Procedure, step: str, language: str) -> Act | None:
    """The act of taking that step."""
    rule = step_rule(procedure.case_type, step)
    return step_act(rule, language) if rule is not None else None


def steps_of(
    means: Means, visit: Visit, reading: Reading, procedure: Procedure, typed: Typed, at: str
) -> list[StepCard]:
    """The steps that apply, in the manual's order; *typed* is what stands in the form of the step *at*, refused."""
    case_type = procedure.case_type
    if case_type is None:
        return []
    found = ((told, step_rule(case_type, told["id"])) for told in reading.dispatch.get("steps", ()))
    return [
        _card(means, visit, reading, procedure, told, rule, typed if rule.id == at else {})
        for told, rule in found
        if rule is not None
    ]


def _card(
    means: Means, visit: Visit, reading: Reading, procedure: Procedure, told: Told, rule: StepRule, typed: Typed
) -> StepCard:
    assert procedure.case_type is not None
    fields = {field.id for field in rule.form}
    lists = lists_items(procedure.case_type, rule)
    taken = told.get("taken") or {}
    person = means.book.staff.person(taken.get("by", ""))
    return StepCard(
        told=told,
        act=step_act(rule, visit.voice.language),
        asked=asked_of_step(rule, procedure, typed),
        usual=_listed(rule.form, procedure.items) if lists and not taken else {},
        by=person.name if person else taken.get("by", ""),
        filled=[one for one in reading.report.get("form", ()) if one["id"] in fields] if taken else [],
        items=procedure.items if rule.takes_over else (),
        as_of=procedure.as_of,
    )


def _listed(form: Sequence[FormField], items: Sequence[Told]) -> dict[str, str]:
    """What is open, as the listing step asks for it: how many, and one line each."""
    lines = "\n".join(" ".join(filter(None, (one["number"], one.get("unit"), one.get("content")))) for one in items)
    kinds = {FieldKind.COUNT: str(len(items)), FieldKind.LINES: lines}
    return {PREFIX + field.id: kinds[field.kind] for field in form if field.kind in kinds}


def asked_of_step(rule: StepRule, procedure: Procedure, typed: Typed) -> str | None:
    """Which blanks of a step are asked for, once its outcome is chosen."""
    outcome = next(iter(typed.get(OUTCOME.name, ())), "")
    chosen = {f"{rule.id}={one.id}" for one in rule.outcomes if one.id == outcome}
    flags = without_words(procedure.matter.flags, [rule.id]) | chosen
    return asked_now(rule.form, replace(procedure, matter=replace(procedure.matter, flags=flags)), typed)


def asked_now(form: tuple[FormField, ...], procedure: Procedure, typed: Typed) -> str | None:
    """Which blanks are asked for; None where that depends on nothing."""
    if all(field.when == ALWAYS for field in form):
        return None
    return shown_now(asked_in(form, given_in(typed), procedure.matter, zone=procedure.zone))


def asked_in_act(procedure: Procedure, slug: str, typed: Typed) -> str | None:
    """The same for another act of the page."""
    return asked_now(form_behind(procedure.case_type, slug), procedure, typed)


def usual_of(procedure: Procedure, reading: Reading) -> dict[str, dict[str, str]]:
    """What stands in the forms of acts before anybody types, by act."""
    follow_up = reading.dispatch.get("follow_up") or {}
    return {"follow-up": {"method": follow_up.get("method", "")}, FORM_ACT: _standing(procedure, reading)}


def _standing(procedure: Procedure, reading: Reading) -> dict[str, str]:
    kinds = {field.id: field.kind for field in form_behind(procedure.case_type, FORM_ACT)}
    return {
        PREFIX + one["id"]: _typed(kinds[one["id"]], one["value"], procedure.zone)
        for one in reading.report.get("form", ())
        if one["id"] in kinds
    }


def _typed(kind: FieldKind, value: str, zone: str) -> str:
    if kind is not FieldKind.INSTANT:
        return value
    return datetime.fromisoformat(value).astimezone(zone_named(zone)).strftime(LOCAL)
