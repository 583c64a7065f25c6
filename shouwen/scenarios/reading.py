"""YAML text to nodes that know their line, without YAML's surprises.

``10:00``, ``on`` and dates stay text; repeated keys, aliases and tags are refused; size and depth are bounded.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import yaml

from shouwen.scenarios.findings import MAX_CHARACTERS, Findings, Place
from shouwen.words import Words

MAX_DEPTH = 40
NUMBER_MOST = 18
"""Characters; longer ones are numbers of phones and cards."""
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The parser of libyaml where it is there; nothing is constructed by YAML's own rules."""
_WHOLE, _DECIMAL = re.compile(r"[-+]?[0-9]+"), re.compile(r"[-+]?[0-9]+\.[0-9]+")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}

Scalar = str | int | Decimal | bool | None


@dataclass(frozen=True, slots=True)
class Node:
    """A value of the file and where it stands.

    Attributes:
        value: A scalar, a tuple of nodes, or a mapping from key to node.
        line: From 1.
        text: A scalar as it was typed.
    """

    value: Any
    line: int
    text: str = ""

    @property
    def is_mapping(self) -> bool:
        """Whether it has keys."""
        return isinstance(self.value, dict)

    @property
    def is_list(self) -> bool:
        """Whether it has items."""
        return isinstance(self.value, tuple)

    def get(self, key: str) -> "Node | None":
        """What stands under *key*; None where nothing does."""
        return self.value.get(key) if self.is_mapping else None

    def items(self) -> Iterator[tuple[str, "Node"]]:
        """Keys and what stands under them."""
        yield from self.value.items()

    def each(self) -> tuple["Node", ...]:
        """The items of a list; a single value counts as a list of one, and nothing as an empty one."""
        if self.is_list:
            found: tuple[Node, ...] = self.value
            return found
        return () if self.value is None else (self,)

    def plain(self) -> Any:
        """The value without lines."""
        if self.is_mapping:
            return {key: node.plain() for key, node in self.items()}
        return [node.plain() for node in self.value] if self.is_list else self.value


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not been read yet.

    Attributes:
        key: Of a mapping: read, with its line, and waiting for its value.
    """

    line: int
    mapping: dict[str, Node] | None = None
    items: list[Node] = field(default_factory=list)
    key: tuple[str, int] | None = None

    def node(self) -> Node:
        """The finished value."""
        return Node(tuple(self.items) if self.mapping is None else self.mapping, self.line)


class _Refused(Exception):
    """A place of the file that is not taken, whatever stands around it."""

    def __init__(self, line: int, wrong: Words, right: Words) -> None:
        super().__init__(str(wrong))
        self.line, self.wrong, self.right = line, wrong, right


def read(text: str, findings: Findings) -> Node | None:
    """The mapping a scenario file holds; None, with findings, where it holds none."""
    if len(text) > MAX_CHARACTERS:
        findings.add(1, Words("文件过长", f"longer than {MAX_CHARACTERS} characters"), Words("请拆分", "split it"))
        return None
    try:
        top = _Tree(findings).read(text)
    except yaml.YAMLError as error:
        findings.add(_line(error), Words("不是有效的 YAML", _problem(error)), MEND)
        return None
    except _Refused as refused:
        findings.add(refused.line, refused.wrong, refused.right)
        return None
    if top is None or not top.is_mapping:
        right = Words("应有 pack 和 scenarios", "there should be pack and scenarios")
        findings.add(1, Words("顶层应为键值表", "the top level is not a mapping"), right)
        return None
    return top


MEND = Words("请改正此处", "mend this place")


class _Tree:
    """Builds the value from the parser's events, so that depth is bounded before anything is unfolded."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._open: list[_Open] = []
        self._top: Node | None = None

    def read(self, text: str) -> Node | None:
        """The first document of *text*.

        Raises:
            yaml.YAMLError: It is no YAML.
            _Refused: Aliases, tags, too deep, more than one document.
        """
        for event in yaml.parse(text, Loader=LOADER):
            self._take(event, event.start_mark.line + 1 if event.start_mark else 1)
        return self._top

    def _take(self, event: Any, line: int) -> None:
        self._check(event, line)
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event, line)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._open.append(_Open(line, {} if isinstance(event, yaml.MappingStartEvent) else None))
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self._value(self._open.pop().node())

    def _check(self, event: Any, line: int) -> None:
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            # An alias may unfold into gigabytes, and the reader of a scenario should see it whole.
            raise _Refused(line, Words("不允许别名（&、*）", "aliases (&, *) are not allowed"), MEND)
        if getattr(event, "tag", None):
            raise _Refused(line, Words("不允许标签（!）", "tags (!) are not allowed"), MEND)
        if len(self._open) > MAX_DEPTH:
            raise _Refused(line, Words("嵌套过深", "nested too deeply"), MEND)
        if isinstance(event, yaml.DocumentStartEvent) and self._top is not None:
            raise _Refused(line, Words("只能有一个文档", "there is more than one document"), MEND)

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        inside = self._open[-1] if self._open else None
        if inside is not None and inside.mapping is not None and inside.key is None:
            inside.key = (str(event.value), line)
            return
        self._value(Node(_scalar(str(event.value), quoted=event.style not in (None, "")), line, str(event.value)))

    def _value(self, node: Node) -> None:
        if not self._open:
            self._top = node
            return
        inside = self._open[-1]
        if inside.mapping is None:
            inside.items.append(node)
        elif inside.key is None:
            raise _Refused(node.line, Words("键应为一个词", "a key is a word"), MEND)
        else:
            self._entry(inside.mapping, inside.key, node)
            inside.key = None

    def _entry(self, mapping: dict[str, Node], named: tuple[str, int], node: Node) -> None:
        key, line = named
        if key in mapping:
            first = mapping[key].line
            right = Words(f"先写在第 {first} 行，请留一个", f"first written in line {first}; keep one")
            self._findings.add(line, Words(f"键 {key} 重复", f"key {key} twice"), right, Place(field=key))
        mapping[key] = node


def _scalar(typed: str, *, quoted: bool) -> Scalar:
    if quoted:  # or a block: a text, whatever it looks like
        return typed
    if typed.lower() in _WORDS:
        return _WORDS[typed.lower()]
    if _WHOLE.fullmatch(typed) and len(typed) < NUMBER_MOST:
        return int(typed) if str(int(typed)) == typed.lstrip("+") else typed
    return Decimal(typed) if _DECIMAL.fullmatch(typed) else typed


def _line(error: yaml.YAMLError) -> int:
    mark = getattr(error, "problem_mark", None)
    return mark.line + 1 if mark else 1


def _problem(error: yaml.YAMLError) -> str:
    return str(getattr(error, "problem", None) or error)
