"""Packs beside a site's base pack: which of their case types run, which are shadowed, which contradict each other.

Source: requirements PR-1.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any

Body = Mapping[str, Any]
PackKey = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A pack in force from *since* until before *until*; *place* is where the record names it."""

    pack: PackKey
    since: datetime
    until: datetime | None
    place: int

    def meets(self, other: "Stretch") -> bool:
        """Whether both are in force at some instant."""
        return (other.until is None or self.since < other.until) and (self.until is None or other.since < self.until)

    @property
    def named(self) -> str:
        """As people read it."""
        return shown(self.pack)


@dataclass(frozen=True, slots=True)
class Shadowed:
    """A case type of a profile that never runs, because the base pack has one of that name."""

    case_type: str
    profile: str
    base: str
    place: int


@dataclass(frozen=True, slots=True)
class Clash:
    """A case type two profiles bring and the base lacks: nobody could say which of them runs."""

    case_type: str
    one: str
    other: str
    place: int


def shadowed(body: Body, case_types: Mapping[PackKey, frozenset[str]]) -> tuple[Shadowed, ...]:
    """Every case type of a profile that a base pack of the same time has as well."""
    found = {
        (case_type, profile.pack, base.pack): Shadowed(case_type, profile.named, base.named, profile.place)
        for profile in _profiles(body)
        for base in _bases(body)
        if profile.meets(base)
        for case_type in sorted(_types(profile, case_types) & _types(base, case_types))
    }
    return tuple(found.values())


def clashes(body: Body, case_types: Mapping[PackKey, frozenset[str]]) -> Iterator[Clash]:
    """Every case type that two profiles of the same time bring, where no base pack decides it."""
    bases = list(_bases(body))
    for one, other in combinations(_profiles(body), 2):
        if one.meets(other):
            for case_type in sorted(_types(one, case_types) & _types(other, case_types)):
                if not _decided(case_type, bases, (one, other), case_types):
                    yield Clash(case_type, one.named, other.named, other.place)


def _decided(
    case_type: str,
    bases: Iterable[Stretch],
    both: tuple[Stretch, Stretch],
    case_types: Mapping[PackKey, frozenset[str]],
) -> bool:
    there = [base for base in bases if all(base.meets(one) for one in both)]
    return bool(there) and all(case_type in _types(base, case_types) for base in there)


def _types(stretch: Stretch, case_types: Mapping[PackKey, frozenset[str]]) -> frozenset[str]:
    return case_types.get(stretch.pack, frozenset())


def _profiles(body: Body) -> Iterator[Stretch]:
    for place, one in enumerate(body.get("profiles") or ()):
        until = one.get("until")
        yield Stretch(_key(one), _instant(one["since"]), _instant(until) if until else None, place)


def _bases(body: Body) -> Iterator[Stretch]:
    begun = sorted(enumerate(body["packs"]), key=lambda one: _instant(one[1]["since"]))
    ends = [_instant(one["since"]) for _, one in begun[1:]]
    for (place, one), until in zip(begun, [*ends, None], strict=True):
        yield Stretch(_key(one), _instant(one["since"]), until, place)


def _key(one: Body) -> PackKey:
    return one["pack"], one["version"]


def shown(pack: PackKey) -> str:
    """A version of a pack as people read it."""
    return f"{pack[0]} v{pack[1]}"


def _instant(stated: str) -> datetime:
    return datetime.fromisoformat(stated)
