"""Which criterion and which rule decide how grave a matter is, and what else the ticked boxes ask for.

Source: requirements CL-1 to CL-7, UP-3, UP-4.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from services.intake.policy.judging import Grounds, grounds_of, severity_for
from shared.rules.grading import UnknownWord, severity_named
from shared.rules.model import CaseType, Criterion, Severity
from shared.rules.words import CaseKind

HIGHEST_WINS = "CL-1"
PARTLY_INVALID = "CL-3"
NOT_OURS = "CL-4"
EMERGENCY_FIRST = "CL-7"


@dataclass(frozen=True, slots=True)
class Decided:
    """How a matter is graded, and why.

    Attributes:
        criterion: The box that decided; None where the severity was stated or is the usual one.
        beaten: Boxes ticked that stand for less grave severities.
        reasons: Boxes ticked that say the matter is not ours.
        rules: Ids of the rules that decided: those the criterion follows, and CL-1 where several fit.
        advice: Rules that ask for more: CL-3 to split, CL-4 to judge it invalid, CL-7 to see to it first.
    """

    severity: Severity
    criterion: Criterion | None = None
    beaten: tuple[Criterion, ...] = ()
    reasons: tuple[Criterion, ...] = ()
    rules: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()


def decided(case_type: CaseType, criteria: Collection[str], severity: str | None = None) -> Decided:
    """Grade by ticked boxes; without any by the *severity* stated, else the usual one.

    Raises:
        UnknownWord: A severity or box the case type does not have.
    """
    grounds = grounds_of(case_type, criteria)
    found = severity_named(case_type, severity_for(case_type, severity=severity, criteria=grounds.grades))
    asked = (box for grade in by_gravity(case_type) for box in grade.criteria)
    ticked = [box for box in asked if box.id in grounds.grades]
    deciding = next((one for one in found.criteria if one.id in grounds.grades), None)
    beaten = tuple(one for one in ticked if one not in found.criteria)
    return Decided(
        severity=found,
        criterion=deciding,
        beaten=beaten,
        reasons=tuple(one for one in case_type.invalid_reasons if one.id in grounds.reasons),
        rules=(*(deciding.covers if deciding else ()), *((HIGHEST_WINS,) if beaten else ())),
        advice=tuple(_advice(case_type, grounds)),
    )


def by_gravity(case_type: CaseType) -> tuple[Severity, ...]:
    """The severities in the order their questions are asked: gravest first."""
    return tuple(sorted(case_type.severities, key=lambda severity: -severity.rank))


def criteria_named(case_type: CaseType, words: Collection[str]) -> tuple[Criterion, ...]:
    """The boxes of those ids, reasons of invalidity among them, in the pack's order.

    Raises:
        UnknownWord: There is no such box.
    """
    known = {one.id: one for severity in case_type.severities for one in severity.criteria}
    known |= {one.id: one for one in case_type.invalid_reasons}
    for word in words:
        if word not in known:
            raise UnknownWord("criterion", word, known)
    return tuple(one for id_, one in known.items() if id_ in words)


def _advice(case_type: CaseType, grounds: Grounds) -> Iterator[str]:
    if grounds.reasons:
        yield PARTLY_INVALID if grounds.grades else NOT_OURS
    if case_type.kind is CaseKind.EMERGENCY:
        yield EMERGENCY_FIRST
