"""The emergency numbers of a site: parameters ``emergency.<whom>``.

Source: requirements N-45, R-46 (002/5 3.1.8).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.organisation.records import Named

PREFIX = "emergency."


@dataclass(frozen=True, slots=True)
class EmergencyNumber:
    """Whom one calls, and under which number.

    Attributes:
        number: None where the site has not entered it.
        required: Whether a list without it is refused.
    """

    id: str
    name: Named
    required: bool = False
    number: str | None = None


LIST: tuple[EmergencyNumber, ...] = (
    EmergencyNumber("fire", Named("消防", "Fire brigade"), required=True),
    EmergencyNumber("police", Named("公安", "Police"), required=True),
    EmergencyNumber("hospital", Named("医院", "Hospital")),
    EmergencyNumber("ambulance", Named("急救", "Ambulance")),
    EmergencyNumber("doctor", Named("医生", "Doctor")),
)
"""Everybody the list names, in its order."""


def emergency_numbers(parameters: Mapping[str, str | int]) -> tuple[EmergencyNumber, ...]:
    """The list of a site, missing numbers included; a number of blanks counts as missing."""
    return tuple(
        EmergencyNumber(one.id, one.name, one.required, str(parameters.get(PREFIX + one.id, "")).strip() or None)
        for one in LIST
    )
