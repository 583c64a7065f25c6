"""Values of a scenario against the type a command's field has: the vocabulary is the commands' own."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import AwareDatetime, BaseModel

from shouwen.scenarios.findings import Findings
from shouwen.scenarios.instants import BadInstant, Reckoning, Written
from shouwen.scenarios.reading import Node
from shouwen.words import Words

WRONG = object()
"""Stands for a value that could not be read; a finding says why."""

TEXT, NUMBER = Words("应为文字", "a text is wanted"), Words("应为整数", "a whole number is wanted")
YES_NO = Words("应为 true 或 false", "true or false is wanted")
ONE = Words("应为单个值", "a single value is wanted")
KEYED = Words("应为键值表", "keys with values are wanted")
BESIDE = frozenset({"at", "by", "case", "refused", "heard", "note"})
"""What stands beside an act or a check."""
ON = {"on": True, "yes": True, "开": True, "off": False, "no": False, "关": False}
"""Words for true and false beside those of YAML."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads values and takes notes of what is wrong."""

    findings: Findings
    reckoning: Reckoning

    def at(self, *, scenario: str = "", field: str = "") -> "Reader":
        """The same reader further in."""
        return replace(self, findings=self.findings.at(scenario=scenario, field=field))

    def after(self, instant: datetime | None) -> "Reader":
        """The same reader once *instant* has come."""
        return self if instant is None else replace(self, reckoning=replace(self.reckoning, before=instant))

    def wrong(self, node: Node, wrong: Words, right: Words) -> Any:
        """Take a note; what is read is nothing."""
        self.findings.add(node.line, wrong, right)
        return WRONG

    def unknown_field(self, key: str, node: Node, known: Iterable[str]) -> None:
        """Take a note of a field nobody knows; one without a value is mostly the rest of a text with a comma."""
        if node.value is None and " " in key:
            wrong = Words(f"没有这个字段：{key}", f"no such field: {key}")
            right = Words("带逗号或冒号的文字请加引号", "put a text with a comma or colon in quotes")
            self.findings.add(node.line, wrong, right)
            return
        if key in BESIDE:
            wrong = Words(f"{key} 不写在这里面", f"{key} does not stand in here")
            right = Words(f"请写在动作或检查旁边：{key}: …", f"write it beside the act or check: {key}: …")
            self.findings.add(node.line, wrong, right)
            return
        self.findings.unknown(node.line, Words("字段", "field"), key, known)

    def instant(self, node: Node) -> Written | None:
        """An instant; None, with a finding, where there is none."""
        try:
            return self.reckoning.read(node.text or str(node.plain()))
        except BadInstant as bad:
            self.findings.add(node.line, bad.wrong, bad.right)
            return None

    def text(self, node: Node) -> str:
        """A single value as it was typed; empty, with a finding, where there is none."""
        if node.is_mapping or node.is_list:
            self.findings.add(node.line, Words("此处只能有一个值", "only one value can stand here"), ONE)
            return ""
        return node.text

    def word(self, node: Node, what: Words, known: Iterable[str]) -> str:
        """A word out of a closed list; empty, with a finding, for any other."""
        typed, there = self.text(node), tuple(known)
        if typed in there:
            return typed
        if typed:
            self.findings.unknown(node.line, what, typed, there)
        return ""

    def whole(self, node: Node) -> int | None:
        """A whole number."""
        if isinstance(node.value, int) and not isinstance(node.value, bool):
            return node.value
        self.findings.add(node.line, _not(node), NUMBER)
        return None

    def yes(self, node: Node) -> bool | None:
        """True or false; ``on`` and ``off`` will do."""
        if isinstance(node.value, bool):
            return node.value
        if isinstance(node.value, str) and node.value in ON:
            return ON[node.value]
        self.findings.add(node.line, _not(node), YES_NO)
        return None

    def typed(self, annotation: Any, node: Node) -> Any:
        """The value of *node* for a field of that type; WRONG, with a finding, where it does not fit."""
        wanted = bare(annotation)
        if node.value is None:
            return None
        if wanted is datetime:
            found = self.instant(node)
            return WRONG if found is None else found.at
        if isinstance(wanted, type) and issubclass(wanted, BaseModel):
            return self.model(wanted, node)
        if get_origin(wanted) is dict:
            return node.plain() if node.is_mapping else self.wrong(node, _not(node), KEYED)
        if get_origin(wanted) is tuple:
            return [self.typed(get_args(wanted)[0], each) for each in node.each()]
        return self._scalar(wanted, node)

    def _scalar(self, wanted: Any, node: Node) -> Any:
        if get_origin(wanted) is Literal:
            return self.word(node, Words("取值", "value"), get_args(wanted)) or WRONG
        if wanted is bool:
            found = self.yes(node)
            return WRONG if found is None else found
        if wanted is int:
            number = self.whole(node)
            return WRONG if number is None else number
        return self.text(node)

    def model(self, wanted: type[BaseModel], node: Node) -> Any:
        """A mapping for a command, or part of one."""
        if not node.is_mapping:
            return self.wrong(node, _not(node), KEYED)
        return self.fields(wanted, node, tuple(wanted.model_fields))

    def fields(self, wanted: type[BaseModel], node: Node, allowed: tuple[str, ...]) -> dict[str, Any]:
        """The fields a mapping gives for *wanted*; unknown ones become findings."""
        found: dict[str, Any] = {}
        for name, value in node.items():
            if name not in allowed:
                self.unknown_field(name, value, allowed)
                continue
            read = self.at(field=name).typed(wanted.model_fields[name].annotation, value)
            if read is not WRONG:
                found[name] = read
        return found


def number_of(node: Node) -> int | Decimal | None:
    """The number a node holds; None where it holds none."""
    value = node.value
    return value if isinstance(value, int | Decimal) and not isinstance(value, bool) else None


def bare(annotation: Any) -> Any:
    """The type without what constrains it and without None."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return bare(get_args(annotation)[0])
    if origin in (Union, UnionType):
        rest = [each for each in get_args(annotation) if each is not type(None)]
        return bare(rest[0])
    return datetime if annotation is AwareDatetime else annotation


def _not(node: Node) -> Words:
    shown = str(node.plain())[:60]
    return Words(f"取值不符：{shown}", f"does not fit: {shown}")
