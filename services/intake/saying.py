"""What is promised for a case as it stands; shared by commands and reactions."""

from services.intake.policy.promising import promised
from services.intake.policy.ruling import Under, rules_pinned
from services.intake.state import Case
from shared.contracts.fold import Moment
from shared.rules.clocks import Promise


def rules_of(case: Case, moment: Moment, case_type: str | None = None) -> Under:
    """The rules the case pinned; of another case type of the same pack where one is named.

    Raises:
        UnknownCaseType: Its pack has no such case type.
    """
    return rules_pinned(
        moment.book,
        site=case.site,
        pack=case.pack,
        version=case.version,
        case_type=case_type or case.case_type,
    )


def promises_of(case: Case, under: Under, moment: Moment) -> tuple[Promise, ...]:
    """What is promised for *case*, counted anew."""
    matter = under.matter(
        category=case.category,
        severity=case.severity,
        validity=case.validity,
        flags=frozenset(case.flags),
    )
    return promised(
        under,
        matter,
        counted_from=case.counted_from,
        calendar=moment.book.calendar(case.site),
        customer_limit=case.customer_limit,
        department_limit=case.department_limit,
    )
