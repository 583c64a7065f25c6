"""Where a case comes from when nobody simply called: a duty that comes round, an outside line, a rule."""

from pydantic import AwareDatetime, BaseModel, ConfigDict


class Planned(BaseModel):
    """The recurring duty a case comes from.

    Attributes:
        rule: Id of the pack's plan.
        period: Which time it is: ``2025-03-04.am``, ``2025-W10``, ``2025-03``, ``2025-Q1``, ``2025``.
        due_at: When it has to be done.
        role: Role that has to do it.
        remind_at: When a reminder goes out; None: never.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    rule: str
    period: str
    due_at: AwareDatetime
    role: str | None = None
    remind_at: AwareDatetime | None = None


class Outer(BaseModel):
    """Where a matter comes from outside the house (requirements §9.7).

    Attributes:
        line: Such as ``12345``, ``street_office``, ``owners_committee``, ``media``, ``superior``.
        number: The number it has there.
        deadline: When an answer is expected there; our limits never lie after it.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    line: str
    number: str | None = None
    deadline: AwareDatetime | None = None


class OpenedBy(BaseModel):
    """The rule and the cases that made a case necessary.

    Attributes:
        rule: Id of a step, or of a recurrence (UP-6, UP-7, UP-10).
        cases: Case ids, oldest first.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    rule: str
    cases: tuple[str, ...]
