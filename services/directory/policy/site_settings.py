"""Site parameters the product reads itself, and what each of them may be.

Source: docs/packs.md, "Parameters the product reads itself"; requirements §9.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shared.organisation.records import Named
from shared.rules.limits import MOST, whole

_A_DAY = 1440
_SWITCH = frozenset({"on", "off"})


@dataclass(frozen=True, slots=True)
class WrongSetting:
    """A parameter that cannot be what it says.

    Attributes:
        path: JSON pointer within the record's body.
        named: The parameter.
        value: What the body says there.
        instead: What could stand there.
    """

    path: str
    named: str
    value: str
    instead: Named


@dataclass(frozen=True, slots=True)
class _Whole:
    least: int
    most: int

    def takes(self, value: int | str) -> bool:
        number = whole(value)
        return number is not None and self.least <= number <= self.most

    @property
    def instead(self) -> Named:
        span = f"{self.least}–{self.most}"
        return Named(f"整数，{span}", f"a whole number, {span}")


@dataclass(frozen=True, slots=True)
class _OnOff:
    def takes(self, value: int | str) -> bool:
        return value in _SWITCH

    @property
    def instead(self) -> Named:
        return Named("on 或 off", "on or off")


_MINUTE, _SOME, _NONE_OR_MORE = _Whole(0, _A_DAY), _Whole(1, MOST), _Whole(0, MOST)
_SETTINGS: tuple[tuple[re.Pattern[str], _Whole | _OnOff], ...] = (
    (re.compile(r"(call|day_shift)_(from|to)_minute"), _MINUTE),
    (re.compile(r"immediate_ack_minutes|acknowledge_minutes\..+"), _SOME),
    (re.compile(r"several_times|extension_cap_days|.+_hours(\..+)?|.+\.hours"), _SOME),
    (re.compile(r"late_entry_minutes|planned_back_days|occupied_units"), _NONE_OR_MORE),
    # The mailbox one day before it takes effect is an amount below nought.
    (re.compile(r".+\.amount"), _Whole(-MOST, MOST)),
    (re.compile(r"plans|variant\..+"), _OnOff()),
)


def wrong_settings(body: Mapping[str, Any]) -> tuple[WrongSetting, ...]:
    """Every parameter of a site that no rule could read; a pack's own words may be anything."""
    return tuple(_wrong(body.get("parameters") or {}))


def _wrong(parameters: Mapping[str, int | str]) -> Iterator[WrongSetting]:
    for name, value in parameters.items():
        kind = next((kind for pattern, kind in _SETTINGS if pattern.fullmatch(name)), None)
        if kind is not None and not kind.takes(value):
            yield WrongSetting(f"/parameters/{name}", name, str(value), kind.instead)
