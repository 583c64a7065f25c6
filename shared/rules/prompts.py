"""Prompt cards: what staff are reminded of at the moment they need it. Nothing here is timed or counted.

Source: requirements §8.1.
"""

from dataclasses import dataclass
from enum import StrEnum

from shared.organisation.records import Named


class Moment(StrEnum):
    """When a card shows, whatever the case."""

    PHONE = "phone"
    VISIT = "visit"
    RADIO = "radio"
    HOME_VISIT = "home_visit"
    FOLLOW_UP = "follow_up"
    DISCLOSURE = "disclosure"
    SHIFT_START = "shift_start"


@dataclass(frozen=True, slots=True)
class Prompt:
    """One card.

    Attributes:
        on: Moments at which it shows.
        case_types: Case types at whose cases it shows.
        caution: Where the manual contradicts itself: said beside the stricter line (X-37).
    """

    id: str
    name: Named
    points: tuple[Named, ...]
    source: str
    on: tuple[Moment, ...] = ()
    case_types: tuple[str, ...] = ()
    caution: Named | None = None
