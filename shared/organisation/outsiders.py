"""What outside parties have agreed to.

Source: requirements section 9.7.
"""

from dataclasses import dataclass

MOST = 366 * 1440
"""Minutes of a year: no term of a contract is longer."""


@dataclass(frozen=True, slots=True)
class Contract:
    """What an outside party has agreed to, in minutes from the order; None where the contract says nothing of it.

    Attributes:
        accept: Until it takes the order.
        arrive: Until it is on site and begins.
        restore: Until it has done the work.
    """

    accept: int | None = None
    arrive: int | None = None
    restore: int | None = None

    def __post_init__(self) -> None:
        terms = [term for term in (self.accept, self.arrive, self.restore) if term is not None]
        if any(not 0 < term <= MOST for term in terms):
            raise ValueError(f"a term of a contract is 1 to {MOST} minutes")
        if terms != sorted(terms):
            raise ValueError("an order is taken before one arrives, and one arrives before the work is done")
