"""Checks of a scenario: what must be seen, and when one looks."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from shared.contracts.catalogue import FACTS
from shared.rules.model import Pack
from shouwen.scenarios.cast import Packs, Setting
from shouwen.scenarios.findings import meant
from shouwen.scenarios.model import Check, Expected
from shouwen.scenarios.reading import Node
from shouwen.scenarios.sights import AROUND, CHECKS, NONE, OPEN_FIELDS, OTHER_WORDS, SHORT, SIGHTS, Sight, Value
from shouwen.scenarios.values import KEYED, Reader, number_of
from shouwen.words import Words

ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class CheckReader:
    """Reads the list under ``then``.

    Attributes:
        in_play: Packs whose clocks may run: the site's, those it switches to, and the safety pack.
    """

    reader: Reader
    setting: Setting
    packs: Packs
    people: set[str]
    cases: list[str]
    in_play: frozenset[str]

    def listed(self, node: Node | None) -> tuple[Check, ...]:
        """Every check that could be read."""
        if node is None or not node.each():
            right = Words("请在 then 写要看到什么", "write under then what must be seen")
            self.reader.findings.add(node.line if node else 1, Words("没有任何检查", "there is no check"), right)
            return ()
        read = (self._check(each, number) for number, each in enumerate(node.each(), start=1))
        return tuple(check for check in read if check is not None)

    def _check(self, node: Node, number: int) -> Check | None:
        reader = self.reader.at(field=f"then[{number}]")
        if not node.is_mapping:
            reader.wrong(node, Words("检查应为键值表", "a check is keys with values"), KEYED)
            return None
        word = next((key for key in node.value if key in CHECKS), None)
        if word is None:
            self._unknown(node, reader)
            return None
        return self._read(node, word, reader.at(field=word))

    def _unknown(self, node: Node, reader: Reader) -> None:
        for key, value in node.items():
            if key in AROUND:
                continue
            if key in OTHER_WORDS:
                right = Words(f"请写 {OTHER_WORDS[key]}", f"write {OTHER_WORDS[key]}")
                reader.findings.add(value.line, Words(f"没有这个检查：{key}", f"no such check: {key}"), right)
            else:
                reader.findings.unknown(value.line, Words("检查", "check"), key, CHECKS)
            return
        reader.findings.add(node.line, Words("没有写明看什么", "nothing is looked at here"), meant("", CHECKS))

    def _read(self, node: Node, word: str, reader: Reader) -> Check:
        kind, field = SHORT.get(word, (NONE.get(word, word), ""))
        sight = SIGHTS[kind]
        expected = self._expected(sight, self._fields(node, word, field or sight.main), reader)
        absent = kind == "clock" and _typed(expected, "state") == ABSENT
        if absent:
            expected = {key: value for key, value in expected.items() if key != "state"}
        none = word in NONE or absent
        if not none:
            self._known_ids(sight, expected, reader)
        at, count, case = node.get("at"), node.get("count"), node.get("case")
        return Check(
            line=node.line,
            at=reader.at(field="at").instant(at) if at else None,
            case=reader.at(field="case").word(case, Words("案件", "case"), self.cases) if case else _first(self.cases),
            kind=kind,
            expected=expected,
            none=none,
            count=reader.at(field="count").whole(count) if count else None,
            note=note.text if (note := node.get("note")) else "",
        )

    def _fields(self, node: Node, word: str, main: str) -> Node:
        """What is looked for: under the kind, or beside it, whichever is easier to write."""
        under = node.value[word]
        beside = {key: value for key, value in node.items() if key not in AROUND and key != word}
        if under.is_mapping:
            return Node({**under.value, **beside}, under.line)
        if under.value is None or under.value is True:
            return Node(beside, under.line)
        return Node({main: under, **beside}, under.line)

    def _expected(self, sight: Sight, written: Node, reader: Reader) -> dict[str, Expected]:
        found: dict[str, Expected] = {}
        for key, value in written.items():
            kind = sight.fields.get(key) or sight.fields.get(OPEN_FIELDS)
            if kind is None:
                reader.unknown_field(key, value, sight.fields)
                continue
            read = self._value(kind, sight.words.get(key, ()), value, reader.at(field=key))
            found[key] = Expected(value.line, read, _shown(value))
        return found

    def _value(self, kind: Value, words: Iterable[str], node: Node, reader: Reader) -> Any:
        if node.value is None:
            return None
        if node.is_list and kind in (Value.WORD, Value.PERSON, Value.CLOCK):
            return reader.wrong(
                node, Words("此处只能有一个值", "only one value can stand here"), Words("请拆开", "split it")
            )
        readers: dict[Value, Callable[[Node, Reader], Any]] = {
            Value.INSTANT: self._instant,
            Value.NUMBER: self._number,
            Value.YES: lambda one, at: at.yes(one),
            Value.WORDS: lambda one, _at: _words(one),
            Value.PERSON: self._person,
            Value.PEOPLE: lambda one, at: _each(one, at, self._person),
            Value.COUNTS: self._counts,
            Value.CASE: lambda one, at: at.word(one, Words("案件", "case"), self.cases),
        }
        if kind in readers:
            return readers[kind](node, reader)
        return reader.word(node, Words("取值", "value"), words) if words else node.plain()

    def _instant(self, node: Node, reader: Reader) -> Any:
        written = reader.instant(node)
        return written.at if written else None

    def _number(self, node: Node, reader: Reader) -> Any:
        found = number_of(node)
        if found is None:
            reader.wrong(
                node, Words(f"不是数：{node.text}", f"no number: {node.text}"), Words("请写数", "write a number")
            )
        return found

    def _person(self, node: Node, reader: Reader) -> str:
        return reader.word(node, Words("人员或角色", "person or role"), self.people)

    def _counts(self, node: Node, reader: Reader) -> Any:
        if not node.is_mapping:
            return reader.wrong(node, Words("应为 名称: 数", "name: number is wanted"), KEYED)
        return {key: self._number(value, reader.at(field=key)) for key, value in node.items()}

    def _known_ids(self, sight: Sight, expected: Mapping[str, Expected], reader: Reader) -> None:
        """Ids of the packs in play; a check that nothing is there may name any."""
        for key, kind in sight.fields.items():
            if kind is Value.CLOCK and (typed := _typed(expected, key)) is not None:
                self._one_of(typed, expected[key].line, Words("时钟", "clock"), self._clocks(), reader.at(field=key))
        if sight.name == "fact" and (typed := _typed(expected, "kind")) is not None:
            names = [name.partition(".")[2] for name in FACTS]
            self._one_of(typed.rpartition(".")[2], expected["kind"].line, Words("事实", "fact"), names, reader)
        if sight.name in ("register", "row") and (typed := _typed(expected, sight.main)) is not None:
            known = [id_ for pack in self.packs.of for id_ in pack.registers]
            self._one_of(typed, expected[sight.main].line, Words("登记表", "register"), known, reader)
        if sight.name == "measure" and (typed := _typed(expected, "id")) is not None:
            known = [
                one.id for pack in self.packs.of for register in pack.registers.values() for one in register.measures
            ]
            self._one_of(typed, expected["id"].line, Words("指标", "measure"), known, reader)

    def _one_of(self, typed: str, line: int, what: Words, known: Iterable[str], reader: Reader) -> None:
        there = tuple(known)
        if typed not in there:
            reader.findings.unknown(line, what, typed, there)

    def _clocks(self) -> tuple[str, ...]:
        return tuple({clock for pack in self.packs.of if pack.id in self.in_play for clock in _clock_ids(pack)})


def _clock_ids(pack: Pack) -> Iterable[str]:
    for kind in pack.case_types.values():
        yield from (rule.id for rule in kind.clocks)
        yield from (rule.id for rule in kind.upgrades)


def _each(node: Node, reader: Reader, one: Any) -> list[str]:
    return [one(each, reader) for each in node.each()]


def _words(node: Node) -> Any:
    return [each.text for each in node.value] if node.is_list else node.text


def _typed(expected: Mapping[str, Expected], key: str) -> str | None:
    found = expected.get(key)
    return found.value if found is not None and isinstance(found.value, str) else None


def _first(cases: list[str]) -> str:
    return cases[0] if cases else ""


def _shown(node: Node) -> str:
    return node.text or str(node.plain())
