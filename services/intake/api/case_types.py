"""Case types, criteria and prompt cards as JSON."""

from collections.abc import Iterable
from typing import Any

from services.intake.policy.grading import Decided, by_gravity, criteria_named, decided
from shared.rules.grading import UnknownWord
from shared.rules.model import CaseType, Criterion, Pack
from shared.rules.prompts import Prompt
from shared.web.forms import form_shown, named


def type_shown(pack: Pack, case_type: CaseType) -> dict[str, Any]:
    """A case type with everything the desk fills in or ticks; severities as the pack lists them."""
    return {
        "id": case_type.id,
        "pack": pack.id,
        "pack_version": pack.version,
        "kind": case_type.kind.value,
        "name": named(case_type.name),
        "source": case_type.source,
        "categories": [
            {"id": one.id, "name": named(one.name), "department": one.department} for one in case_type.categories
        ],
        "severities": [
            {"id": one.id, "name": named(one.name), "rank": one.rank, "criteria": boxes(one.criteria)}
            for one in case_type.severities
        ],
        "default_severity": case_type.default_severity,
        "invalid_reasons": boxes(case_type.invalid_reasons),
        "form": form_shown(case_type.form),
    }


def questions_shown(case_type: CaseType) -> list[dict[str, Any]]:
    """The criteria as questions in the order they are asked: gravest first."""
    return [box | {"severity": severity.id} for severity in by_gravity(case_type) for box in boxes(severity.criteria)]


def boxes(criteria: Iterable[Criterion]) -> list[dict[str, Any]]:
    """Boxes one can tick, with where they come from."""
    return [
        {
            "id": one.id,
            "text": named(one.text),
            "source": one.source,
            "rules": list(one.covers),
            "product_default": one.product_default,
        }
        for one in criteria
    ]


def prompts_shown(packs: Iterable[Pack], wanted: Iterable[Prompt]) -> list[dict[str, Any]]:
    """Those of the cards of *packs* that are *wanted*; of several packs all are shown, each with its source."""
    chosen = {id(one) for one in wanted}
    return [_prompt(pack, one) for pack in packs for one in pack.prompts if id(one) in chosen]


def _prompt(pack: Pack, prompt: Prompt) -> dict[str, Any]:
    return {
        "id": prompt.id,
        "pack": pack.id,
        "name": named(prompt.name),
        "points": [named(point) for point in prompt.points],
        "source": prompt.source,
        "on": [moment.value for moment in prompt.on],
        "case_types": list(prompt.case_types),
        "caution": named(prompt.caution) if prompt.caution else None,
    }


def decision_shown(grade: Decided) -> dict[str, Any]:
    """How a matter is graded and which criterion and rule say so."""
    deciding = boxes((grade.criterion,))[0] if grade.criterion else None
    return {
        "severity": {"id": grade.severity.id, "name": named(grade.severity.name), "rank": grade.severity.rank},
        "criterion": deciding,
        "rules": list(grade.rules),
        "beaten": boxes(grade.beaten),
        "reasons": boxes(grade.reasons),
        "advice": list(grade.advice),
    }


def ticked_shown(pack: Pack, case_type: str, *, severity: str, criteria: tuple[str, ...]) -> dict[str, Any] | None:
    """Why a standing case is as grave as it is; None where no box decided it."""
    known = pack.case_types.get(case_type)
    if known is None or not criteria:
        return None
    try:
        criteria_named(known, criteria)
    except UnknownWord:
        return None
    grade = decided(known, criteria)
    return decision_shown(grade) if grade.severity.id == severity or grade.reasons else None
