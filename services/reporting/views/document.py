"""What one issue of a register says, before it takes a form."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.reporting.policy.measures import Counts, Rate, rate_of
from services.reporting.policy.windows import Stretch, Way
from services.reporting.ports import Row
from shared.organisation.records import Named, Site
from shared.rules.model import CaseType, Pack
from shared.rules.registers import Count, Register
from shared.rules.words import Validity

VALIDITIES: Mapping[str, Named] = {
    "unjudged": Named("尚未判定", "Not yet judged"),
    "valid": Named("有效", "Valid"),
    "invalid": Named("无效", "Invalid"),
}
_SUMS = ("handled", "followed_up", "answers", "satisfied", "reopened", "raised", "breached", "imported")


@dataclass(frozen=True, slots=True)
class Tally:
    """One line of the sums: how many cases had this value."""

    id: str
    name: Named
    count: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What was read in one snapshot.

    Attributes:
        fell: Cases whose resolve limit fell in the window and is judged; ``kept`` of them kept it.
    """

    groups: Sequence[Row]
    fell: int
    kept: int
    incidents: int


@dataclass(frozen=True, slots=True)
class Document:
    """A register issued for one site and one window.

    Attributes:
        packs: How many of the cases opened under which pack; a figure never stands without it (PR-3).
        sums: Further counts over the cases received in the window.
    """

    register: Register
    pack: Pack
    site: Site
    month: str | None
    way: Way
    stretch: Stretch
    received: int
    incidents: int
    categories: tuple[Tally, ...]
    severities: tuple[Tally, ...]
    validities: tuple[Tally, ...]
    packs: tuple[Tally, ...]
    sums: Mapping[str, int]
    rates: tuple[Rate, ...]


def document(
    register: Register,
    pack: Pack,
    site: Site,
    *,
    month: str | None,
    way: Way,
    stretch: Stretch,
    figures: Figures,
) -> Document:
    """Put the figures into the form the pack asks for."""
    types = [pack.case_types[name] for name in register.case_types if name in pack.case_types]
    counts = counts_of(figures, site)
    groups = figures.groups
    return Document(
        register=register,
        pack=pack,
        site=site,
        month=month,
        way=way,
        stretch=stretch,
        received=_sum(groups, "received"),
        incidents=figures.incidents,
        categories=tallies(groups, "category", _names(types, "categories")) if register.by_category else (),
        severities=tallies(groups, "severity", _names(types, "severities")),
        validities=tallies(groups, "validity", VALIDITIES),
        packs=tallies(groups, "pack", {}),
        sums={name: _sum(groups, name) for name in _SUMS},
        rates=tuple(rate_of(measure, counts) for measure in register.measures),
    )


def counts_of(figures: Figures, site: Site) -> Counts:
    """The counts measures are made of."""
    groups = figures.groups
    judged = [group for group in groups if group["validity"] != Validity.UNJUDGED]
    units = site.parameters.get("occupied_units")
    return {
        Count.RECEIVED: _sum(groups, "received"),
        Count.JUDGED: _sum(judged, "received"),
        Count.VALID: _sum([g for g in judged if g["validity"] == Validity.VALID], "received"),
        Count.LIMIT_FELL: figures.fell,
        Count.RESOLVED_BY_LIMIT: figures.kept,
        Count.HANDLED: _sum(groups, "handled"),
        Count.FOLLOWED_UP: _sum(groups, "followed_up"),
        Count.ANSWERS: _sum(groups, "answers"),
        Count.SATISFIED: _sum(groups, "satisfied"),
        Count.OCCUPIED_UNITS: units if isinstance(units, int) else None,
    }


def tallies(groups: Sequence[Row], by: str, names: Mapping[str, Named]) -> tuple[Tally, ...]:
    """Cases by one value: every value of the pack, zeros shown (AS-070), then what an import brought besides."""
    counts: dict[str, int] = dict.fromkeys(names, 0)
    for group in groups:
        value = group[by] or ""
        counts[value] = counts.get(value, 0) + int(group["received"])
    return tuple(Tally(value, names.get(value, Named(value, value)), n) for value, n in counts.items())


def _names(types: Iterable[CaseType], parts: str) -> dict[str, Named]:
    return {part.id: part.name for case_type in types for part in getattr(case_type, parts)}


def _sum(groups: Sequence[Row], name: str) -> int:
    return sum(int(group[name]) for group in groups)
