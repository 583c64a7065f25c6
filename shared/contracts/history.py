"""Acts of the past that an import brings along with a case, in the order they happened."""

from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

ActName = Literal["accepted", "started", "replied", "completed", "satisfied", "unsatisfied", "closed", "withdrawn"]


class Act(BaseModel):
    """One act of a historical case.

    Attributes:
        act: What was done.
        at: When, aware; judged by this time because it is an import.
        by: Who, as the source names them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    act: ActName
    at: AwareDatetime
    by: str | None = None


class History(BaseModel):
    """What makes a request an import: its acts so far and the instant before which nobody is told anything.

    Attributes:
        source: Names the file's kind, e.g. ``nyc_council``; with ``key`` it is unique for ever.
        key: The source's own key of the case.
        acts: In order of time, none before ``received_at``.
        quiet_until: Steps due before this instant are recorded at their true time and told to nobody.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    key: str
    acts: tuple[Act, ...] = ()
    quiet_until: AwareDatetime

    @property
    def last_act_at(self) -> datetime | None:
        """When the last act happened; None without acts."""
        return self.acts[-1].at if self.acts else None
