"""Checks of a scenario: what must be seen, and when one looks."""

from collections.abc import Mapping
from dataclasses import dataclass

from shouwen.scenarios.findings import meant
from shouwen.scenarios.model import Check, Expected
from shouwen.scenarios.reading import Node
from shouwen.scenarios.reading_acts import of_a_rule
from shouwen.scenarios.reading_expected import ValueReader
from shouwen.scenarios.sights import AROUND, CHECKS, NONE, OTHER_WORDS, SHORT, SIGHTS, Sight, way_of
from shouwen.scenarios.values import KEYED, Reader
from shouwen.words import Words

ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class CheckReader:
    """Reads the list under ``then``."""

    reader: Reader
    values: ValueReader

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
        written = self._fields(node, word, field or SIGHTS[kind].main)
        stated = written.get("state") if kind == "clock" else None
        absent = stated is not None and stated.text == ABSENT
        expected = self._expected(SIGHTS[kind], written, reader, none=absent or word in NONE)
        if absent:
            expected = {key: value for key, value in expected.items() if key != "state"}
        at, note, none = node.get("at"), node.get("note"), absent or word in NONE
        return Check(
            line=node.line,
            at=reader.at(field="at").instant(at) if at else None,
            case=self._case(node.get("case"), reader.at(field="case")),
            kind=kind,
            expected=expected,
            none=none,
            count=self._count(node.get("count"), reader.at(field="count"), none=none),
            note=note.text if note else "",
        )

    def _count(self, node: Node | None, reader: Reader, *, none: bool) -> int | None:
        count = reader.whole(node) if node is not None else None
        if node is None or count is None or (count >= 0 and not none):
            return count
        wrong = Words(f"不能数到 {count}", f"{count} cannot be counted here")
        right = Words("写 0 或更大的整数；否定的检查不写 count", "write a whole number from 0; none where it denies")
        reader.findings.add(node.line, wrong, right)
        return None

    def _case(self, node: Node | None, reader: Reader) -> str:
        cases = self.values.cases
        if node is not None and of_a_rule(node.text, (*self.values.setting.plans, *cases)):
            return node.text
        if node is not None:
            return reader.word(node, Words("案件", "case"), cases)
        return cases[0] if cases else ""

    def _fields(self, node: Node, word: str, main: str) -> Node:
        """What is looked for: under the kind, or beside it, whichever is easier to write."""
        under = node.value[word]
        beside = {key: value for key, value in node.items() if key not in AROUND and key != word}
        if under.is_mapping:
            return Node({**under.value, **beside}, under.line)
        if under.value is None and word not in SHORT:
            return Node(beside, under.line)
        return Node({main: under, **beside}, under.line)

    def _expected(self, sight: Sight, written: Node, reader: Reader, *, none: bool) -> Mapping[str, Expected]:
        found: dict[str, Expected] = {}
        for key, value in written.items():
            way = way_of(sight, key)
            if way is None:
                reader.unknown_field(key, value, sight.fields)
                continue
            read = self.values.read(way, value, reader.at(field=key), none=none)
            found[key] = Expected(value.line, read, _shown(value))
        return found


def _shown(node: Node) -> str:
    if node.is_list:
        return ", ".join(sorted(each.text for each in node.value)) or "[]"
    return ", ".join(f"{key}: {each.text}" for key, each in node.items()) if node.is_mapping else node.text or "null"
