"""A scenario as read: checked words, instants in UTC, and the line of everything."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shouwen.scenarios.cast import Packs, Setting
from shouwen.scenarios.instants import Written


@dataclass(frozen=True, slots=True)
class Refused:
    """How an act is expected to be refused; what is left empty is not asked.

    Attributes:
        contains: Part of the sentence or its hint, in either language.
    """

    why: str = ""
    field: str = ""
    contains: str = ""
    status: int = 0


@dataclass(frozen=True, slots=True)
class Act:
    """Something somebody does, or that happens.

    Attributes:
        case: Name of the case in the file.
        by: Role or person; empty leaves it to the verb.
        refused: None: it must be carried out.
        heard: When the other services hear of it; None at once.
    """

    line: int
    name: str
    at: Written
    case: str
    by: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    refused: Refused | None = None
    heard: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Expected:
    """One field of a check and what it should be."""

    line: int
    value: Any
    typed: str


@dataclass(frozen=True, slots=True)
class Check:
    """Something that must be seen.

    Attributes:
        at: None: after the last act.
        kind: Word of :mod:`shouwen.scenarios.sights`.
        none: Nothing of the kind may be there.
        count: Exactly so many; None: at least one.
    """

    line: int
    at: Written | None
    case: str
    kind: str
    expected: Mapping[str, Expected]
    none: bool = False
    count: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One row of a manual, ready to run.

    Attributes:
        cases: Names of the cases in the order they open.
        last: When the last act happens.
    """

    file: str
    line: int
    id: str
    name: str
    covers: tuple[str, ...]
    setting: Setting
    packs: Packs
    acts: tuple[Act, ...]
    checks: tuple[Check, ...]
    cases: tuple[str, ...]
    last: datetime
