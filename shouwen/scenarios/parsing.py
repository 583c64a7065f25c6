"""From the nodes of a file to scenarios; everything that is wrong is gathered, with line, scenario and field."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from shared.rules.book import SAFETY_PACK
from shared.rules.model import Pack
from shouwen.scenarios.cast import Packs, Setting, builtin_packs, packs_with
from shouwen.scenarios.estate import EstateReader
from shouwen.scenarios.findings import FileWrong, Findings, Place, load_text
from shouwen.scenarios.instants import EARLIEST, LATEST_YEAR, Reckoning
from shouwen.scenarios.model import Check, Scenario
from shouwen.scenarios.reading import Node, read
from shouwen.scenarios.reading_acts import ActReader
from shouwen.scenarios.reading_checks import CheckReader
from shouwen.scenarios.reading_expected import ValueReader
from shouwen.scenarios.values import Reader
from shouwen.words import Words

TOP = ("pack", "scenarios", "year", "zone", "site", "people", "calendar", "note", "name")
IN_SCENARIO = ("id", "name", "covers", "pack", "given", "when", "then", "note", "year")
IN_GIVEN = ("pack", "site", "people", "calendar", "zone", "case", "cases", "acts", "plans", "note")
YEAR = 2025
SCENARIOS_MOST = 5000


def load(path: Path, tested: Pack | None = None) -> tuple[Scenario, ...]:
    """Every scenario of a file.

    Args:
        path: The file.
        tested: A pack beside the built-in ones.

    Raises:
        FileWrong: Everything that is wrong with the file.
    """
    return parsed(load_text(path), str(path), packs_with(tested) if tested else builtin_packs())


def parsed(text: str, file: str, packs: Packs) -> tuple[Scenario, ...]:
    """Every scenario of a text.

    Raises:
        FileWrong: Everything that is wrong with it.
    """
    findings = Findings(file)
    top = read(text, findings)
    if top is None or findings.found:
        raise FileWrong(findings.found)
    scenarios = tuple(FileReader(file, top, packs, findings).scenarios())
    if findings.found:
        raise FileWrong(findings.found)
    return scenarios


@dataclass(frozen=True, slots=True)
class FileReader:
    """Reads one file."""

    file: str
    top: Node
    packs: Packs
    findings: Findings

    def scenarios(self) -> Iterator[Scenario]:
        """Every scenario that could be read."""
        self._known_keys(self.top, TOP, self.findings)
        listed = self.top.get("scenarios")
        if listed is None or not listed.each():
            right = Words("请写 scenarios: 和至少一个 id", "write scenarios: and at least one id")
            self.findings.add(self.top.line, Words("没有任何场景", "there is no scenario"), right)
            return
        if len(listed.each()) > SCENARIOS_MOST:
            wrong = Words(f"超过 {SCENARIOS_MOST} 个场景", f"more than {SCENARIOS_MOST} scenarios")
            self.findings.add(listed.line, wrong, Words("请拆分文件", "split the file"))
            return
        seen: dict[str, int] = {}
        for node in listed.each():
            if (one := self._scenario(node, seen)) is not None:
                yield one

    def _scenario(self, node: Node, seen: dict[str, int]) -> Scenario | None:
        id_ = self._id(node, seen)
        if id_ is None:
            return None
        findings = self.findings.at(scenario=id_)
        self._known_keys(node, IN_SCENARIO, findings)
        given = node.get("given") or Node({}, node.line)
        self._known_keys(given, IN_GIVEN, findings.at(field="given"))
        setting = EstateReader(self.packs, findings).setting(self.top, node, given)
        if setting is None:
            return None
        setting = replace(setting, plans=self._plans(given, findings.at(field="given.plans")))
        reader = Reader(findings, Reckoning(setting.zone, self._year(node, findings)))
        return self._story(node, id_, given, setting, reader)

    def _story(self, node: Node, id_: str, given: Node, setting: Setting, reader: Reader) -> Scenario | None:
        acts = ActReader(reader, setting, self.packs)
        acts.given(given)
        acts.listed(node.get("when"), "when")
        if not acts.read:
            right = Words("请在 given.case 写一件事项，或在 when 写动作", "write a case in given.case, or acts in when")
            reader.findings.add(node.line, Words("什么也没有发生", "nothing happens"), right)
            return None
        in_play = frozenset({setting.pack, SAFETY_PACK, *(id_ for id_, _ in setting.profiles), *acts.activated})
        values = ValueReader(setting, self.packs, frozenset(acts.people), tuple(acts.cases), in_play)
        checks = CheckReader(reader.after(acts.first), values).listed(node.get("then"))
        self._after_their_cases(checks, acts.opened, reader.findings)
        return Scenario(
            file=self.file,
            line=node.line,
            id=id_,
            name=_name(node),
            covers=tuple(each.text for each in (node.get("covers") or Node(None, 0)).each()),
            setting=setting,
            packs=self.packs,
            acts=acts.acts,
            checks=checks,
            cases=tuple(acts.cases),
            last=acts.acts[-1].at.at,
        )

    def _plans(self, given: Node, findings: Findings) -> tuple[str, ...]:
        """The plans that run, each one of a pack of the product: a site may switch to it on the way."""
        named = (given.get("plans") or Node(None, 0)).each()
        known = sorted({plan.id for pack in self.packs.of for plan in pack.plans})
        for each in named:
            if each.text not in known:
                findings.unknown(each.line, Words("计划", "plan"), each.text, known)
        return tuple(each.text for each in named)

    def _id(self, node: Node, seen: dict[str, int]) -> str | None:
        found = node.get("id") if node.is_mapping else None
        if found is None or not found.text:
            right = Words("每个场景要有 id", "every scenario has an id")
            self.findings.add(node.line, Words("场景没有 id", "a scenario without id"), right)
            return None
        if found.text in seen:
            first = seen[found.text]
            right = Words(f"第 {first} 行已有，请换一个", f"line {first} has it already; take another")
            self.findings.add(
                found.line, Words(f"id {found.text} 重复", f"id {found.text} twice"), right, Place(found.text)
            )
        seen.setdefault(found.text, found.line)
        return found.text

    def _year(self, node: Node, findings: Findings) -> int:
        found = node.get("year") or self.top.get("year")
        if found is None:
            return YEAR
        if isinstance(found.value, int) and EARLIEST < found.value < LATEST_YEAR:
            return found.value
        right = Words("写法如 2025", "write 2025")
        findings.at(field="year").add(found.line, Words(f"不是年份：{found.text}", f"no year: {found.text}"), right)
        return YEAR

    def _known_keys(self, node: Node, known: tuple[str, ...], findings: Findings) -> None:
        if not node.is_mapping:
            right = Words(f"可以是：{', '.join(known)}", f"there are: {', '.join(known)}")
            findings.add(node.line, Words("此处应为键值表", "keys with values are wanted here"), right)
            return
        for key, value in node.items():
            if key not in known:
                findings.unknown(value.line, Words("项", "key"), key, known)

    def _after_their_cases(self, checks: tuple[Check, ...], opened: dict[str, datetime], findings: Findings) -> None:
        for check in checks:
            began = opened.get(check.case)
            if check.at is not None and began is not None and check.at.at < began:
                right = Words("请写在案件受理之后的时间", "write an instant after the case was received")
                findings.add(check.line, Words("检查的时间早于案件", "the check looks before its case began"), right)


def _name(node: Node) -> str:
    found = node.get("name")
    if found is None:
        return ""
    if found.is_mapping:
        return " ".join(part.text for part in found.value.values())
    return found.text
