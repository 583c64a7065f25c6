"""What a path measured, beside its floor."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any, Literal

Better = Literal["higher", "lower"]


@dataclass(frozen=True, slots=True)
class Result:
    """One row of the table.

    Attributes:
        floor: What the plain clients reached, or the absolute aim; None when there is neither.
        ratio: ``product / floor``, whichever is better.
        target: The ratio wanted; 1.0 where the floor is an aim; None when nothing was promised.
        spread: ``(max - min) / median`` of the product over the rounds.
        cpu_us: CPU microseconds of the product a message, where that means something.
        note: What else was seen in the same rounds.
    """

    path: str
    product: float
    floor: float | None
    ratio: float | None
    better: Better
    target: float | None
    spread: float
    unit: str
    cpu_us: float | None = None
    note: str = ""

    @property
    def reached(self) -> bool | None:
        """Whether the target is met; None when there is none."""
        if self.ratio is None or self.target is None:
            return None
        return self.ratio >= self.target if self.better == "higher" else self.ratio <= self.target

    def as_json(self) -> dict[str, Any]:
        """The row as written into ``results.json``, figures rounded to four digits that count."""
        return {name: _rounded(value) for name, value in asdict(self).items()}


def compared(
    path: str,
    product: Sequence[float],
    floor: Sequence[float],
    *,
    better: Better,
    target: float | None,
    unit: str,
    **more: Any,
) -> Result:
    """The product beside a floor measured in the same rounds; medians of both."""
    mine, theirs = median(product), median(floor)
    return Result(path, mine, theirs, mine / theirs, better, target, spread_of(product), unit, **more)


def aimed(path: str, product: Sequence[float], aim: float, *, better: Better, unit: str, **more: Any) -> Result:
    """The product beside an absolute aim."""
    mine = median(product)
    return Result(path, mine, aim, mine / aim, better, 1.0, spread_of(product), unit, **more)


def seen(path: str, product: Sequence[float], *, better: Better, unit: str, **more: Any) -> Result:
    """A figure nothing was promised about."""
    return Result(path, median(product), None, None, better, None, spread_of(product), unit, **more)


def spread_of(values: Sequence[float]) -> float:
    """``(max - min) / median``; 0 for a single round."""
    middle = median(values)
    return (max(values) - min(values)) / middle if middle else 0.0


def _rounded(value: Any) -> Any:
    return float(f"{value:.4g}") if isinstance(value, float) else value
