"""One caller, several matters: each a case of its own, linked to the first; the gravest need first.

Source: requirements CL-3, CL-7.
"""

from dataclasses import replace
from datetime import datetime

from services.intake.commands.refusing import RuleMissing
from services.intake.commands.words import LogRequest, Split
from services.intake.policy.grading import decided
from services.intake.policy.ruling import rules_at
from shared.contracts.fold import Refusal
from shared.rules.book import Book
from shared.rules.words import CaseKind

SHARED = ("site", "channel", "caller", "received_at", "first_receiver", "outer", "drill")


def parted(command: Split, book: Book, now: datetime) -> tuple[tuple[int, LogRequest], ...]:
    """Every matter with its place in the command, in the order they are logged: emergencies, then as told.

    A matter that cannot be judged stays where it is told; logging it will say why.
    """
    common = {field: getattr(command, field) for field in SHARED}
    told = []
    for place, matter in enumerate(command.matters):
        own = {field: getattr(matter, field) for field in type(matter).model_fields}
        unit = matter.unit or command.unit
        told.append((place, LogRequest.model_construct(**common, **(own | {"unit": unit}), split_from=None)))
    return tuple(sorted(told, key=lambda one: _turn(one[1], book, now)))


def linked(matter: LogRequest, first: str | None) -> LogRequest:
    """The same, told together with the case *first*."""
    return matter.model_copy(update={"split_from": first})


def at_matter(refusal: Refusal, place: int) -> Refusal:
    """The refusal of one matter, its fields named as they stand in the command."""
    own = not (refusal.field or "/").strip("/").startswith(SHARED)
    field = f"/matters/{place}{refusal.field}" if refusal.field and own else refusal.field
    return replace(refusal, field=field, more=tuple(at_matter(one, place) for one in refusal.more))


def _turn(matter: LogRequest, book: Book, now: datetime) -> tuple[int, int]:
    """Emergencies before everything else, and among them, as among the rest, the gravest first."""
    try:
        case_type = rules_at(book, site=matter.site, case_type=matter.case_type, at=now).case_type
        rank = decided(case_type, matter.criteria, matter.severity).severity.rank
    except RuleMissing:
        return 1, 0
    return int(case_type.kind is not CaseKind.EMERGENCY), -rank
