"""What is promised for a case as it stands, and what it has opened; shared by commands and reactions."""

from collections.abc import Sequence
from datetime import datetime

from services.intake.policy.promising import limits_of, promised
from services.intake.policy.recurring import Traits
from services.intake.policy.ruling import Under, rules_pinned
from services.intake.state import Case
from shared.contracts.fold import Moment, Want
from shared.contracts.ids import case_named
from shared.rules.clocks import Promise
from shared.rules.conditions import Matter
from shared.rules.filling import with_marks
from shared.rules.steps import Opens

OPEN_CASE = "open_case"
"""The effect by which one case has another opened."""


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


def traits_of(case: Case) -> Traits:
    """What of the case tells whether it is the same matter as another."""
    return Traits(
        case_type=case.case_type,
        category=case.category,
        criteria=case.criteria,
        unit=case.unit,
        place=case.place,
        form=case.form,
    )


def open_wanted(
    case: Case, opens: Opens, *, rule: str, parent: str, cases: Sequence[str], named: Sequence[str], at: datetime
) -> Want:
    """The effect that opens a case under the rules *case* has pinned.

    Args:
        case: The one that gives rise to it, whose id is *parent*; its form is what may be taken over.
        opens: What the rule says of the new one.
        rule: Its id.
        parent: See *case*.
        cases: All that gave rise to it, oldest first.
        named: What made it necessary, for ever: the same words open one case.
        at: When that was.
    """
    entity = case_named("rule", *named)
    payload = {
        "entity": entity,
        "site": case.site,
        "pack": case.pack,
        "version": case.version,
        "case_type": opens.case_type,
        "category": opens.category,
        "severity": opens.severity,
        "content": opens.text.zh,
        "rule": rule,
        "parent": parent,
        "cases": list(cases),
        "at": at.isoformat(),
        "unit": case.unit,
        "channel": case.channel,
        "drill": case.drill,
        "form": {id_: case.form[id_] for id_ in opens.carries if id_ in case.form},
    }
    return Want(key=f"{OPEN_CASE}/{entity}", kind=OPEN_CASE, recipient=entity, payload=payload)
