"""How long a run may take: a quick look, or the figures that are written down."""

from enum import StrEnum
from typing import TypeVar

T = TypeVar("T")


class Scale(StrEnum):
    """Chosen once a run."""

    QUICK = "quick"
    FULL = "full"

    def of(self, quick: T, full: T) -> T:
        """*quick* or *full*."""
        return quick if self is Scale.QUICK else full

    @property
    def rounds(self) -> int:
        """How often product and floor take turns."""
        return self.of(2, 5)
