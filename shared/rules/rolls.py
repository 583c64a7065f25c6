"""Rolls: lists of names such as passes issued, workers barred, keys lent; of one case, or of a whole site.

Names are compared as people mean them: full-width and half-width, capitals and spaces make no difference. Somebody may
be named with the number of a document after the name ("张三 440301199001011234"); then two people of one name are told
apart wherever both have a number, and one person under two spellings is one.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from shared.rules.forms import Filled, FormField
from shared.rules.steps import RollMove, RollRule, RollScope

Rolls = Mapping[str, tuple[str, ...]]
"""Names on each roll of a case."""

_DOCUMENT = re.compile(r"(?<![0-9a-z])[0-9a-z]*[0-9]{4,}[0-9a-z]*(?![0-9a-z])")
_BETWEEN = re.compile(r"[\s,;:、，；：()（）\[\]【】]+")
_REMEMBERED = 10_000
"""Names taken apart: the same long roll is looked through at every step that names somebody."""
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―－", "-"))


@dataclass(frozen=True, slots=True)
class Listed:
    """A name on the roll of a site.

    Attributes:
        case: The case whose step put it there, ``number`` as people call it; ``step`` which, ``by`` who, ``at`` when.
        personal: It names somebody, not something.
    """

    name: str
    case: str
    number: str
    step: str
    by: str
    at: datetime
    personal: bool = False


SiteRolls = Mapping[str, tuple[Listed, ...]]


@dataclass(frozen=True, slots=True)
class OnRolls:
    """What stands on the rolls a step may touch: those of its case and those of its site."""

    own: Rolls
    site: SiteRolls

    def names(self, rule: RollRule) -> tuple[str, ...]:
        """The names on the roll that *rule* is about."""
        if rule.scope is RollScope.SITE:
            return tuple(one.name for one in self.site.get(rule.roll, ()))
        return self.own.get(rule.roll, ())

    def listed(self, name: str, rules: Iterable[RollRule], form: tuple[FormField, ...]) -> tuple[Listed, ...]:
        """Where on the rolls of the site, as far as *rules* look there, a name stands."""
        places = [(rule, personal_in(form, rule)) for rule in rules if rule.scope is RollScope.SITE]
        found = ((one, personal) for rule, personal in places for one in self.site.get(rule.roll, ()))
        return tuple(one for one, personal in found if same(one.name, name, personal=personal))


def names_in(value: str) -> tuple[str, ...]:
    """The names of a field: one a line, each once, however it is spaced."""
    return tuple(dict.fromkeys(" ".join(line.split()) for line in value.split("\n") if line.strip()))


def same(one: str, other: str, *, personal: bool) -> bool:
    """Whether two names mean the same; those of people may carry the number of a document."""
    if not personal:
        return _folded(one) == _folded(other)
    (name, number), (another, its) = _parted(one), _parted(other)
    return number == its if number and its else name == another


@lru_cache(maxsize=_REMEMBERED)
def _folded(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).translate(_DASHES).casefold().split())


@lru_cache(maxsize=_REMEMBERED)
def _parted(name: str) -> tuple[str, str]:
    """Name and number of a document, either of which may be missing."""
    plain = unicodedata.normalize("NFKC", name).translate(_DASHES).casefold()
    found = _DOCUMENT.search(plain)
    number = found[0] if found else ""
    return _BETWEEN.sub("", plain.replace(number, " ") if number else plain), number


def personal_in(form: tuple[FormField, ...], rule: RollRule) -> bool:
    """Whether the names of *rule* are people's."""
    return any(field.id == rule.field and field.personal for field in form)


class Among:
    """A list of names to look others up in."""

    def __init__(self, names: Iterable[str], *, personal: bool) -> None:
        """Take the names apart once."""
        self._personal = personal
        parted = [_parted(name) if personal else (_folded(name), "") for name in names]
        self._names = {name for name, _ in parted}
        self._without_number = {name for name, number in parted if not number}
        self._numbers = {number for _, number in parted if number}

    def has(self, name: str) -> bool:
        """Whether the list has that name, as `same` compares names."""
        if not self._personal:
            return _folded(name) in self._names
        plain, number = _parted(name)
        return number in self._numbers or plain in self._without_number if number else plain in self._names


def moved(moves: Iterable[RollRule], form: tuple[FormField, ...], filled: Filled, rolls: Rolls) -> Rolls:
    """The rolls of a case after a step."""
    for move in _changing(moves, RollScope.CASE):
        names, personal = names_in(filled.get(move.field, "")), personal_in(form, move)
        was = rolls.get(move.roll, ())
        if move.move is RollMove.PUT:
            on = Among(was, personal=personal)
            now = (*was, *(name for name in names if not on.has(name)))
        else:
            off = Among(names, personal=personal)
            now = tuple(one for one in was if not off.has(one))
        rolls = {**rolls, move.roll: now}
    return rolls


def site_moved(
    moves: Iterable[RollRule], form: tuple[FormField, ...], filled: Filled, rolls: SiteRolls, signed: Listed
) -> SiteRolls:
    """The rolls of a site after a step; every name put on them is signed as *signed* is."""
    for move in _changing(moves, RollScope.SITE):
        names, personal = names_in(filled.get(move.field, "")), personal_in(form, move)
        was = rolls.get(move.roll, ())
        if move.move is RollMove.PUT:
            on = Among((one.name for one in was), personal=personal)
            fresh = (name for name in names if not on.has(name))
            now = (*was, *(replace(signed, name=name, personal=personal) for name in fresh))
        else:
            off = Among(names, personal=personal)
            now = tuple(one for one in was if not off.has(one.name))
        rolls = {**rolls, move.roll: now}
    return {roll: names for roll, names in rolls.items() if names}


def _changing(moves: Iterable[RollRule], scope: RollScope) -> Iterable[RollRule]:
    return (move for move in moves if move.scope is scope and move.move in (RollMove.PUT, RollMove.TAKE))
