"""What a resident is found by while somebody types: computed once, when the resident is written.

Every key is searched by its beginning, so a part of a name is the beginning of one of its endings.
"""

import re
import unicodedata
from functools import lru_cache
from itertools import islice

NAME_MOST = 24
DIGITS_LEAST = 4
READINGS_MOST = 8
REMEMBERED = 50_000
"""Surnames and given names whose readings are kept at hand: reading Chinese aloud is slow, and estates share names."""

_PARTS = re.compile(r"[-/#\s]+|(?<=[栋座幢楼单元室号])")
_NOT_DIGIT = re.compile(r"\D+")


def keys_of(unit: str, name: str, phone: str | None) -> frozenset[str]:
    """Every key of somebody of that *name* who lives at *unit*; none holds a space."""
    return frozenset(key for key in (*_unit_keys(unit), *_name_keys(name), *_phone_keys(phone)) if key)


def folded(word: str) -> str:
    """A word as keys and searches write it: one width, lower case, no spaces."""
    return "".join(unicodedata.normalize("NFKC", word).casefold().split())


def sought_keys(sought: str) -> tuple[str, ...]:
    """The beginnings to look for: as typed, and as a phone number typed with spaces or dashes."""
    word = folded(sought)
    digits = _NOT_DIGIT.sub("", word)
    is_number = len(digits) >= DIGITS_LEAST and not set(word) - set("0123456789-+()")
    return tuple(dict.fromkeys(key for key in (word, digits if is_number else "") if key))


def _unit_keys(unit: str) -> list[str]:
    starts = [0, *(found.end() for found in _PARTS.finditer(unit))]
    return [folded(unit[start:]) for start in starts]


def _name_keys(name: str) -> list[str]:
    word = folded(name)[:NAME_MOST]
    return [*(word[start:] for start in range(len(word))), *_pinyin_keys(word)]


def _pinyin_keys(word: str) -> list[str]:
    """Initials and full readings, with every reading of the first character: surnames are read their own way."""
    if word.isascii() or not word:
        return []
    firsts, rest = _readings(word[0]), _read_on(word[1:])
    full = (first + "".join(rest) for first in firsts)
    short = (first[:1] + "".join(part[:1] for part in rest) for first in firsts)
    return [*islice(full, READINGS_MOST), *islice(short, READINGS_MOST)]


# The tables take a third of a second to load: only whoever writes residents waits for them.
@lru_cache(REMEMBERED)
def _readings(character: str) -> tuple[str, ...]:
    from pypinyin import Style, pinyin  # noqa: PLC0415

    return tuple(pinyin(character, style=Style.NORMAL, heteronym=True)[0])


@lru_cache(REMEMBERED)
def _read_on(given: str) -> tuple[str, ...]:
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415

    return tuple(lazy_pinyin(given, style=Style.NORMAL))


def _phone_keys(phone: str | None) -> list[str]:
    digits = _NOT_DIGIT.sub("", phone or "")
    return [digits[start:] for start in range(len(digits) - DIGITS_LEAST + 1)] or [digits]
