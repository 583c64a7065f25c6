"""What one issue of a register says, before it takes a form."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.reporting.policy.filing import Filed
from services.reporting.policy.measures import Rate
from services.reporting.policy.windows import Stretch, Way
from services.reporting.ports import Row
from services.reporting.views.figures import FiguresBy, Ledger, ledger_of, rates, summed
from shared.organisation.records import Named, Site
from shared.rules.conditions import ALWAYS
from shared.rules.model import CaseType, Pack
from shared.rules.registers import MONEY, Register

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
class Document:
    """A register issued for one site and one window.

    Attributes:
        packs: How many of the cases opened under which pack; a figure never stands without it (PR-3).
        ledger: The sums of its accounts, where its rows are money.
        filed: Who signed and who filed it, where it is an issue that can be; ``signer`` is that person's name.
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
    ledger: Ledger | None = None
    filed: Filed | None = None
    signer: str = ""


def document(
    register: Register,
    pack: Pack,
    site: Site,
    *,
    month: str | None,
    way: Way,
    stretch: Stretch,
    figures: FiguresBy,
) -> Document:
    """Put the figures into the form the pack asks for."""
    types = [pack.case_types[name] for name in register.case_types if name in pack.case_types]
    shown = figures[ALWAYS]
    groups = shown.groups
    return Document(
        register=register,
        pack=pack,
        site=site,
        month=month,
        way=way,
        stretch=stretch,
        received=summed(groups, "received"),
        incidents=shown.incidents,
        categories=tallies(groups, "category", _names(types, "categories")) if register.by_category else (),
        severities=tallies(groups, "severity", _names(types, "severities")),
        validities=tallies(groups, "validity", VALIDITIES),
        packs=tallies(groups, "pack", {}),
        sums={name: summed(groups, name) for name in _SUMS},
        rates=rates(register.measures, figures, site),
        ledger=ledger_of(shown.accounts) if register.rows == MONEY else None,
    )


def tallies(groups: Sequence[Row], by: str, names: Mapping[str, Named]) -> tuple[Tally, ...]:
    """Cases by one value: every value of the pack, zeros shown (AS-070), then what an import brought besides."""
    counts: dict[str, int] = dict.fromkeys(names, 0)
    for group in groups:
        value = group[by] or ""
        counts[value] = counts.get(value, 0) + int(group["received"])
    return tuple(Tally(value, names.get(value, Named(value, value)), n) for value, n in counts.items())


def _names(types: Iterable[CaseType], parts: str) -> dict[str, Named]:
    return {part.id: part.name for case_type in types for part in getattr(case_type, parts)}
