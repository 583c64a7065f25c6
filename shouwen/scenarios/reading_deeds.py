"""Acts on the estate, the machinery or time itself, as a file writes them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from shared.contracts.catalogue import FACTS
from shouwen.scenarios.cast import RIGHTS, SHIFTS, Packs, Setting, roles_of, running
from shouwen.scenarios.estate import EstateReader, parameter_of, switch_of
from shouwen.scenarios.findings import meant
from shouwen.scenarios.reading import Node
from shouwen.scenarios.values import Reader
from shouwen.scenarios.vocabulary import SERVICES, Deed
from shouwen.words import Words

_KINDS = {
    "role": ("角色", "role"),
    "pack": ("制度", "pack"),
    "fact": ("事实", "fact"),
    "service": ("服务", "service"),
    "shift": ("班次", "shift"),
    "right": ("权限", "right"),
    "register": ("登记表", "register"),
}


@dataclass(frozen=True, slots=True)
class DeedReader:
    """Reads the fields of one such act.

    Attributes:
        people: Everybody known so far; whoever an act names anew is added.
    """

    setting: Setting
    packs: Packs
    people: set[str]

    def fields(self, deed: Deed, written: Node, reader: Reader) -> dict[str, Any]:
        """What the act says; missing, unknown and impossible fields become findings."""
        if not written.is_mapping:
            reader.wrong(written, Words(f"{deed.name} 要写字段", f"{deed.name} takes fields"), meant("", deed.fields))
            return {}
        if deed.name == "change_calendar":
            version = f"written in line {written.line}"
            return {"calendar": EstateReader(self.packs, reader.findings).calendar(written, version)}
        if not deed.fields:
            return self._settings(deed, written, reader)
        found: dict[str, Any] = {}
        for key, value in written.items():
            if key not in deed.fields:
                reader.unknown_field(key, value, deed.fields)
            else:
                found[key] = self._of_kind(deed.fields[key], value, reader.at(field=key))
        self._whole(deed, found, written, reader)
        return found

    def _whole(self, deed: Deed, found: dict[str, Any], written: Node, reader: Reader) -> None:
        for key in deed.needed:
            if key not in found:
                right = Words(f"请补上 {key}", f"add {key}")
                reader.findings.add(written.line, Words(f"{deed.name} 缺少 {key}", f"{deed.name} lacks {key}"), right)
        until, at = found.get("until"), reader.reckoning.before
        if until is not None and at is not None and until <= at:
            right = Words("请写更晚的时间", "write a later instant")
            wrong = Words("until 不晚于动作的时间", "until is not later than the act")
            reader.at(field="until").findings.add(written.line, wrong, right)
        known = [str(pack.version) for pack in self.packs.of if pack.id == found.get("pack")]
        version = found.get("version")
        if version is not None and str(version) not in known:
            reader.at(field="version").findings.unknown(written.line, Words("版本", "version"), str(version), known)

    def _settings(self, deed: Deed, written: Node, reader: Reader) -> dict[str, str | int]:
        """Parameters of the site, and the variants of its first pack."""
        found = dict[str, str | int]()
        for key, node in written.items():
            if deed.name == "switch":
                found |= switch_of(key, node, running(self.setting, self.packs), reader)
            else:
                found |= parameter_of(key, node, reader)
        return found

    def _of_kind(self, kind: str, value: Node, reader: Reader) -> Any:
        if kind == "instant":
            found = reader.instant(value)
            return found.at if found else None
        if kind == "number":
            return reader.whole(value)
        if kind == "person":
            return reader.word(value, Words("人员或角色", "person or role"), self.people)
        known = self._words(kind)
        typed = reader.word(value, Words(*_KINDS.get(kind, ("取值", "value"))), known) if known else reader.text(value)
        if kind == "text" and value.text:
            self.people.add(value.text)
        return typed

    def _words(self, kind: str) -> Iterable[str]:
        if kind == "role":
            return {role for pack in self.packs.of for role in roles_of(pack, self.packs)}
        if kind == "pack":
            return [pack.id for pack in self.packs.of]
        if kind == "register":
            return {name for pack in self.packs.of for name in pack.registers}
        if kind == "fact":
            return [name.partition(".")[2] for name in FACTS]
        return {"service": SERVICES, "shift": tuple(SHIFTS), "right": RIGHTS}.get(kind, ())
