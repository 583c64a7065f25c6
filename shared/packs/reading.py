"""YAML text to plain values, without YAML's surprises.

Built from the parser's events: libyaml reads them in C, but composes nested nodes by recursion and dies of fifty
thousand brackets.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import yaml

from shared.organisation.records import Named
from shared.packs.findings import Finding, PackInvalid

MAX_CHARACTERS = 1_000_000
_MAX_DEPTH = 100
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WORDS = Named("请改正此处", "mend this place")
_TABS = Named("缩进请用空格，不用制表符", "indent with spaces, not tabs")
_MENDED = (
    (
        "could not find expected ':'",
        Named("冒号用半角，后面空一格", 'a plain colon and a space behind it: "key: value"'),
    ),
    ("mapping values are not allowed", Named("文字里有冒号的请加引号", "text with a colon in it stands in quotes")),
    ("cannot start any token", Named("这段文字请加引号", "put this text in quotes")),
    ("did not find expected", Named("请核对括号、引号和缩进", "check brackets, quotes and indentation here")),
    ("found unexpected end of stream", Named("有一个引号没有收尾", "a quote is not closed")),
    (" twice", Named("同一个键只写一次，请合并", "write each key once; merge the two")),
    ("aliases are not allowed", Named("请把内容写全，不用 & 和 *", "write it out, without & and *")),
    ("tags are not allowed", Named("请去掉 ! 标签", "drop the tag that begins with !")),
    ("one document a file", Named("请去掉 ---，或分成两个文件", "drop the ---, or make two files")),
    ("nested too deeply", Named("请减少层数", "nest less")),
)
"""What to do, by what YAML's own reader says."""
_SAVE = Named("请另存为 UTF-8", "save it as UTF-8")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

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
    if control := _CONTROL.search(text):
        line = text.count("\n", 0, control.start()) + 1
        raise PackInvalid((_unreadable(line, "有看不见的控制字符", "an invisible control character"),))
    with _said_plainly(text):
        found = _Reader(yaml.parse(text, Loader=_LOADER)).document()
    if not isinstance(found, dict):
        raise PackInvalid((_unreadable(None, "顶层应为键值表", "the top level is not a mapping"),))
    return found


def decoded(content: bytes) -> str:
    """The text of a pack file.

    Raises:
        PackInvalid: It is not UTF-8; the line is that of the first byte which is not.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        wrong = Named("文件不是 UTF-8 编码", "the file is not UTF-8")
        raise PackInvalid((Finding("unreadable", "", wrong, _SAVE, line),)) from error


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
def _said_plainly(text: str) -> Iterator[None]:
    try:
        yield
    except yaml.YAMLError as error:
        line, problem = _line(error), _problem(error)
        found = _unreadable(line, "不是有效的 YAML", problem)
        right = next((right for word, right in _MENDED if word in problem), found.right)
        tabs = line is not None and any("\t" in each for each in text.split("\n")[line - 1 : line])
        raise PackInvalid((replace(found, right=_TABS if tabs else right),)) from error


def _line(error: yaml.YAMLError) -> int | None:
    mark = getattr(error, "problem_mark", None)
    return mark.line + 1 if mark else None


def _problem(error: yaml.YAMLError) -> str:
    return str(getattr(error, "problem", None) or error)


def _unreadable(line: int | None, zh: str, en: str) -> Finding:
    return Finding("unreadable", "", Named(f"{zh}（{en}）", en), _WORDS, line)
