"""What dispatch keeps for a whole site beside its cases: rolls that reach every case, and running numbers."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from shared.organisation.records import Site
from shared.rules.forms import FieldKind, Filled
from shared.rules.rolls import Listed, site_moved
from shared.rules.serials import Numbering, counted, reached
from shared.rules.steps import RollScope, StepRule
from shared.timekeeping.calendar import local_date


@dataclass(frozen=True, slots=True)
class SiteState:
    """One site.

    Attributes:
        rolls: Names on the rolls of the site, each with the case and the step that put it there.
        serials: The last number given, by series.
    """

    rolls: dict[str, tuple[Listed, ...]] = field(default_factory=dict)
    serials: dict[str, int] = field(default_factory=dict)


UNTOUCHED = SiteState()


def reaches_site(rule: StepRule) -> bool:
    """Whether taking the step reads or changes what is kept for the whole site."""
    numbered = any(one.kind is FieldKind.SERIAL for one in rule.form)
    return numbered or any(move.scope is RollScope.SITE for move in rule.rolls)


def numbering(standing: SiteState, site: Site, at: datetime) -> Numbering:
    """What serial numbers are made of at *at*."""
    return Numbering(site.code, local_date(at, site.zone), standing.serials)


def after_step(standing: SiteState, rule: StepRule, filled: Filled, site: Site, signed: Listed) -> SiteState:
    """What is kept after a step was taken with that form, as *signed* says by whom and when."""
    rolls = site_moved(rule.rolls, rule.form, filled, standing.rolls, signed)
    return SiteState(dict(rolls), counted(rule.form, filled, numbering(standing, site, signed.at)))


def said_after(standing: SiteState, rule: StepRule, filled: Filled, signed: Listed) -> SiteState:
    """What is kept by what was said of a step, whether it is known already or not: numbers never go back."""
    rolls = site_moved(rule.rolls, rule.form, filled, standing.rolls, signed)
    given = reached(rule.form, filled)
    ahead = {series: max(number, standing.serials.get(series, 0)) for series, number in given.items()}
    return SiteState(dict(rolls), {**standing.serials, **ahead})


def differing(stands: SiteState, should: SiteState) -> Iterator[tuple[str, str, str]]:
    """What does not agree: its name, and both sides in numbers; of a roll by the cases that put names on it."""
    for series in sorted(stands.serials.keys() | should.serials.keys()):
        sides = (stands.serials.get(series, 0), should.serials.get(series, 0))
        if sides[0] != sides[1]:
            yield series, str(sides[0]), str(sides[1])
    for roll in sorted(stands.rolls.keys() | should.rolls.keys()):
        here, there = frozenset(stands.rolls.get(roll, ())), frozenset(should.rolls.get(roll, ()))
        if here != there:
            yield roll, _counted(here, here - there), _counted(there, there - here)


def _counted(names: frozenset[Listed], only: frozenset[Listed]) -> str:
    """Names of people are told to nobody here; the case says whose they are."""
    cases = ", ".join(sorted({one.number for one in only}))
    return f"{len(names)} ({cases})" if cases else str(len(names))
