"""What a measure comes to, from counts.

Source: requirements §5.3, §9.6.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from math import ceil

from shared.rules.registers import Count, Measure

Number = int | Decimal
Counts = Mapping[Count, Number | None]
_TENTH = Decimal("0.1")
_WHOLE = 100


@dataclass(frozen=True, slots=True)
class Rate:
    """A share, never without what it was made of.

    Attributes:
        numerator: None when the site has not set the number.
        denominator: Likewise.
        percent: One decimal, half rounded up; None when there is nothing to divide by.
        pending: Cases left out because they are not judged yet; None where that cannot be.
        undecided: Cases left out because they were withdrawn before anybody judged them; None likewise.
        reached: Whether the manual's target is met; None without target or percent.
        wanted: How many the target comes to, rounded up; None for measures that are no sample.
        clock: For a rate of one clock (K-24), its id, with ``severity`` of the cases.
    """

    measure: Measure
    numerator: Number | None
    denominator: Number | None
    percent: Decimal | None
    pending: int | None
    reached: bool | None
    wanted: int | None = None
    undecided: int | None = None
    clock: str | None = None
    severity: str | None = None

    @property
    def derived(self) -> bool:
        """Whether the figure is ours alone: no manual asks for anything."""
        return self.measure.target_percent is None

    @property
    def applicable(self) -> bool:
        """Whether there was anything to share."""
        return self.denominator is None or self.denominator > 0


def rate_of(
    measure: Measure,
    top: Counts,
    bottom: Counts | None = None,
    *,
    clock: str | None = None,
    severity: str | None = None,
) -> Rate:
    """Work out *measure* from the counts its numerator sees and, where they differ, those its denominator sees.

    Complaints not yet judged stay out of the denominator and are shown beside it (§9.6). One that was withdrawn before
    will never be judged, so it is shown apart.
    """
    bottom = top if bottom is None else bottom
    numerator, denominator = top.get(measure.numerator), bottom.get(measure.denominator)
    return Rate(
        measure=measure,
        numerator=numerator,
        denominator=denominator,
        percent=percent_of(numerator, denominator),
        pending=_pending(measure, bottom),
        undecided=int(bottom.get(Count.UNDECIDED) or 0) if measure.denominator is Count.JUDGED else None,
        reached=_reached(numerator, denominator, measure.target_percent),
        wanted=_wanted(measure, denominator),
        clock=clock,
        severity=severity,
    )


def percent_of(numerator: Number | None, denominator: Number | None) -> Decimal | None:
    """A share in percent with one decimal; None when one part is unknown or there is nothing to share."""
    if numerator is None or not denominator:
        return None
    return (Decimal(_WHOLE) * numerator / denominator).quantize(_TENTH, ROUND_HALF_UP)


def _reached(numerator: Number | None, denominator: Number | None, target: int | None) -> bool | None:
    # From the numbers themselves: a rounded percent would let 94.96 % pass for 95.
    if numerator is None or not denominator or target is None:
        return None
    return numerator * _WHOLE >= target * denominator


def _wanted(measure: Measure, denominator: Number | None) -> int | None:
    if not measure.sample or measure.target_percent is None or denominator is None:
        return None
    return ceil(Decimal(denominator) * measure.target_percent / _WHOLE)


def _pending(measure: Measure, counts: Counts) -> int | None:
    received, judged = counts.get(Count.RECEIVED), counts.get(Count.JUDGED)
    if measure.denominator is not Count.JUDGED or received is None or judged is None:
        return None
    return int(received - judged - (counts.get(Count.UNDECIDED) or 0))
