"""Which earlier cases may be the same matter, and why; whether they are is for the desk to say.

Nothing of a person is kept: phones, places and words leave keyed digests only.

Source: requirements section 9.3, UP-6; nothing is ever merged by itself.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2b
from zlib import crc32

from services.intake.policy.acts import Status

WORDS_KEPT = 3
WORDS_SHARED = 2
"""Of the kept parts of two texts so many are the same where about half of the texts is."""
LETTERS_MOST = 200
DIGITS_LEAST = 5
_NOT_DIGIT, _NOT_LETTER = re.compile(r"\D+"), re.compile(r"[\W_]+")
_BUILDING = re.compile(r"[0-9a-z]+|[^\W_]+")
"""A number or letter before whatever follows it, else the name as it stands."""


class Clue(StrEnum):
    """What two matters may have in common."""

    UNIT = "unit"
    PLACE = "place"
    PHONE = "phone"
    RESIDENT = "resident"
    WORDS = "words"


class Why(StrEnum):
    """Why a case may be the same matter."""

    SAME_UNIT_AND_CATEGORY = "same_unit_and_category"
    SAME_CALLER = "same_caller"
    SAME_WORDS = "same_words"
    INCIDENT_HERE = "incident_here"
    INCIDENT_ALIKE = "incident_alike"


class Instead(StrEnum):
    """What one would do rather than log the matter anew."""

    RAISE_AGAIN = "raise_again"
    REOPEN = "reopen"
    JOIN = "join"


WITHIN: Mapping[Why, timedelta] = {
    Why.SAME_UNIT_AND_CATEGORY: timedelta(days=30),
    Why.SAME_CALLER: timedelta(days=7),
    Why.SAME_WORDS: timedelta(days=7),
}
"""How far back one looks; product defaults."""
KEPT = timedelta(days=31)
"""How long clues are kept: a day longer than anything looks back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """As much of a matter as tells it apart from others."""

    category: str | None = None
    unit: str | None = None
    place: str = ""
    phone: str | None = None
    resident: str | None = None
    content: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """A case that shares clues with what is told; fields as in the state."""

    case: str
    category: str
    unit: str | None
    status: Status
    received_at: datetime
    shared: Mapping[Clue, int]


@dataclass(frozen=True, slots=True)
class Alike:
    """A case that may be the same matter."""

    case: str
    why: tuple[Why, ...]
    instead: Instead


def clues(told: Told, pepper: bytes) -> dict[int, Clue]:
    """What the matter is found by: digests of eight bytes, each with what it stands for."""
    keyed = blake2b(digest_size=8, key=pepper)
    return {_digest(keyed.copy(), f"{clue.value}\n{word}"): clue for clue, word in _words(told)}


def _digest(keyed: blake2b, word: str) -> int:
    keyed.update(word.encode())
    return int.from_bytes(keyed.digest(), signed=True)


def _words(told: Told) -> Iterator[tuple[Clue, str]]:
    if told.unit:
        yield Clue.UNIT, folded(told.unit)
    if place := folded(told.place):
        yield Clue.PLACE, place
    digits = _NOT_DIGIT.sub("", told.phone or "")
    if len(digits) >= DIGITS_LEAST:
        yield Clue.PHONE, digits
    if told.resident:
        yield Clue.RESIDENT, told.resident
    for part in _parts(told.content):
        yield Clue.WORDS, str(part)


def _parts(content: str) -> list[int]:
    """A few pairs of letters chosen by their digest: of like texts mostly the same are chosen."""
    text = folded(content)[:LETTERS_MOST].encode("utf-16-le")
    return sorted({crc32(text[at : at + 4]) for at in range(0, len(text) - 2, 2)})[:WORDS_KEPT]


def folded(word: str) -> str:
    """One width, lower case, letters and digits only."""
    return _NOT_LETTER.sub("", unicodedata.normalize("NFKC", word).casefold()) if word else ""


def alike(told: Told, earlier: Iterable[Earlier], now: datetime) -> tuple[Alike, ...]:
    """Those of *earlier* that may be the same matter: most reasons first, then the latest."""
    found = [(one, tuple(_reasons(told, one, now))) for one in earlier if one.status is not Status.WITHDRAWN]
    found = sorted(found, key=lambda pair: (-len(pair[1]), now - pair[0].received_at))
    return tuple(Alike(one.case, why, _instead(one.status)) for one, why in found if why)


def _reasons(told: Told, one: Earlier, now: datetime) -> Iterator[Why]:
    age, here = now - one.received_at, _shares(one, (Clue.UNIT, Clue.PLACE))
    same_kind = told.category is None or told.category == one.category
    if here and same_kind and age <= WITHIN[Why.SAME_UNIT_AND_CATEGORY]:
        yield Why.SAME_UNIT_AND_CATEGORY
    if _shares(one, (Clue.PHONE, Clue.RESIDENT)) and age <= WITHIN[Why.SAME_CALLER]:
        yield Why.SAME_CALLER
    said = one.shared.get(Clue.WORDS, 0) >= WORDS_SHARED
    if said and (here or same_kind) and age <= WITHIN[Why.SAME_WORDS]:
        yield Why.SAME_WORDS


def _shares(one: Earlier, wanted: Collection[Clue]) -> bool:
    return any(one.shared.get(clue) for clue in wanted)


def _instead(status: Status) -> Instead:
    return Instead.REOPEN if status is Status.CLOSED else Instead.RAISE_AGAIN


def joinable(told: Told, *, category: str, area: str) -> Why | None:
    """Why the matter may belong to an incident of that area; None where nothing speaks for it."""
    if _is_within(told.unit or told.place, area):
        return Why.INCIDENT_HERE
    return Why.INCIDENT_ALIKE if told.category is not None and told.category == category else None


def _is_within(place: str, area: str) -> bool:
    """Whether a unit such as ``3-1201`` lies in an area such as ``3栋``: both begin with the same building."""
    return bool(_building(place)) and _building(place) == _building(area)


def _building(word: str) -> str:
    found = _BUILDING.match(unicodedata.normalize("NFKC", word).casefold().strip())
    return found.group() if found else ""
