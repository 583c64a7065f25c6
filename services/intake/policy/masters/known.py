"""What a site has already, against which a file is judged, and the words it may choose from."""

from dataclasses import dataclass

from shared.organisation.records import Named


@dataclass(frozen=True, slots=True)
class Choice:
    """A word a cell may hold: its id, or its name in either language."""

    id: str
    name: Named


@dataclass(frozen=True, slots=True)
class CaseChoice:
    """A case type of the site's pack with the words that belong to it."""

    id: str
    name: Named
    categories: tuple[Choice, ...] = ()
    severities: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Choices:
    """The site's own words for matters; an empty list means that any word is taken as typed."""

    case_types: tuple[CaseChoice, ...] = ()
    departments: tuple[Choice, ...] = ()
    people: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What the site has already.

    Attributes:
        buildings, units: Their ids.
        choices: The words of its pack and directory.
    """

    buildings: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    choices: Choices = Choices()
