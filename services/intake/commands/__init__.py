"""What people may ask of a request, and what becomes of it; pure."""

from collections.abc import Callable, Mapping
from typing import Any

from services.intake.commands.amending import amend
from services.intake.commands.bringing import entity_of
from services.intake.commands.by_rule import (
    OpenByRule,
    OpenPlanned,
    Recur,
    Ruled,
    open_ruled,
    planned_case,
    recur,
)
from services.intake.commands.classifying import classify
from services.intake.commands.ending import consent, link, raise_again, withdraw
from services.intake.commands.foretelling import graded
from services.intake.commands.receiving import open_case
from services.intake.commands.refusing import (
    AlreadyImported,
    NotPossible,
    RuleMissing,
    bad,
    refusal_of,
    unknown_case,
)
from services.intake.commands.shapes import CaseId, LiveChannel
from services.intake.commands.splitting import at_matter, linked, parted
from services.intake.commands.words import (
    Amend,
    CallerGiven,
    Classify,
    Consent,
    Grade,
    ImportCase,
    Link,
    LogRequest,
    Numbered,
    OpenIncident,
    RaiseAgain,
    Split,
    Withdraw,
)
from services.intake.state import Case
from shared.contracts.fold import Ask, Moment, Refusal, Step

__all__ = [
    "AlreadyImported",
    "Amend",
    "CallerGiven",
    "CaseId",
    "Classify",
    "Consent",
    "Grade",
    "ImportCase",
    "Link",
    "LiveChannel",
    "LogRequest",
    "Numbered",
    "OpenByRule",
    "OpenIncident",
    "OpenPlanned",
    "RaiseAgain",
    "Recur",
    "Ruled",
    "Split",
    "Withdraw",
    "at_matter",
    "bad",
    "entity_of",
    "graded",
    "linked",
    "obey",
    "parted",
    "planned_case",
    "unknown_case",
]

CHANGING: Mapping[type[Any], Callable[[Case, Ask, Any, Moment], Step | Refusal]] = {
    Classify: classify,
    Amend: amend,
    Consent: consent,
    RaiseAgain: raise_again,
    Withdraw: withdraw,
    Link: link,
    Recur: recur,
}


def obey(state: Case | None, ask: Ask, moment: Moment) -> Step | Refusal:
    """Carry out a command on a case; refusals are values that name the field and what would be right."""
    try:
        return _carried_out(state, ask, moment)
    except NotPossible as refused:
        return refused.refusal
    except RuleMissing as missing:
        return refusal_of(missing)


def _carried_out(state: Case | None, ask: Ask, moment: Moment) -> Step | Refusal:
    command = ask.command
    if isinstance(command, Numbered):
        return open_case(state, ask, command, moment)
    if isinstance(command, Ruled):
        return open_ruled(state, ask, command, moment)
    if state is None:
        return unknown_case()
    return CHANGING[type(command)](state, ask, command, moment)
