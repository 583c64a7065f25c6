"""YAML text to plain values, without YAML's surprises.

Built from the parser's events: libyaml reads them in C, but composes nested nodes by recursion and dies of fifty
thousand brackets.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import yaml

from shared.organisation.records import Named
from shared.packs.findings import Finding, PackInvalid

MAX_CHARACTERS = 1_000_000
_MAX_DEPTH = 100
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WORDS = Named("请改正此处", "mend this place")

_PLAIN: dict[str, Any] = {"": None, "~": None, "null": None, "true": True, "false": False}
# No octal, no hexadecimal, no sexagesimal: 10:30 and 010 stay the words they are.
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]*)", re.ASCII)
_BROKEN = re.compile(r"[-+]?(0|[1-9][0-9]*)\.[0-9]+", re.ASCII)


def read(text: str) -> dict[str, Any]:
    """The mapping a pack file holds.

    Raises:
        PackInvalid: Not YAML, repeated keys, aliases, tags, longer than `MAX_CHARACTERS`, nested too deeply, or not a
            mapping.
    """
    if len(text) > MAX_CHARACTERS:
        raise PackInvalid((_unreadable(None, "文件过长", f"longer than {MAX_CHARACTERS} characters"),))
    with _said_plainly():
        found = _Reader(yaml.parse(text, Loader=_LOADER)).document()
    if not isinstance(found, dict):
        raise PackInvalid((_unreadable(None, "顶层应为键值表", "the top level is not a mapping"),))
    return found


def lines_of(text: str) -> "Lines":
    """Where everything stands in a text that `read` can read."""
    reader = _Reader(yaml.parse(text, Loader=_LOADER))
    return Lines(reader.document(), reader.lines)


@dataclass(frozen=True, slots=True)
class Lines:
    """The line of every value of a text.

    Attributes:
        body: What `read` gives.
        of: By identity of each mapping or list inside it, the line of every key or place.
    """

    body: Any
    of: dict[int, dict[Any, int]]

    def at(self, path: str) -> int | None:
        """The line of *path*, or of the nearest thing around it that the text has; from 1."""
        line, part = None, self.body
        while path:
            named = [name for name in _names(part) if f"{path}.".startswith(f"{name}.")]
            if not named:
                break
            longest = max(named, key=len)  # an id may hold dots
            key, path = _names(part)[longest], path[len(longest) + 1 :]
            line, part = self.of[id(part)][key], part[key]
        return line


def _names(part: Any) -> dict[str, Any]:
    """What the things inside go by: keys, places and ids."""
    if isinstance(part, dict):
        return {key: key for key in part}
    if not isinstance(part, list):
        return {}
    ids = {str(each["id"]): place for place, each in enumerate(part) if isinstance(each, dict) and "id" in each}
    return {str(place): place for place in range(len(part))} | ids


@dataclass(slots=True)
class _Reader:
    events: Iterator[Any]
    lines: dict[int, dict[Any, int]] = field(default_factory=dict)

    def document(self) -> Any:
        next(self.events)  # the stream
        if isinstance(next(self.events), yaml.StreamEndEvent):
            return None
        found = self._value(next(self.events), 0)
        next(self.events)  # the end of the document
        after = next(self.events)
        if not isinstance(after, yaml.StreamEndEvent):
            raise _refused("one document a file", after)
        return found

    def _value(self, event: Any, depth: int) -> Any:
        if isinstance(event, yaml.AliasEvent):
            # An alias may unfold into gigabytes, and the reader of a rule should see it whole.
            raise _refused("aliases are not allowed", event)
        if event.tag is not None:
            raise _refused("tags are not allowed", event)
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event.value) if event.implicit[0] else event.value
        if depth >= _MAX_DEPTH:
            raise _refused("nested too deeply", event)
        return self._mapping(depth + 1) if isinstance(event, yaml.MappingStartEvent) else self._list(depth + 1)

    def _mapping(self, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        lines = self.lines[id(found)] = {}
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            if not isinstance(event, yaml.ScalarEvent):
                raise _refused("a key is a word", event)
            if event.value in found:
                raise _refused(f"key {event.value} twice", event)
            lines[event.value] = _line_of(event)
            found[event.value] = self._value(next(self.events), depth)
        return found

    def _list(self, depth: int) -> list[Any]:
        found: list[Any] = []
        lines = self.lines[id(found)] = {}
        for event in self.events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            lines[len(found)] = _line_of(event)
            found.append(self._value(event, depth))
        return found


def _scalar(word: str) -> Any:
    if word in _PLAIN:
        return _PLAIN[word]
    if _WHOLE.fullmatch(word):
        return int(word)
    return float(word) if _BROKEN.fullmatch(word) else word


def _refused(problem: str, event: yaml.Event) -> yaml.MarkedYAMLError:
    mark: Any = event.start_mark  # C's mark or Python's
    return yaml.MarkedYAMLError(None, None, problem, mark)


def _line_of(event: yaml.Event) -> int:
    mark: Any = event.start_mark
    return int(mark.line) + 1


@contextmanager
def _said_plainly() -> Iterator[None]:
    try:
        yield
    except yaml.YAMLError as error:
        raise PackInvalid((_unreadable(_line(error), "不是有效的 YAML", _problem(error)),)) from error


def _line(error: yaml.YAMLError) -> int | None:
    mark = getattr(error, "problem_mark", None)
    return mark.line + 1 if mark else None


def _problem(error: yaml.YAMLError) -> str:
    return str(getattr(error, "problem", None) or error)


def _unreadable(line: int | None, zh: str, en: str) -> Finding:
    return Finding("unreadable", "", Named(f"{zh}（{en}）", en), _WORDS, line)
