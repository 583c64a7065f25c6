"""What is promised for a case as it stands; shared by commands and reactions."""

from services.intake.policy.promising import limits_of, promised
from services.intake.policy.ruling import Under, rules_pinned
from services.intake.state import Case
from shared.contracts.fold import Moment
from shared.rules.clocks import Promise
from shared.rules.conditions import Matter
from shared.rules.filling import with_marks


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


def matter_of(case: Case, under: Under) -> Matter:
    """The circumstances of *case* as conditions of the pack see them, steps taken included."""
    return under.matter(
        category=case.category,
        severity=case.severity,
        validity=case.validity,
        flags=with_marks(case.flags, case.taken),
    )


def promises_of(case: Case, under: Under, moment: Moment) -> tuple[Promise, ...]:
    """What is promised for *case*, counted anew."""
    return promised(
        under,
        matter_of(case, under),
        counted_from=case.counted_from,
        calendar=moment.book.calendar(case.site),
        limits=limits_of(case, under),
    )
