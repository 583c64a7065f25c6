"""How a matter is classified: where it belongs, how grave it is, whether it is ours.

Source: requirements section 3, CL-1 to CL-5.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from shared.rules.grading import UnknownWord, category_named, severity_named, severity_of
from shared.rules.model import CaseType
from shared.rules.words import Validity

FALLBACK = "other"
"""The category whose department takes what an import calls by a word of its own."""


class Unfounded(StrEnum):
    """Why a verdict does not stand."""

    NEVER_INVALID = "never_invalid"
    REASON_MISSING = "reason_missing"
    REASON_WITHOUT_VERDICT = "reason_without_verdict"


class VerdictUnfounded(ValueError):
    """A verdict the pack does not allow; `known` lists the reasons it accepts."""

    def __init__(self, why: Unfounded, known: tuple[str, ...]) -> None:
        super().__init__(why.value)
        self.why = why
        self.known = known


@dataclass(frozen=True, slots=True)
class Grounds:
    """Ticked boxes, told apart: those that grade, and those that say why the matter is not ours."""

    grades: tuple[str, ...]
    reasons: tuple[str, ...]


def severity_for(case_type: CaseType, *, severity: str | None, criteria: Collection[str]) -> str:
    """The severity by ticked criteria (CL-1), else the one stated, else the default.

    Raises:
        UnknownWord: A severity or criterion the case type does not have.
    """
    if criteria:
        return severity_of(case_type, criteria)
    return severity_named(case_type, severity).id if severity is not None else case_type.default_severity


def department_for(case_type: CaseType, category: str, *, keep: bool = False) -> str:
    """The role id of the department that answers for *category*.

    With *keep* a word the pack does not know is kept: the department of ``other`` takes it, or the last category's.

    Raises:
        UnknownWord: An unknown category that is not kept.
    """
    try:
        return category_named(case_type, category).department
    except UnknownWord:
        if not keep:
            raise
    named = {known.id: known.department for known in case_type.categories}
    return named.get(FALLBACK, case_type.categories[-1].department)


def grounds_of(case_type: CaseType, criteria: Collection[str]) -> Grounds:
    """Tell grading criteria from reasons of invalidity."""
    reasons = {reason.id for reason in case_type.invalid_reasons}
    return Grounds(
        tuple(word for word in criteria if word not in reasons),
        tuple(word for word in criteria if word in reasons),
    )


def check_verdict(case_type: CaseType, *, validity: str, grounds: Grounds) -> None:
    """Refuse a verdict the pack gives no reason for (CL-4).

    Raises:
        VerdictUnfounded: Invalid where the case type knows no invalidity or without a reason; a reason without it.
    """
    known = tuple(reason.id for reason in case_type.invalid_reasons)
    if validity != Validity.INVALID:
        if grounds.reasons:
            raise VerdictUnfounded(Unfounded.REASON_WITHOUT_VERDICT, known)
        return
    if not known:
        raise VerdictUnfounded(Unfounded.NEVER_INVALID, known)
    if not grounds.reasons:
        raise VerdictUnfounded(Unfounded.REASON_MISSING, known)


def takes_off_the_gravest(case_type: CaseType, *, was: str, now: str) -> bool:
    """Whether a case leaves the gravest severity of its type, which only a desk lead may correct (§9.5)."""
    ranks = {severity.id: severity.rank for severity in case_type.severities}
    # A severity of another case type, left by a corrected type, ranks below all.
    return ranks.get(was, 0) == max(ranks.values()) and ranks[now] < ranks[was]
