"""The procedure of a case on its page: steps taken and possible, what a handover takes over, what the pack asks.

Source: requirements §3, §9.4; decision page 0027.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.console.api.means import Means, Visit
from services.console.api.reading import Reading, Told
from services.console.policy.acts import Act
from services.console.policy.blanks import Typed
from services.console.policy.forms import PREFIX, asked_in, given_in, shown_now
from services.console.policy.procedures import (
    FORM_ACT,
    accepts_items,
    acts_of,
    form_behind,
    lists_items,
    step_act,
    step_rule,
)
from services.console.ports import Answer
from shared.rules.book import Book, UnknownPack
from shared.rules.conditions import ALWAYS, Matter
from shared.rules.forms import FieldKind, FormField
from shared.rules.model import CaseType
from shared.rules.steps import StepRule
from shared.rules.words import CaseKind, Validity
from shared.timekeeping.calendar import zone_named

BOARD = "/api/reporting/board"
ITEMS_MOST = 200
LOCAL = "%Y-%m-%dT%H:%M"
ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class Procedure:
    """The rules one case pinned, and what its page shows of them.

    Attributes:
        case_type: None where the directory does not know its pack (yet).
        items: What is open at the site, for the page of a handover.
    """

    case_type: CaseType | None
    zone: str
    matter: Matter
    acts: Mapping[str, Act]
    items: Sequence[Told] = ()


@dataclass(frozen=True, slots=True)
class StepCard:
    """One step on the page.

    Attributes:
        told: What dispatch says of it.
        asked: The blanks that are asked for; None where that never changes.
        usual: What stands in the blanks before anybody types.
        by: Who took it last, by name.
        filled: What was filled in: label and value.
        items: What has to be accepted one by one.
    """

    told: Told
    act: Act
    asked: str | None
    usual: Mapping[str, str]
    by: str
    filled: Sequence[Told]
    items: Sequence[Told]


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
    handover = case_type is not None and case_type.kind is CaseKind.HANDOVER
    items = await _open_items(means, visit, intake["site"], case) if handover else ()
    return Procedure(case_type, zone, matter, acts_of(case_type, visit.voice.language), items)


async def _open_items(means: Means, visit: Visit, site: str, case: str) -> list[Told]:
    """Everything open at the site but the handover itself."""
    answer = await means.gateway.get(visit.caller, BOARD, {"sites": site, "limit": ITEMS_MOST})
    return [one for one in answer.body.get("items", ()) if one["case_id"] != case]


def act_of(procedure: Procedure, step: str, language: str) -> Act | None:
    """The act of taking that step."""
    case_type, rule = procedure.case_type, step_rule(procedure.case_type, step)
    return step_act(case_type, rule, language) if case_type is not None and rule is not None else None


def not_accepted(procedure: Procedure, step: str, typed: Typed) -> list[str]:
    """Numbers of open items that the incoming shift has not accepted, for the step that takes them over."""
    rule = step_rule(procedure.case_type, step)
    if rule is None or procedure.case_type is None or not accepts_items(procedure.case_type, rule):
        return []
    return [one["number"] for one in procedure.items if one["case_id"] not in typed.get(ACCEPTED, ())]


def accepted_words(procedure: Procedure, typed: Typed) -> list[str]:
    """Numbers of the open items that were accepted."""
    return [one["number"] for one in procedure.items if one["case_id"] in typed.get(ACCEPTED, ())]


def steps_of(means: Means, visit: Visit, reading: Reading, procedure: Procedure, typed: Typed) -> list[StepCard]:
    """The steps that apply, in the manual's order; *typed* is what stands in the form of one that was refused."""
    case_type = procedure.case_type
    if case_type is None:
        return []
    found = ((told, step_rule(case_type, told["id"])) for told in reading.dispatch.get("steps", ()))
    return [_card(means, visit, reading, procedure, told, rule, typed) for told, rule in found if rule is not None]


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
        act=step_act(procedure.case_type, rule, visit.voice.language),
        asked=asked_now(rule.form, procedure, typed),
        usual=_listed(rule.form, procedure.items) if lists and not taken else {},
        by=person.name if person else taken.get("by", ""),
        filled=[one for one in reading.report.get("form", ()) if one["id"] in fields] if taken else [],
        items=procedure.items if accepts_items(procedure.case_type, rule) else (),
    )


def _listed(form: Sequence[FormField], items: Sequence[Told]) -> dict[str, str]:
    """What is open, as the listing step asks for it: how many, and one line each."""
    lines = "\n".join(" ".join(filter(None, (one["number"], one.get("unit"), one.get("content")))) for one in items)
    kinds = {FieldKind.COUNT: str(len(items)), FieldKind.LINES: lines}
    return {PREFIX + field.id: kinds[field.kind] for field in form if field.kind in kinds}


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


def still_open(visit: Visit, numbers: Sequence[str]) -> Answer:
    """The refusal of a handover that leaves something behind; no service keeps it, so none has to say it."""
    said = visit.voice.translate("还有 {count} 件未接收：{numbers}")
    return Answer(422, {"detail": said.format(count=len(numbers), numbers="、".join(numbers)), "errors": []})
