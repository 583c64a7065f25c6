"""What steps said of cases mean for their site: what it keeps, told again from the facts.

The site itself says nothing; what it keeps follows from the steps of its cases, and can be held against them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from services.dispatch.policy.standing import SiteState, reaches_site, said_after
from services.dispatch.state import CaseState, procedure
from shared.contracts.dispatch import StepTaken
from shared.rules.book import Book
from shared.rules.model import CaseType
from shared.rules.rolls import Listed
from shared.rules.stepping import step_named
from shared.rules.steps import StepRule


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that was taken, and of which case, when."""

    case: str
    at: datetime
    fact: StepTaken


def retold(base: SiteState, taken: Iterable[Taken], cases: Mapping[str, CaseState], book: Book) -> SiteState:
    """What a site keeps after *taken*, if it kept *base* before; steps that do not reach it change nothing."""
    kept = base
    for one in sorted(taken, key=lambda one: one.at):
        case = cases[one.case]
        rule = _rule_of(case, one.fact.step, book)
        if rule is not None:
            signed = Listed("", case.case, case.number, rule.id, one.fact.by, one.at)
            kept = said_after(kept, rule, {**one.fact.form, **one.fact.private.form}, signed)
    return kept


def reaching_steps(book: Book) -> frozenset[str]:
    """Ids of all steps of any pack that reach a site."""
    types = (kind for pack in book.packs() for kind in pack.case_types.values())
    return frozenset(rule.id for kind in types for rule in kind.steps if reaches_site(rule))


def _rule_of(case: CaseState, step: str, book: Book) -> StepRule | None:
    """The step as it was taken: the case may have become one of another type since."""
    rules = (step_named(kind, step) for kind in _types(case, book))
    return next((rule for rule in rules if rule is not None and reaches_site(rule)), None)


def _types(case: CaseState, book: Book) -> Iterator[CaseType]:
    yield procedure(case, book)
    yield from book.pack(case.pack, case.pack_version).case_types.values()
