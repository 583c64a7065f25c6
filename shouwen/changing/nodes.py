"""YAML as text with line numbers: nothing is guessed, nothing repeated, nothing refers to something else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from shared.organisation.records import Named
from shouwen.words import Refused

BYTES_MOST = 1_000_000
DEEP_MOST = 8


@dataclass(frozen=True, slots=True)
class Value:
    """What stands somewhere in a file.

    Attributes:
        place: Keys from the top of the file, joined by dots.
        line: Counted from 1.
    """

    place: str
    line: int
    content: "str | Sequence[Value] | Mapping[str, Value]"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in one place, and what would be right there."""

    place: str
    line: int
    wrong: Named
    right: Named

    def __str__(self) -> str:
        where = f"第 {self.line} 行 line {self.line}  {self.place or '—'}"
        return f"{where}\n  {self.wrong.zh}；{self.right.zh}。\n  {self.wrong.en}; {self.right.en}."


class FileInvalid(Refused):
    """A file that cannot be used; `faults` says why, in order of lines."""

    def __init__(self, file: Path, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: fault.line))
        said = "\n".join(str(fault) for fault in self.faults)
        count = len(self.faults)
        super().__init__(f"{file}：{count} 处有误，未作任何改动。", f"{count} faults; nothing was changed.\n{said}")


class _Loader(yaml.SafeLoader):
    """Takes no aliases: one may unfold into gigabytes, and a reader should see the file whole."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call] # the stub has no annotations
            raise yaml.composer.ComposerError(None, None, "aliases are not allowed", event.start_mark)
        return super().compose_node(parent, index)  # type: ignore[no-any-return, unused-ignore] # untyped stub


def read_values(file: Path) -> Value:
    """The file as values with places.

    Raises:
        Refused: It cannot be read.
        FileInvalid: It is not YAML, or repeats a key.
    """
    try:
        with file.open("rb") as stream:
            content = stream.read(BYTES_MOST + 1)
    except OSError as trouble:
        raise Refused(f"不能读取 {file}：{trouble.strerror}。", f"Cannot read {file}: {trouble.strerror}.") from None
    if len(content) > BYTES_MOST:
        raise Refused(f"{file} 超过 1 MB。", f"{file} is longer than 1 MB; a calendar change is a page of text.")
    try:
        return _values(file, content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Refused(f"{file} 不是 UTF-8 文字。", f"{file} is not UTF-8 text; save it as UTF-8.") from None


def _values(file: Path, written: str) -> Value:
    try:
        node = yaml.compose(written, Loader=_Loader)
    except yaml.YAMLError as error:
        raise FileInvalid(file, [_not_yaml(error)]) from None
    except RecursionError:
        raise FileInvalid(file, [_too_deep("", 1)]) from None
    faults: list[Fault] = []
    value = _value(node, "", faults, 0) if node is not None else Value("", 1, "")
    if faults:
        raise FileInvalid(file, faults)
    return value


def _value(node: yaml.Node, place: str, faults: list[Fault], depth: int) -> Value:
    line = node.start_mark.line + 1
    if depth > DEEP_MOST:
        faults.append(_too_deep(place, line))
        return Value(place, line, "")
    if isinstance(node, yaml.MappingNode):
        return Value(place, line, _mapping(node, place, faults, depth))
    if isinstance(node, yaml.SequenceNode):
        several = (_value(one, f"{place}.{n}".strip("."), faults, depth + 1) for n, one in enumerate(node.value))
        return Value(place, line, tuple(several))
    return Value(place, line, str(node.value))


def _mapping(node: yaml.MappingNode, place: str, faults: list[Fault], depth: int) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else ""
        within, line = f"{place}.{key}".strip("."), key_node.start_mark.line + 1
        if not key or key in found:
            faults.append(_bad_key(within, line, key))
        found[key] = _value(value_node, within, faults, depth + 1)
    return found


def _bad_key(place: str, line: int, key: str) -> Fault:
    if not key:
        wrong = Named("键不是一个词", "a key is not a word")
        return Fault(place, line, wrong, Named("写成 键: 值", "write key: value"))
    return Fault(place, line, Named(f"{key} 写了两次", f"{key} stands twice"), Named("只留一次", "leave one of them"))


def _not_yaml(error: yaml.YAMLError) -> Fault:
    mark = getattr(error, "problem_mark", None)
    problem = str(getattr(error, "problem", None) or error)
    wrong = Named(f"不是有效的 YAML（{problem}）", f"not YAML ({problem})")
    right = Named("按 docs/calendars.md 的样例写", "write it like the example of docs/calendars.md")
    return Fault("", mark.line + 1 if mark else 1, wrong, right)


def _too_deep(place: str, line: int) -> Fault:
    return Fault(
        place, line, Named("嵌套过深", "nested too deeply"), Named("去掉多余的层次", "take out the extra levels")
    )
