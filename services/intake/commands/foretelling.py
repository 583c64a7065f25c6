"""How a matter would be graded while the caller is still on the phone; pure, and nothing is kept."""

from datetime import datetime

from services.intake.commands.opening import circumstances
from services.intake.commands.refusing import NotPossible, RuleMissing, refusal_of
from services.intake.commands.words import Grade
from services.intake.policy.foreseeing import Foreseen, Told, foreseen
from services.intake.policy.ruling import rules_at
from shared.contracts.fold import Refusal
from shared.rules.book import Book


def graded(command: Grade, book: Book, now: datetime) -> Foreseen | Refusal:
    """What would become of the matter, or the field that cannot be right."""
    try:
        return _graded(command, book, now)
    except NotPossible as refused:
        return refused.refusal
    except RuleMissing as missing:
        return refusal_of(missing)


def _graded(command: Grade, book: Book, now: datetime) -> Foreseen:
    under = rules_at(book, site=command.site, case_type=command.case_type, at=now)
    told = Told(
        category=command.category,
        criteria=command.criteria,
        severity=command.severity,
        flags=circumstances(command.flags),
        form=command.form,
        received_at=min(command.received_at or now, now),
        customer_limit=command.customer_limit,
    )
    return foreseen(under, told, book.calendar(command.site))
