"""What only several rows together show: ids given twice, namesakes, and what refers to nothing."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from services.intake.policy.masters.findings import NOTHING, SHOWN, Finding
from services.intake.policy.masters.known import Known
from services.intake.policy.masters.records import Building, Kind, Place, Record, Resident, Unit
from services.intake.policy.masters.sheets import SHEETS
from services.intake.policy.masters.wrongs import Wrong
from shared.organisation.records import Named

REFERENCES: Mapping[Kind, tuple[tuple[str, Kind], ...]] = {
    Kind.UNITS: (("building", Kind.BUILDINGS),),
    Kind.RESIDENTS: (("unit", Kind.UNITS),),
    Kind.EQUIPMENT: (("unit", Kind.UNITS), ("building", Kind.BUILDINGS)),
    Kind.KEYS: (("unit", Kind.UNITS),),
    Kind.DEPOSITS: (("unit", Kind.UNITS),),
    Kind.MATTERS: (("unit", Kind.UNITS),),
}
"""Which field of a kind names a row of which other kind."""

_NOT_DIGITS = re.compile(r"\D+")


@dataclass(frozen=True, slots=True)
class _Seen:
    at: Place
    numbered: bool
    sense: int


@dataclass(frozen=True, slots=True)
class _Named:
    """A row that named something not seen until then."""

    at: Place
    kind: Kind
    field: str
    target: Kind
    id: str


class Across:
    """Remembers what a file has said so far; about a hundred bytes a row."""

    def __init__(self, known: Known) -> None:
        self._site: dict[Kind, frozenset[str]] = {Kind.BUILDINGS: known.buildings, Kind.UNITS: known.units}
        self._file: dict[Kind, set[str]] = {Kind.BUILDINGS: set(), Kind.UNITS: set()}
        self._seen: dict[tuple[Kind, str], _Seen] = {}
        self._people: dict[tuple[str, str], _Seen] = {}
        self._open: list[_Named] = []
        self._letters: dict[tuple[str, str], str] = {}

    def begin(self, sheet: str, letters: Mapping[str, str]) -> None:
        """Remember in which column of *sheet* each field stands."""
        self._letters.update({(sheet, field): letter for field, letter in letters.items()})

    def check(self, kind: Kind, record: Record) -> Iterator[Finding]:
        """What is wrong with *record* beside the rows before it."""
        if isinstance(record, Unit | Building):
            self._file[kind].add(record.id)
        for field, target in REFERENCES.get(kind, ()):
            named = getattr(record, field)
            if named is not None and named not in self._site[target] and named not in self._file[target]:
                self._open.append(_Named(record.at, kind, field, target, named))
        yield from self._twice(kind, record)

    def end(self) -> Iterator[Finding]:
        """What refers to nothing, now that all has been read."""
        if not self._site[Kind.UNITS] and not self._file[Kind.UNITS]:
            # A site that has no register of units yet is founded by its residents.
            self._file[Kind.UNITS].update(named.id for named in self._open if named.kind is Kind.RESIDENTS)
        alike: dict[Kind, dict[str, str]] = {}
        for named in self._open:
            if named.id not in self._file[named.target]:
                if named.target not in alike:
                    alike[named.target] = self._by_digits(named.target)
                yield self._at(named.at, named.kind, named.field, named.id, _unknown(named, alike[named.target]))

    def _twice(self, kind: Kind, record: Record) -> Iterator[Finding]:
        seen = _Seen(record.at, getattr(record, "numbered", True), hash(record))
        before = self._seen.setdefault((kind, record.id), seen)
        if before is not seen:
            named_by_name = not seen.numbered and before.sense != seen.sense
            wrong = _namesakes(before.at) if named_by_name else _again(before, seen)
            yield self._at(record.at, kind, "id" if seen.numbered else "name", record.id, wrong)
        elif isinstance(record, Resident):
            yield from self._namesake(record, seen)

    def _namesake(self, record: Resident, seen: _Seen) -> Iterator[Finding]:
        before = self._people.setdefault((record.unit, record.name), seen)
        if before is not seen and not (before.numbered and seen.numbered):
            yield self._at(record.at, Kind.RESIDENTS, "name", record.name, _namesakes(before.at))

    def _by_digits(self, target: Kind) -> dict[str, str]:
        return {_digits(id_): id_ for id_ in (*self._site[target], *self._file[target])}

    def _at(self, at: Place, kind: Kind, field: str, value: str, wrong: Wrong) -> Finding:
        name = next((column.name for column in SHEETS[kind].columns if column.id == field), NOTHING)
        letter = self._letters.get((at.sheet, field), "")
        return Finding(at.sheet, at.row, letter, name, value[:SHOWN], wrong.code, wrong.wrong, wrong.right)


def _digits(id_: str) -> str:
    return _NOT_DIGITS.sub("-", id_).strip("-")


def _unknown(named: _Named, alike: Mapping[str, str]) -> Wrong:
    target = SHEETS[named.target].name
    wrong = Named(f"“{target.zh}”中没有它", f"Not among the {target.en.lower()}")
    add_zh, add_en = f"加到“{target.zh}”表中，或改正", f"add it to the sheet {target.en}, or correct it"
    close = alike.get(_digits(named.id)) if _digits(named.id) else None
    if close is None:
        return Wrong(f"{named.target.value}_unknown", wrong, Named(add_zh, add_en[0].upper() + add_en[1:]))
    right = Named(f"是不是“{close}”？否则{add_zh}", f"Did you mean “{close}”? Otherwise {add_en}")
    return Wrong(f"{named.target.value}_unknown", wrong, right)


def _again(before: _Seen, now: _Seen) -> Wrong:
    zh, en = _where(before.at)
    if before.sense == now.sense:
        return Wrong("row_twice", Named(f"与{zh}完全相同", f"The same as {en}"), _DELETE)
    return Wrong("id_twice", Named(f"{zh}已用过", f"Already used in {en}"), _OWN_ID)


def _namesakes(before: Place) -> Wrong:
    zh, en = _where(before)
    return Wrong("namesake", Named(f"与{zh}同房号同姓名", f"Same unit and name as {en}"), _NUMBER_EACH)


def _where(at: Place) -> tuple[str, str]:
    return f"“{at.sheet}”第 {at.row} 行", f"row {at.row} of {at.sheet}"


_DELETE = Named("删去其中一行", "Delete one of the rows")
_OWN_ID = Named("每行写一个不同的编号", "Give each row a number of its own")
_NUMBER_EACH = Named(
    "若是两个人，给每人填写编号；若是同一人，删去一行", "Two people: give each a number. One person: delete a row"
)
