"""Classify again: another category, severity, verdict or case type, or a mistake mended.

Source: requirements CL-1 to CL-5, section 9.5.
"""

from dataclasses import replace

from services.intake.commands.opening import by, circumstances
from services.intake.commands.refusing import NotPossible, of_another_pack, only_lead
from services.intake.commands.standing import is_lead, keep_handover, nothing_changed, require
from services.intake.commands.words import Classify
from services.intake.policy.forming import bare, refitted
from services.intake.policy.judging import (
    Grounds,
    check_verdict,
    department_for,
    grounds_of,
    severity_for,
    takes_off_the_gravest,
)
from services.intake.policy.ruling import CIRCUMSTANCES, Under
from services.intake.saying import matter_of, promises_of, rules_of
from services.intake.state import Case
from shared.contracts.fold import Ask, Moment, Say, Step
from shared.contracts.intake import ReasonGiven, RequestClassified, Validity
from shared.rules.book import UnknownCaseType
from shared.rules.filling import without_words
from shared.rules.model import CaseType
from shared.rules.words import Validity as Verdict


def classify(case: Case, ask: Ask, command: Classify, moment: Moment) -> Step:
    """Decide anew; promises are counted anew from the first ear where the severity changes."""
    require("classify", case, ask, correction=command.correction)
    under = _rules(case, command, moment)
    judged = _judged(case, command, under.case_type)
    if judged == case:
        raise nothing_changed()
    mended = command.correction and is_lead(case, ask)
    if not mended and (judged.case_type, judged.category) != (case.case_type, case.category):
        keep_handover(case, moment, field="/category")
    if takes_off_the_gravest(under.case_type, was=case.severity, now=judged.severity) and not is_lead(case, ask):
        raise NotPossible(only_lead("/severity"))
    if judged.case_type != case.case_type:
        judged = _with_other_form(judged, rules_of(case, moment), under)
    judged = replace(judged, severity_at=moment.at)
    judged = replace(judged, promises=promises_of(judged, under, moment))
    return Step(why="classified", state=judged, say=(Say(_fact(judged, ask, command, moment)),))


def _rules(case: Case, command: Classify, moment: Moment) -> Under:
    """The rules of what it becomes; a type of another manual, such as an emergency, is a case of its own (CL-7)."""
    try:
        return rules_of(case, moment, command.case_type)
    except UnknownCaseType as missing:
        for pack, kind in moment.book.case_types(case.site, moment.at):
            if kind.id == missing.id:
                raise NotPossible(of_another_pack(kind, pack)) from missing
        raise


def _judged(case: Case, command: Classify, case_type: CaseType) -> Case:
    validity = command.validity or case.validity
    grounds = _grounds(case, command, case_type, validity=validity)
    check_verdict(case_type, validity=validity, grounds=grounds)
    category = command.category or case.category
    as_it_is = category == case.category and case_type.id == case.case_type
    severity = _severity(case, command, case_type, grounds)
    return replace(
        case,
        case_type=case_type.id,
        category=category,
        # A word an import kept stays kept; a new one must be the pack's.
        department=None if case.incident else department_for(case_type, category, keep=as_it_is),
        severity=severity,
        criteria=(*grounds.grades, *grounds.reasons),
        validity=validity,
        flags=_flags(case, command),
        counted_from=case.counted_from if severity == case.severity else case.received_at,
    )


def _with_other_form(judged: Case, was: Under, now: Under) -> Case:
    """What the other case type asks for too stays; the rest of the form goes, and its marks with it."""
    matter = bare(matter_of(judged, now), was.case_type.form)
    form = refitted(now, judged.form, matter)
    kept = without_words(judged.flags, [field.id for field in was.case_type.form])
    return replace(judged, form=form.public, flags=tuple(sorted(kept | form.marks)))


def _grounds(case: Case, command: Classify, case_type: CaseType, *, validity: str) -> Grounds:
    if command.criteria is not None:
        return grounds_of(case_type, command.criteria)
    standing = grounds_of(case_type, case.criteria)
    restated = command.severity is not None or case_type.id != case.case_type
    return Grounds(() if restated else standing.grades, standing.reasons if validity == Verdict.INVALID else ())


def _severity(case: Case, command: Classify, case_type: CaseType, grounds: Grounds) -> str:
    # Standing criteria never take back what time or a person decided since; only stated ones grade.
    if command.criteria and grounds.grades:
        return severity_for(case_type, severity=None, criteria=grounds.grades)
    if command.severity is not None:
        return severity_for(case_type, severity=command.severity, criteria=())
    known = {severity.id for severity in case_type.severities}
    return case.severity if case.severity in known else case_type.default_severity


def _flags(case: Case, command: Classify) -> tuple[str, ...]:
    if command.flags is None:
        return case.flags
    others = {flag for flag in case.flags if flag not in CIRCUMSTANCES}
    return tuple(sorted(others | circumstances(command.flags)))


def _fact(judged: Case, ask: Ask, command: Classify, moment: Moment) -> RequestClassified:
    verdict: Validity = command.validity or _as_word(judged.validity)
    return RequestClassified(
        case_type=judged.case_type,
        category=judged.category,
        severity=judged.severity,
        criteria=judged.criteria,
        validity=verdict,
        flags=judged.flags,
        department=judged.department,
        correction=command.correction,
        effective_at=moment.at,
        promises=judged.promises,
        by=by(ask),
        private=ReasonGiven(text=command.reason),
    )


def _as_word(validity: str) -> Validity:
    words: dict[str, Validity] = {"valid": "valid", "invalid": "invalid"}
    return words.get(validity, "unjudged")
