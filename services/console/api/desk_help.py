"""What the desk sees while it logs a matter: how grave it is and why, what is promised, whether it was told before.

Source: requirements §3 (CL-1 to CL-7), §8.1, §9.3.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from services.console.api.means import Means, Visit
from services.console.policy.cards import cards_for
from services.console.policy.forms import asked_in, given_in, shown_now
from services.console.ports import Answer
from shared.organisation.emergency import emergency_numbers
from shared.organisation.records import NoPackYet, Site
from shared.rules.book import UnknownCaseType, UnknownPack
from shared.rules.conditions import Matter
from shared.rules.grading import switches_on
from shared.rules.model import CaseType, Pack
from shared.rules.words import CaseKind

GRADING, ALIKE = "/api/intake/grading", "/api/intake/alike"
GRADED = ("site", "case_type", "category", "criteria", "severity", "flags", "received_at", "customer_limit", "form")
SOUGHT = ("site", "category", "unit", "place", "content")
PARTLY_INVALID = "CL-3"
TELLING = ("unit", "place", "phone", "resident", "content")
"""Without any of these nothing can be found alike."""


def rules_at(means: Means, site: Site, case_type: str) -> tuple[Pack, CaseType] | None:
    """The case type a matter logged now would be under; None where the site has none of that name."""
    try:
        return means.book.case_type(site.id, case_type, means.clock.now())
    except (NoPackYet, UnknownPack, UnknownCaseType):
        return None


async def help_for(means: Means, visit: Visit, site: Site, body: Mapping[str, Any], typed: Any) -> dict[str, Any]:
    """Everything that is said beside the form, for what has been typed so far."""
    rules = rules_at(means, site, str(body.get("case_type", "")))
    kind = rules[1] if rules else None
    graded, alike = await asyncio.gather(_graded(means, visit, _whole(body, kind, typed)), _alike(means, visit, body))
    packs, language = _packs(means, site), visit.voice.language
    return {
        "grade": graded.body if graded.ok else None,
        "problem": None if graded.ok else graded.body,
        "split": {"reasons": _split_for(graded.body)} if graded.ok else None,
        "alike": alike,
        "asked": shown_now(_asked(site, rules, graded, typed)),
        "prompts": cards_for(packs, language, on=body.get("channel"), case_type=kind.id if kind else None),
        "numbers": emergency_numbers(site.parameters) if kind is not None and kind.kind is CaseKind.EMERGENCY else (),
        "department": _department(means, visit, site, graded.body.get("department")),
    }


def _whole(body: Mapping[str, Any], kind: CaseType | None, typed: Any) -> Mapping[str, Any]:
    """The matter with the boxes that say a part of it is not ours; they grade it and are not logged."""
    known = {one.id for one in kind.invalid_reasons} if kind else set()
    partly = [one for one in typed.get("partly", ()) if one in known]
    return {**body, "criteria": [*body.get("criteria", ()), *partly]} if partly else body


def _split_for(grade: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Why the matter should be split: what of it is not ours, beside what is."""
    return grade["reasons"] if PARTLY_INVALID in grade.get("advice", ()) else ()


def _department(means: Means, visit: Visit, site: Site, role: str | None) -> str:
    found = means.book.department_for(site.id, role) if role else None
    return visit.voice.name(found.name) if found else role or ""


def _asked(site: Site, rules: tuple[Pack, CaseType] | None, graded: Answer, typed: Any) -> frozenset[str]:
    """Which fields of the form are asked for; what is filled in wrongly leaves the default severity."""
    if rules is None:
        return frozenset()
    pack, case_type = rules
    told = graded.body if graded.ok else {}
    severity = told.get("severity", {}).get("id", case_type.default_severity)
    flags = frozenset(told.get("flags", ())) | switches_on(pack, site.parameters)
    category = (typed.get("category") or [None])[-1] or None
    matter = Matter(severity, category=category, flags=flags)
    return asked_in(case_type.form, given_in(typed), matter, zone=site.zone)


def _packs(means: Means, site: Site) -> tuple[Pack, ...]:
    try:
        return means.book.packs_at(site.id, means.clock.now())
    except (NoPackYet, UnknownPack):
        return ()


def graded_fields(body: Mapping[str, Any]) -> dict[str, Any]:
    """What of a matter decides how it is graded."""
    return {name: body[name] for name in GRADED if name in body}


async def _graded(means: Means, visit: Visit, body: Mapping[str, Any]) -> Answer:
    return await means.gateway.post(visit.caller, GRADING, graded_fields(body))


async def _alike(means: Means, visit: Visit, body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    caller = body.get("caller", {})
    sought = {name: body[name] for name in SOUGHT if body.get(name)}
    sought |= {name: caller[name] for name in ("phone", "resident") if caller.get(name)}
    if not set(sought) & set(TELLING):
        return []
    answer = await means.gateway.post(visit.caller, ALIKE, sought)
    return list(answer.body.get("alike", ()))
