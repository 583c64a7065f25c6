"""Whether what is seen is what was expected, field by field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from shouwen.scenarios.instants import BadInstant, Reckoning, shown
from shouwen.scenarios.model import Check, Expected
from shouwen.scenarios.sights import SIGHTS, way_of

Record = Mapping[str, Any]
NOTHING = "—"


@dataclass(frozen=True, slots=True)
class Line:
    """One field of a check beside what was seen.

    Attributes:
        right: Whether they agree.
    """

    field: str
    expected: str
    actual: str
    right: bool


@dataclass(frozen=True, slots=True)
class Comparing:
    """Compares the records of one check.

    Attributes:
        reckoning: Reads instants written in fields of facts.
    """

    check: Check
    reckoning: Reckoning

    def lines(self, records: Sequence[Record]) -> tuple[Line, ...]:
        """Empty when the check holds; otherwise every field of the record that comes closest."""
        fitting = [one for one in records if self._fits(one)]
        if self.check.none:
            return self._none(fitting)
        if self.check.count is not None:
            return self._counted(len(fitting), records)
        return () if fitting else self._closest(records)

    def _none(self, fitting: Sequence[Record]) -> tuple[Line, ...]:
        if not fitting:
            return ()
        return (Line("count", "0", str(len(fitting)), right=False), *self._beside(fitting[0]))

    def _counted(self, found: int, records: Sequence[Record]) -> tuple[Line, ...]:
        if found == self.check.count:
            return ()
        closest = self._closest(records) if not found else ()
        return (Line("count", str(self.check.count), str(found), right=False), *closest)

    def _closest(self, records: Sequence[Record]) -> tuple[Line, ...]:
        named = [one for one in records if self._named(one)]
        if not named:
            return self._missing(records)
        return max((self._beside(one) for one in named), key=lambda lines: sum(line.right for line in lines))

    def _named(self, record: Record) -> bool:
        wanted = self.check.expected.get(self._main)
        return wanted is None or SIGHTS[self.check.kind].one or self._agrees(self._main, wanted, record)

    def _missing(self, records: Sequence[Record]) -> tuple[Line, ...]:
        """Nothing goes by the name asked for: what there is goes by these."""
        there = ", ".join(dict.fromkeys(self._shown(one.get(self._main)) for one in records))
        lines = [
            Line(name, one.typed, f"{NOTHING} ({there})" if name == self._main and there else NOTHING, right=False)
            for name, one in self.check.expected.items()
        ]
        return tuple(lines) or (Line(self.check.kind, "1", "0", right=False),)

    @property
    def _main(self) -> str:
        return SIGHTS[self.check.kind].main

    def _beside(self, record: Record) -> tuple[Line, ...]:
        return tuple(
            Line(name, one.typed, self._shown(record.get(name)), right=self._agrees(name, one, record))
            for name, one in self.check.expected.items()
        )

    def _fits(self, record: Record) -> bool:
        return all(self._agrees(name, one, record) for name, one in self.check.expected.items())

    def _agrees(self, name: str, expected: Expected, record: Record) -> bool:
        actual, value = record.get(name), expected.value
        if value is None or actual is None:
            return value is None and actual is None
        way = way_of(SIGHTS[self.check.kind], name)
        if way == "part":
            return str(value) in str(actual)
        if way == "counts":
            return all(actual.get(key, 0) == number for key, number in value.items())
        return self._same(value, actual)

    def _same(self, value: Any, actual: Any) -> bool:
        if isinstance(actual, set):
            return value in actual
        if isinstance(actual, list):
            return self._same_list(value, actual)
        if isinstance(actual, datetime):
            return self._instant(value) == actual
        if isinstance(actual, bool) or isinstance(value, bool):
            return value is actual or str(value).lower() == str(actual).lower()
        if isinstance(actual, int | float | Decimal):
            return _number(value) == Decimal(str(actual))
        return str(value) == str(actual)

    def _same_list(self, value: Any, actual: list[Any]) -> bool:
        """A single word must be among them; a list must name exactly them, in any order."""
        if not isinstance(value, list):
            return any(self._same(value, one) for one in actual)
        left = list(actual)
        for wanted in value:
            found = next((one for one in left if self._same(wanted, one)), None)
            if found is None:
                return False
            left.remove(found)
        return not left

    def _instant(self, value: Any) -> datetime | None:
        if isinstance(value, datetime):
            return value.astimezone(UTC)
        try:
            return self.reckoning.read(str(value)).at
        except BadInstant:
            return None

    def _shown(self, value: Any) -> str:
        if value is None or value == []:
            return NOTHING
        if isinstance(value, datetime):
            return shown(value, self.reckoning.zone)
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, set | list):
            return ", ".join(sorted(self._shown(one) for one in value))
        if isinstance(value, Mapping):
            return ", ".join(f"{key}: {number}" for key, number in value.items())
        return str(value)


def _number(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None
