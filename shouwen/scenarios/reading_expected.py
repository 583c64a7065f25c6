"""The values of a check, each against the way its field is written: closed lists are held, names must exist."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from services.reporting.policy.windows import PERIOD
from shared.contracts.catalogue import FACTS
from shared.contracts.fold import SYSTEM
from shared.rules.model import Pack
from shared.rules.words import ASKER, PERSONS_OF_A_CASE
from shouwen.scenarios.cast import Packs, Setting, roles_of
from shouwen.scenarios.reading import Node
from shouwen.scenarios.sights import CLOSED, LISTED
from shouwen.scenarios.values import KEYED, Reader, number_of
from shouwen.words import Words

FOREIGN_CLOCK = re.compile(r"[A-Z]+-[A-Z]+(-[A-Z0-9]+)*")
"""What an id of a manual looks like: that nothing runs under it may be said of any manual's."""
WHAT: Mapping[str, Words] = {
    "clock": Words("时钟", "clock"),
    "person": Words("人员或角色", "person or role"),
    "role": Words("角色", "role"),
    "severity": Words("级别", "severity"),
    "pack": Words("制度", "pack"),
    "case": Words("案件", "case"),
    "fact": Words("事实", "fact"),
    "register": Words("登记表", "register"),
    "measure": Words("指标", "measure"),
}
ONE_OF = {"people": "person", "roles": "role"}
"""Lists, and what each of their items is."""


@dataclass(frozen=True, slots=True)
class ValueReader:
    """Reads one value of a check.

    Attributes:
        in_play: Packs whose rules may apply: the site's, those it switches to, and the safety pack.
    """

    setting: Setting
    packs: Packs
    people: frozenset[str]
    cases: tuple[str, ...]
    in_play: frozenset[str]

    def read(self, way: str, node: Node, reader: Reader, *, none: bool) -> Any:
        """The value; what does not fit becomes a finding.

        Args:
            way: How the field is written.
            node: What stands there.
            reader: Takes the notes.
            none: The check denies; a clock of another manual may be named then.
        """
        if node.value is None:
            return None
        if way in ONE_OF:
            return self._several(node, lambda one: self._named(ONE_OF[way], one, reader, none=none))
        if way in LISTED or way == "words":
            return self._several(node, lambda one: self._listed(way, one, reader))
        if node.is_list and way != "word":
            return reader.wrong(
                node, Words("此处只能有一个值", "only one value can stand here"), Words("请拆开", "split it")
            )
        if way in CLOSED:
            return reader.word(node, Words("取值", "value"), CLOSED[way])
        return self._simple(way, node, reader) if way in SIMPLE_READERS else self._named(way, node, reader, none=none)

    def _several(self, node: Node, one: Callable[[Node], Any]) -> Any:
        return [one(each) for each in node.value] if node.is_list else one(node)

    def _listed(self, way: str, node: Node, reader: Reader) -> str:
        return reader.word(node, Words("取值", "value"), LISTED[way]) if way in LISTED else reader.text(node)

    def _simple(self, way: str, node: Node, reader: Reader) -> Any:
        return SIMPLE_READERS[way](node, reader)

    def _named(self, way: str, node: Node, reader: Reader, *, none: bool) -> str:
        if way == "clock" and none and FOREIGN_CLOCK.fullmatch(node.text):
            return node.text
        typed = reader.text(node).rpartition(".")[2] if way == "fact" else reader.text(node)
        known = self._known(way)
        if typed and typed not in known:
            reader.findings.unknown(node.line, WHAT[way], typed, known)
        return node.text

    def _known(self, way: str) -> frozenset[str]:
        if way == "fact":
            return frozenset(name.rpartition(".")[2] for name in FACTS)
        if way in ("person", "case"):
            people = self.people | PERSONS_OF_A_CASE | {ASKER, SYSTEM.account}
            return people if way == "person" else frozenset(self.cases)
        playing = (pack for pack in self.packs.of if way == "pack" or pack.id in self.in_play)
        return frozenset(each for pack in playing for each in self._of_pack(way, pack))

    def _of_pack(self, way: str, pack: Pack) -> Iterable[str]:
        kinds, registers = pack.case_types.values(), pack.registers.values()
        found: Mapping[str, Callable[[], Iterable[str]]] = {
            "clock": lambda: _clocks(pack),
            "severity": lambda: (one.id for kind in kinds for one in kind.severities),
            "role": lambda: (*roles_of(pack, self.packs), *PERSONS_OF_A_CASE, ASKER),
            "pack": lambda: (pack.id,),
            "register": lambda: pack.registers,
            "measure": lambda: (one.id for register in registers for one in register.measures),
        }
        return found[way]()


def _clocks(pack: Pack) -> Iterable[str]:
    for kind in pack.case_types.values():
        yield from (rule.id for rule in kind.clocks)
        yield from (rule.id for rule in kind.upgrades)


def _instant(node: Node, reader: Reader) -> Any:
    written = reader.instant(node)
    return written.at if written else None


def _number(node: Node, reader: Reader) -> Any:
    found = number_of(node)
    if found is None:
        reader.wrong(node, Words(f"不是数：{node.text}", f"no number: {node.text}"), Words("请写数", "write a number"))
    return found


def _counts(node: Node, reader: Reader) -> Any:
    if not node.is_mapping:
        return reader.wrong(node, Words("应为 名称: 数", "name: number is wanted"), KEYED)
    return {key: _number(value, reader.at(field=key)) for key, value in node.items()}


def _month(node: Node, reader: Reader) -> str:
    if not re.fullmatch(PERIOD, node.text):
        right = Words("写法如 2025-03、2025-W10、2025-Q1", "write 2025-03, 2025-W10 or 2025-Q1")
        reader.wrong(node, Words(f"不是月份：{node.text}", f"no month: {node.text}"), right)
    return node.text


SIMPLE_READERS: Mapping[str, Callable[[Node, Reader], Any]] = {
    "word": lambda node, _reader: node.plain(),
    "part": lambda node, reader: reader.text(node),
    "instant": _instant,
    "number": _number,
    "yes": lambda node, reader: reader.yes(node),
    "counts": _counts,
    "month": _month,
}
