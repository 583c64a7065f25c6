"""What a measure comes to, from counts.

Source: requirements §5.3, §9.6.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from shared.rules.registers import Count, Measure

Counts = Mapping[Count, int | None]
_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Rate:
    """A share, never without what it was made of.

    Attributes:
        numerator: None when the site has not set the number.
        denominator: Likewise.
        percent: One decimal, half rounded up; None when there is nothing to divide by.
        pending: Cases left out because they are not judged yet; None where that cannot be.
        reached: Whether the manual's target is met; None without target or percent.
    """

    measure: Measure
    numerator: int | None
    denominator: int | None
    percent: Decimal | None
    pending: int | None
    reached: bool | None


def rate_of(measure: Measure, counts: Counts) -> Rate:
    """Work out *measure*.

    Complaints not yet judged stay out of the denominator and are shown beside it (§9.6).
    """
    numerator, denominator = counts.get(measure.numerator), counts.get(measure.denominator)
    percent = percent_of(numerator, denominator)
    return Rate(
        measure=measure,
        numerator=numerator,
        denominator=denominator,
        percent=percent,
        pending=_pending(measure, counts),
        reached=_reached(numerator, denominator, measure.target_percent),
    )


def percent_of(numerator: int | None, denominator: int | None) -> Decimal | None:
    """A share in percent with one decimal; None when one part is unknown or there is nothing to share."""
    if numerator is None or not denominator:
        return None
    return (Decimal(100) * numerator / denominator).quantize(_TENTH, ROUND_HALF_UP)


def _reached(numerator: int | None, denominator: int | None, target: int | None) -> bool | None:
    # From the whole numbers: a rounded percent would let 94.96 % pass for 95.
    if numerator is None or not denominator or target is None:
        return None
    return numerator * 100 >= target * denominator


def _pending(measure: Measure, counts: Counts) -> int | None:
    received, judged = counts.get(Count.RECEIVED), counts.get(Count.JUDGED)
    if measure.denominator is not Count.JUDGED or received is None or judged is None:
        return None
    return received - judged
