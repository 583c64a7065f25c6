"""Every demand of the manuals with the rules that meet it and the scenarios that show it."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml

from shared.packs.loader import builtin
from shared.rules.model import CaseType, Pack
from shouwen.scenarios.finding import BUILTIN, files_in
from shouwen.scenarios.parsing import load

DEMANDS = Path(__file__).with_name("requirements.yaml")
PAGE = "docs/coverage.md"
KEPT_BY: Mapping[str, str] = {
    "FC-1": "services/intake/commands/receiving.py",
    "FC-2": "services/intake/commands/amending.py",
    "FC-3": "services/dispatch/policy/lifecycle.py",
    "OH-1": "shared/organisation/people.py",
    "OH-2": "shared/organisation/people.py",
    "OH-4": "services/dispatch/commands/deferring.py",
    "OH-7": "services/escalation/saying/clocks.py",
    "N-13": "services/escalation/commands/extending.py",
    "N-14": "services/escalation/saying/upgrading.py",
    "N-46": "services/escalation/due.py",
    "N-47": "services/escalation/due.py",
    "CN-1": "services/dispatch/commands/deferring.py",
    "CN-2": "services/escalation/reactions/requests.py",
}
"""Demands the services themselves keep, whatever the pack, and where."""
AS_FAR_AS_BUILT = frozenset({"R", "K"})
"""Families of which a part is built later: registers and measures."""
_ID = re.compile(r"(CK-[A-Z]+-\d+|(?:UP|N|R|K|CN|FC|OH|PC|CT)-\d+[a-z]?)(?![\d])")


@dataclass(slots=True)
class Covered:
    """One demand.

    Attributes:
        text: What it asks for, in a few words.
        rules: Where it is kept: pack and place, or a file of the services.
        scenarios: ``pack: id`` of those that name it.
    """

    id: str
    text: str
    rules: list[str] = field(default_factory=list)
    scenarios: list[str] = field(default_factory=list)

    @property
    def family(self) -> str:
        """The letters before the number."""
        return self.id.partition("-")[0]

    @property
    def whole(self) -> bool:
        """Whether a rule keeps it and a scenario shows it."""
        return bool(self.rules and self.scenarios)


@cache
def covered() -> tuple[Covered, ...]:
    """Every demand, in the order of the requirements."""
    demands = yaml.safe_load(DEMANDS.read_text(encoding="utf-8"))
    rules, shown = _rules(), _scenarios()
    return tuple(Covered(id_, text, rules.get(id_, []), shown.get(id_, [])) for id_, text in demands.items())


def gaps() -> tuple[Covered, ...]:
    """Demands that no rule keeps or no scenario shows; registers and measures not built yet left out."""
    return tuple(one for one in covered() if not one.whole and not (one.family in AS_FAR_AS_BUILT and not one.rules))


def coverage_page() -> str:
    """docs/coverage.md."""
    return "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    yield "# Coverage: every demand of the manuals, the rule that keeps it, the scenario that shows it"
    yield ""
    yield "Written by `make docs` from the packs and their scenarios; `tests/contract/test_coverage.py` fails when a"
    yield "demand has no rule or no scenario. Registers (R) and measures (K) are listed as far as they are built. The"
    yield "words are those of `shouwen/manuals/requirements.yaml`."
    yield ""
    yield from _sums()
    for family, of_family in _families():
        yield ""
        yield f"## {family}"
        yield ""
        yield "| id | demand | kept by | shown by |"
        yield "|---|---|---|---|"
        yield from (_row(one) for one in of_family)


def _sums() -> Iterator[str]:
    yield "| family | demands | kept | shown |"
    yield "|---|---|---|---|"
    for family, of_family in _families():
        kept, shown = (
            sum(bool(part) for part in parts)
            for parts in zip(*((o.rules, o.scenarios) for o in of_family), strict=True)
        )
        yield f"| {family} | {len(of_family)} | {kept} | {shown} |"


def _families() -> Iterable[tuple[str, list[Covered]]]:
    found: dict[str, list[Covered]] = defaultdict(list)
    for one in covered():
        found[one.family].append(one)
    return found.items()


def _row(one: Covered) -> str:
    return f"| {one.id} | {one.text} | {_few(one.rules) or '**not built**'} | {_few(one.scenarios) or '**none**'} |"


def _few(names: list[str], most: int = 6) -> str:
    more = f" +{len(names) - most}" if len(names) > most else ""
    return ", ".join(f"`{name}`" for name in names[:most]) + more


def _rules() -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for pack in builtin():
        for place, words in _places(pack):
            for word in words:
                for id_ in _ID.findall(word):
                    _once(found[id_], f"{pack.id} {place}")
    for id_, place in KEPT_BY.items():
        _once(found[id_], place)
    return found


def _places(pack: Pack) -> Iterator[tuple[str, Iterable[str]]]:
    yield "pack", pack.covers
    for plan in pack.plans:
        yield f"plans.{plan.id}", (plan.id, *plan.covers)
    for recurrence in pack.recurrences:
        yield f"recurrences.{recurrence.id}", (recurrence.id,)
    for card in pack.prompts:
        yield f"prompts.{card.id}", (card.id,)
    for register in pack.registers.values():
        yield f"registers.{register.id}", (register.id, *register.covers)
        yield from ((f"registers.{register.id}.{measure.id}", (measure.id,)) for measure in register.measures)
    for case_type in pack.case_types.values():
        yield from _of_case_type(case_type)


def _of_case_type(case_type: CaseType) -> Iterator[tuple[str, Iterable[str]]]:
    yield case_type.id, case_type.covers
    for part in (case_type.clocks, case_type.upgrades, case_type.raises_at_intake, case_type.money):
        yield from ((f"{case_type.id}.{rule.id}", (rule.id,)) for rule in part)
    for step in case_type.steps:
        yield f"{case_type.id}.{step.id}", (step.id, *step.covers, *step.needs)


def _scenarios() -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for file in files_in([BUILTIN]):
        for scenario in load(file):
            for word in scenario.covers:
                for id_ in _ID.findall(word):
                    _once(found[id_], f"{file.parent.name}: {scenario.id}")
    return found


def _once(names: list[str], name: str) -> None:
    if name not in names:
        names.append(name)
