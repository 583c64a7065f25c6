"""What a pack says about its registers: window, columns, measures. Rendering is reporting's."""

from dataclasses import dataclass
from enum import StrEnum

from shared.organisation.records import Named


class WindowKind(StrEnum):
    """Which cases a register takes in, always by received time.

    ``cutoff``: half-open from cut-off to cut-off, the cut-off being 24:00 of the day before the
    due day (TS-12). ``calendar_month``: first to last day. ``calendar_week``: Monday to Sunday. ``running``: never
    closes.
    """

    CUTOFF = "cutoff"
    CALENDAR_MONTH = "calendar_month"
    CALENDAR_WEEK = "calendar_week"
    RUNNING = "running"


class Field(StrEnum):
    """What a register column may show; one value of the row reporting keeps for each case."""

    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    CHANNEL = "channel"
    COMPLAINANT = "complainant"
    CONTACT = "contact"
    UNIT = "unit"
    CONTENT = "content"
    DEMAND = "demand"
    ACCUSED = "accused"
    CATEGORY = "category"
    SEVERITY = "severity"
    VALIDITY = "validity"
    RECEIVED_BY = "received_by"
    DEPARTMENT = "department"
    HANDLED_BY = "handled_by"
    METHOD = "method"
    RESULT = "result"
    REPLY_DUE = "reply_due"
    REPLIED_AT = "replied_at"
    RESOLVE_DUE = "resolve_due"
    RESOLVED_AT = "resolved_at"
    ON_TIME = "on_time"
    EXTENDED_BY = "extended_by"
    FOLLOWED_UP_AT = "followed_up_at"
    SATISFACTION = "satisfaction"
    ROUNDS = "rounds"
    STATE = "state"
    CLOSED_AT = "closed_at"
    OUTCOME = "outcome"
    SIGNED_BY = "signed_by"


class Count(StrEnum):
    """What a measure counts inside the window (requirements §5.3, §9.6).

    Attributes:
        RECEIVED: Cases received.
        JUDGED: Received cases judged valid or invalid; not yet judged ones stay out.
        VALID: Received cases judged valid.
        LIMIT_FELL: Cases whose resolve limit fell in the window.
        RESOLVED_BY_LIMIT: Of those, resolved at or before it.
        HANDLED: Received cases whose work has been completed.
        FOLLOWED_UP: Handled cases whose customer was asked.
        ANSWERS: Follow-ups that obtained an answer.
        SATISFIED: Answers that were satisfied.
        OCCUPIED_UNITS: The site parameter ``occupied_units``.
    """

    RECEIVED = "received"
    JUDGED = "judged"
    VALID = "valid"
    LIMIT_FELL = "limit_fell"
    RESOLVED_BY_LIMIT = "resolved_by_limit"
    HANDLED = "handled"
    FOLLOWED_UP = "followed_up"
    ANSWERS = "answers"
    SATISFIED = "satisfied"
    OCCUPIED_UNITS = "occupied_units"


@dataclass(frozen=True, slots=True)
class Window:
    """Which stretch of time one issue of a register covers.

    Attributes:
        due_day: Day of the month it is due, inclusive (TS-6); None where the manual names none.
    """

    kind: WindowKind
    due_day: int | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a register, in the order of the form."""

    field: Field
    name: Named


@dataclass(frozen=True, slots=True)
class Measure:
    """A share: numerator ÷ denominator, both counted in the register's window.

    Attributes:
        id: ``K-01`` and so on; the formula is ours, the manuals give only the name.
        target_percent: What the manual asks for; None where it asks for nothing.
        source: Manual and section.
    """

    id: str
    name: Named
    numerator: Count
    denominator: Count
    source: str
    target_percent: int | None = None


@dataclass(frozen=True, slots=True)
class Register:
    """A list the manual demands, kept for each site.

    Attributes:
        id: ``R-01`` and so on.
        case_types: Ids of the case types whose cases it lists.
        compiled_by: Role that compiles it; None where the manual names nobody.
        to: Roles it goes to.
        by_category: Whether totals are split over every category, zeros shown (AS-070).
        source: Manual and section.
    """

    id: str
    name: Named
    case_types: tuple[str, ...]
    window: Window
    columns: tuple[Column, ...]
    source: str
    measures: tuple[Measure, ...] = ()
    by_category: bool = True
    compiled_by: str | None = None
    to: tuple[str, ...] = ()
