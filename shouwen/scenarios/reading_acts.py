"""Acts of a scenario: what happened before, and what happens."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from shouwen.scenarios.cast import Packs, Setting, posts_of, roles_of
from shouwen.scenarios.findings import meant
from shouwen.scenarios.instants import Written
from shouwen.scenarios.model import Act, Refused
from shouwen.scenarios.reading import Node
from shouwen.scenarios.reading_deeds import DeedReader
from shouwen.scenarios.values import KEYED, ON, WRONG, Reader
from shouwen.scenarios.vocabulary import (
    ACTS,
    AROUND,
    CASE_OPENERS,
    DEEDS,
    MISSING_ACT,
    OTHER_WORDS,
    REFERENCES,
    VERBS,
    Verb,
)
from shouwen.words import Words

CASE = "case"
STANDS_FOR = "case-" + "0" * 32
"""A case while a command is only looked at."""
FILLED_LATER: Mapping[str, Any] = {
    "site": "site",
    "category": "x",
    "assignee": "x",
    "raise_id": "x",
    "cause": "x",
    "until": "2100-01-01T00:00:00Z",
    "clock": "x",
}
"""Fields the run itself fills where the file leaves them out."""
IN_REFUSED = ("why", "field", "contains", "status")


@dataclass(slots=True)
class ActReader:
    """Reads acts in order.

    Attributes:
        read: Acts so far.
        cases: Names of cases so far, in the order opened, with the instant in ``opened``.
        people: Everybody an act or check may name.
    """

    reader: Reader
    setting: Setting
    packs: Packs
    read: list[Act] = field(default_factory=list)
    cases: list[str] = field(default_factory=list)
    opened: dict[str, datetime] = field(default_factory=dict)
    people: set[str] = field(default_factory=set)
    _before: Written | None = None

    def __post_init__(self) -> None:
        """Everybody of the cast is known."""
        for post in posts_of(self.setting, self.packs):
            self.people |= {post.person, post.name, post.role}
        for pack in self.packs.of:
            self.people |= set(roles_of(pack, self.packs))

    @property
    def first(self) -> datetime | None:
        """When the story begins."""
        return min((act.at.at for act in self.read), default=None)

    @property
    def acts(self) -> tuple[Act, ...]:
        """Every act in order of time; those of one instant as they are written."""
        return tuple(sorted(self.read, key=lambda act: act.at.at))

    @property
    def activated(self) -> tuple[str, ...]:
        """Packs the site switches to, or adds, on the way."""
        deeds = ("activate_pack", "add_profile")
        return tuple(act.fields["pack"] for act in self.read if act.name in deeds and act.fields.get("pack"))

    def given(self, given: Node) -> None:
        """The cases as received, then what happened before."""
        for key in ("case", "cases"):
            for node in (given.get(key) or Node(None, 0)).each():
                self._before = None  # cases may be listed in any order
                self._received(node, self.reader.at(field=f"given.{key}"))
        self.listed(given.get("acts"), "given.acts")

    def listed(self, node: Node | None, where: str) -> None:
        """A list of acts, in order of time among themselves."""
        self._before = None
        for number, each in enumerate(node.each() if node else (), start=1):
            self._act(each, self.reader.at(field=f"{where}[{number}]"))

    def _received(self, node: Node, reader: Reader) -> None:
        """A case as it was received: the fields of ``receive``, with ``received`` for its instant."""
        if not node.is_mapping:
            reader.wrong(node, Words("事项应为键值表", "a case is keys with values"), KEYED)
            return
        items = dict(node.items())
        named, received = items.pop("name", None) or items.pop("case", None), items.pop("received", None)
        if received is None and "at" not in items:
            received = items.pop("received_at", None)
        around: dict[str, Node] = {key: items.pop(key) for key in ("at", "by", "heard") if key in items}
        if received is not None:
            if "at" in around:
                items["received_at"] = received
            else:
                around["at"] = received
        if named is not None:
            around["case"] = named
        self._act(Node({**around, "receive": Node(items, node.line)}, node.line), reader)

    def _act(self, node: Node, reader: Reader) -> None:
        if not node.is_mapping:
            reader.wrong(node, Words("动作应为键值表", "an act is keys with values"), KEYED)
            return
        reader = reader.after(self.read[-1].at.at if self.read else None)
        name = self._name(node, reader)
        at = self._at(node, reader)
        if name is None or at is None:
            return
        self._before = at
        reader = reader.after(at.at).at(field=name)
        case = self._case(node, name, at, reader)
        written = self._fields(node, name)
        fields = self._verb(VERBS[name], written, reader) if name in VERBS else self._deed(name, written, reader)
        by = self._person(node.get("by"), reader)
        refused, heard = self._refused(node.get("refused"), reader), node.get("heard")
        late = reader.instant(heard) if heard is not None else None
        self.read.append(
            Act(node.line, name, at, case, by, fields, refused, late.at if late else None, _text(node.get("note")))
        )

    def _name(self, node: Node, reader: Reader) -> str | None:
        for key in node.value:
            if key in ACTS:
                return str(key)
        for key, value in node.items():
            if key not in AROUND:
                if key in OTHER_WORDS:
                    right = Words(f"请写 {OTHER_WORDS[key]}", f"write {OTHER_WORDS[key]}")
                    reader.findings.add(value.line, Words(f"没有这个动作：{key}", f"no such act: {key}"), right)
                else:
                    reader.findings.unknown(value.line, Words("动作", "act"), key, ACTS)
                return None
        if node.get("at") is not None:
            return "wait"
        reader.findings.add(node.line, MISSING_ACT, meant("", ACTS))
        return None

    def _at(self, node: Node, reader: Reader) -> Written | None:
        stated, last = node.get("at"), self._before or (self.read[-1].at if self.read else None)
        if stated is None:
            if last is None:
                right = Words("请写 at: 时间", "write at: and an instant")
                reader.findings.add(node.line, Words("没有时间", "no instant"), right)
            return last
        at = reader.at(field="at").instant(stated)
        if at is not None and self._before is not None and at.at < self._before.at:
            right = Words("请按时间先后排列", "put the acts in order of time")
            wrong = Words("这个动作早于前一个", "this act is earlier than the one before")
            reader.at(field="at").findings.add(stated.line, wrong, right)
            return self._before
        return at

    def _case(self, node: Node, name: str, at: Written, reader: Reader) -> str:
        stated = node.get("case")
        if name in CASE_OPENERS:
            return self._opens(stated, at, node, reader)
        if stated is None and self.cases and name in VERBS:
            stated = Node(self.cases[0], node.line, self.cases[0])
        if stated is not None:
            return self._known_case(stated, at, reader.at(field="case"))
        if name in VERBS:
            right = Words("请先写 given.case 或 receive", "write given.case or receive first")
            reader.findings.add(node.line, Words("还没有案件", "there is no case yet"), right)
        return self.cases[0] if self.cases else ""

    def _known_case(self, stated: Node, at: Written, reader: Reader) -> str:
        if of_a_rule(stated.text, (*self.setting.plans, *self.cases)):
            return stated.text
        name = reader.word(stated, Words("案件", "case"), self.cases)
        if name and self.opened[name] > at.at:
            right = Words("请写在案件受理之后的时间", "write an instant after the case was received")
            reader.findings.add(stated.line, Words("这个动作早于案件", "this act is earlier than its case"), right)
        return name

    def _opens(self, stated: Node | None, at: Written, node: Node, reader: Reader) -> str:
        name = stated.text if stated is not None else (CASE if not self.cases else f"{CASE}{len(self.cases) + 1}")
        if name in self.cases and not self._never_opened(name):
            right = Words("请换一个名字", "take another name")
            reader.findings.add(node.line, Words(f"案件 {name} 已经有了", f"there is a case {name} already"), right)
        else:
            self.cases += [name] if name not in self.cases else []
            self.opened[name] = at.at
        return name

    def _never_opened(self, name: str) -> bool:
        """Whether the case was only ever tried: what is refused leaves nothing behind, its name included."""
        tried = [act for act in self.read if act.case == name]
        return bool(tried) and all(act.name in CASE_OPENERS and act.refused is not None for act in tried)

    def _fields(self, node: Node, name: str) -> Node:
        """What the act says: under the verb, or beside it, whichever is easier to write."""
        under: Node = node.value.get(name, Node(None, node.line))
        main = VERBS[name].main if name in VERBS else DEEDS[name].main
        beside = {key: value for key, value in node.items() if key not in AROUND and key != name}
        if under.is_mapping:
            return Node({**under.value, **beside}, under.line)
        if under.value is None or under.text.lower() == "true":
            return Node(beside, under.line)
        if main is None:
            return under
        return Node({main: under, **beside}, under.line)

    def _verb(self, verb: Verb, written: Node, reader: Reader) -> dict[str, Any]:
        if not written.is_mapping:
            reader.wrong(written, Words(f"{verb.name} 要写字段", f"{verb.name} takes fields"), meant("", verb.fields))
            return {}
        named = {key: self._reference(key, value, reader) for key, value in written.items() if key in REFERENCES}
        rest = Node({key: value for key, value in written.items() if key not in REFERENCES}, written.line)
        fields = reader.fields(verb.command, rest, verb.fields) | {k: v for k, v in named.items() if v is not WRONG}
        self._fits(verb, fields, written, reader)
        return fields

    def _reference(self, key: str, value: Node, reader: Reader) -> Any:
        """A field that names a case or a person of the scenario."""
        if value.value is None:
            return None
        if REFERENCES[key] == "case":
            return reader.at(field=key).word(value, Words("案件", "case"), self.cases) or WRONG
        return self._person(value, reader.at(field=key)) or WRONG

    def _fits(self, verb: Verb, fields: Mapping[str, Any], written: Node, reader: Reader) -> None:
        cases = {key: STANDS_FOR for key in fields if REFERENCES.get(key) == "case" and fields[key]}
        later = {key: value for key, value in FILLED_LATER.items() if key in verb.fields}
        try:
            verb.command.model_validate({**later, **verb.given, **fields, **cases, **verb.fixed})
        except ValidationError as wrong:
            for error in wrong.errors(include_url=False, include_input=False):
                place = written.get(str(error["loc"][0])) if error["loc"] else None
                path = ".".join(str(step) for step in error["loc"])
                words, there = Words("取值不符", error["msg"]), meant("", verb.fields)
                if error["type"] == "missing":
                    words, there = Words("缺这一项", "missing"), Words("请补上", "add it")
                reader.at(field=path).findings.add((place or written).line, words, there)

    def _deed(self, name: str, written: Node, reader: Reader) -> dict[str, Any]:
        return DeedReader(self.setting, self.packs, self.people).fields(DEEDS[name], written, reader)

    def _person(self, node: Node | None, reader: Reader) -> str:
        return reader.word(node, Words("人员或角色", "person or role"), self.people) if node is not None else ""

    def _refused(self, node: Node | None, reader: Reader) -> Refused | None:
        if node is None or node.value is False or ON.get(node.text) is False:
            return None
        reader = reader.at(field="refused")
        if node.is_mapping:
            for key, value in node.items():
                if key not in IN_REFUSED:
                    reader.findings.unknown(value.line, Words("项", "key"), key, IN_REFUSED)
            status = node.get("status")
            texts = {key: _text(node.get(key)) for key in IN_REFUSED if key != "status"}
            return Refused(**texts, status=(reader.whole(status) or 0) if status else 0)
        return Refused() if node.value is True or ON.get(node.text) else Refused(why=node.text)


def of_a_rule(name: str, known: Collection[str]) -> bool:
    """Whether a name is one of a case nobody logs: ``<plan>/<period>`` or ``<case>/<rule>``."""
    head, _, rest = name.rpartition("/")
    return bool(rest) and (head in known or of_a_rule(head, known))


def _text(node: Node | None) -> str:
    return node.text if node is not None else ""
