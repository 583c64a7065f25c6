"""YAML text to nodes that know their line, without YAML's surprises.

``10:00``, ``on`` and dates stay text; repeated keys, aliases and tags are refused; size and depth are bounded.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import yaml

from shouwen.scenarios.findings import Findings, Place
from shouwen.words import Words

MAX_CHARACTERS = 2_000_000
MAX_DEPTH = 40
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


class _Loader(yaml.SafeLoader):
    """Composes nodes only; nothing is constructed by YAML's own rules."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        # An alias may unfold into gigabytes, and the reader of a scenario should see it whole.
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call] # the stub has no annotations
            raise yaml.composer.ComposerError(None, None, "aliases (&, *) are not allowed", event.start_mark)
        return super().compose_node(parent, index)  # type: ignore[no-any-return, unused-ignore] # untyped stub


def read(text: str, findings: Findings) -> Node | None:
    """The mapping a scenario file holds; None, with findings, where it holds none."""
    if len(text) > MAX_CHARACTERS:
        findings.add(1, Words("文件过长", f"longer than {MAX_CHARACTERS} characters"), Words("请拆分", "split it"))
        return None
    try:
        node = _Loader(text).get_single_node()
        return _top(node, findings)
    except yaml.YAMLError as error:
        findings.add(_line(error), Words("不是有效的 YAML", _problem(error)), _MEND)
    except RecursionError:
        findings.add(1, Words("嵌套过深", "nested too deeply"), _MEND)
    return None


_MEND = Words("请改正此处", "mend this place")


def _top(node: yaml.Node | None, findings: Findings) -> Node | None:
    if not isinstance(node, yaml.MappingNode):
        right = Words("应有 pack 和 scenarios", "there should be pack and scenarios")
        findings.add(1, Words("顶层应为键值表", "the top level is not a mapping"), right)
        return None
    return _node(node, findings, 0)


def _node(node: yaml.Node, findings: Findings, depth: int) -> Node:
    line = node.start_mark.line + 1
    if depth > MAX_DEPTH:
        raise RecursionError
    if isinstance(node, yaml.MappingNode):
        return Node(_mapping(node, findings, depth), line)
    if isinstance(node, yaml.SequenceNode):
        return Node(tuple(_node(each, findings, depth + 1) for each in node.value), line)
    assert isinstance(node, yaml.ScalarNode)
    return Node(_scalar(node), line, str(node.value))


def _mapping(node: yaml.MappingNode, findings: Findings, depth: int) -> dict[str, Node]:
    found: dict[str, Node] = {}
    for key_node, value in node.value:
        key, line = str(key_node.value), key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            findings.add(line, Words("键应为一个词", "a key is a word"), _MEND)
            continue
        if key in found:
            first = found[key].line
            right = Words(f"先写在第 {first} 行，请留一个", f"first written in line {first}; keep one")
            findings.add(line, Words(f"键 {key} 重复", f"key {key} twice"), right, Place(field=key))
        found[key] = _node(value, findings, depth + 1)
    return found


def _scalar(node: yaml.ScalarNode) -> Scalar:
    typed = str(node.value)
    if node.style is not None:  # quoted or a block: a text, whatever it looks like
        return typed
    if typed.lower() in _WORDS:
        return _WORDS[typed.lower()]
    if _WHOLE.fullmatch(typed) and len(typed) < 18:  # noqa: PLR2004  longer ones are numbers of phones and cards
        return int(typed) if str(int(typed)) == typed.lstrip("+") else typed
    return Decimal(typed) if _DECIMAL.fullmatch(typed) else typed


def _line(error: yaml.YAMLError) -> int:
    mark = getattr(error, "problem_mark", None)
    return mark.line + 1 if mark else 1


def _problem(error: yaml.YAMLError) -> str:
    return str(getattr(error, "problem", None) or error)
