"""The closed words of a pack as people say them."""

from collections.abc import Iterable

from shared.organisation.records import Named
from shared.rules.model import ClockRule, Pack
from shared.rules.phrases import EVERY, STOPS, length_said, start_said
from shared.rules.words import ASSIGNEE, FIRST_RECEIVER
from shouwen.words import Words

__all__ = ["EVERY", "OURS", "begin", "both", "ends", "length", "people"]

OURS = Words("产品默认", "product default")
_PERSONS = {
    ASSIGNEE: Words("经办人", "assignee"),
    FIRST_RECEIVER: Words("首问人", "first receiver"),
}


def both(named: Named | Words) -> str:
    """Chinese, then English."""
    return named.zh if named.zh == named.en else f"{named.zh} / {named.en}"


def people(pack: Pack, roles: Iterable[str]) -> str:
    """Roles by name."""
    return "、".join(both(pack.roles.get(role) or _PERSONS.get(role) or Words(role, role)) for role in roles)


def begin(start: str, after: str | None) -> str:
    """What starts a clock or sets off a notice."""
    return both(start_said(start, after))


def length(rule: ClockRule) -> str:
    """How long a clock runs, in words; the manual's own where it gives no number."""
    counted = both(length_said(rule))
    quoted = f"（{both(rule.unset)}）" if rule.unset else ""
    return counted + quoted + (f" [{both(OURS)}]" if rule.product_default else "")


def ends(rule: ClockRule) -> str:
    """What meets a clock."""
    return "；".join([*(both(STOPS[stop]) for stop in rule.stop), *rule.steps])
