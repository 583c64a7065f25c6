"""What a pack says about its registers: window, columns, measures. Rendering is reporting's."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from shared.organisation.records import Named
from shared.rules.conditions import ALWAYS, Condition


class WindowKind(StrEnum):
    """Which cases a register takes in, always by received time.

    ``cutoff``: half-open from cut-off to cut-off, the cut-off being 24:00 of the day before the
    due day (TS-12). ``calendar_month``: first to last day. ``calendar_week``: Monday to Sunday. ``calendar_quarter``:
    January to March and so on. ``running``: never closes.
    """

    CUTOFF = "cutoff"
    CALENDAR_MONTH = "calendar_month"
    CALENDAR_WEEK = "calendar_week"
    CALENDAR_QUARTER = "calendar_quarter"
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


@dataclass(frozen=True, slots=True)
class Place:
    """Where a column finds its value.

    Attributes:
        group: ``case`` for a `Field`, else ``form``, ``step``, ``notice``, ``planned``, ``outer`` or ``money``.
        of: The field, the form field, the step or the notice.
        part: Of a step: ``at``, ``by`` or ``outcome``; of a notice to those outside also ``means``.
    """

    group: str
    of: str
    part: str = ""


PARTS: Mapping[str, tuple[str, ...]] = {
    "step": ("at", "by", "outcome"),
    "notice": ("at", "by", "outcome", "means"),
    "planned": ("rule", "period", "due"),
    "outer": ("line", "number", "deadline"),
    "money": ("at", "by", "item", "move", "amount", "payer", "debit", "credit", "cash"),
}
"""The last words of columns that are no `Field` and no form field; those of ``money`` only in a ledger, where ``cash``
is what has come in less what has gone out so far."""
NAMED = frozenset({"step", "notice"})
"""Groups whose columns name one of several."""
MONEY = "money"
"""Rows of a ledger."""
_STEP = "step:"
_FIELDS = frozenset(field.value for field in Field)


def place_of(column: str) -> Place | None:
    """What a column's word means; None for a word that means nothing."""
    if column in _FIELDS:
        return Place("case", column)
    group, _, rest = column.partition(".")
    if group == "form" and rest:
        return Place(group, rest)
    of, _, part = rest.rpartition(".") if group in NAMED else ("", "", rest)
    if part not in PARTS.get(group, ()) or (group in NAMED and not of):
        return None
    return Place(group, of or part, part)


def step_of(rows: str) -> str | None:
    """The step a register has a line for every time it is taken; None for the other kinds of rows."""
    return rows.removeprefix(_STEP) if rows.startswith(_STEP) else None


class Count(StrEnum):
    """What a measure counts inside the window (requirements §5.3, §9.6).

    Attributes:
        RECEIVED: Cases received.
        JUDGED: Received cases judged valid or invalid; not yet judged ones stay out.
        VALID: Received cases judged valid.
        UNDECIDED: Received cases that were withdrawn before anybody judged them.
        LIMIT_FELL: Cases whose resolve limit fell in the window.
        RESOLVED_BY_LIMIT: Of those, resolved at or before it.
        HANDLED: Received cases whose work has been completed.
        FOLLOWED_UP: Handled cases whose customer was asked.
        ANSWERS: Follow-ups that obtained an answer.
        SATISFIED: Answers that were satisfied.
        OCCUPIED_UNITS: The site parameter ``occupied_units``.
        ON_TIME: Received cases whose resolve limit was met.
        SUM: The sum of a number in a form, over the received cases.
        STEPS: How often a step was taken in the received cases.
        LIMITS_OF: Clocks of one id whose due instant fell in the window; ``limits_kept`` those of them that were met,
            ``limits_missed`` the others.
    """

    RECEIVED = "received"
    JUDGED = "judged"
    VALID = "valid"
    UNDECIDED = "undecided"
    LIMIT_FELL = "limit_fell"
    RESOLVED_BY_LIMIT = "resolved_by_limit"
    HANDLED = "handled"
    FOLLOWED_UP = "followed_up"
    ANSWERS = "answers"
    SATISFIED = "satisfied"
    OCCUPIED_UNITS = "occupied_units"
    ON_TIME = "on_time"
    SUM = "sum"
    STEPS = "steps"
    LIMITS_OF = "limits_of"
    LIMITS_KEPT = "limits_kept"
    LIMITS_MISSED = "limits_missed"


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
    """One column of a register, in the order of the form.

    Attributes:
        field: A `Field`, or ``form.<field id>``, or of a step taken last ``step.<step>.at``, ``.by``, ``.outcome``, or
            of a notice staff saw to ``notice.<notice>.at``, ``.by``, ``.outcome``, ``.means``, or
            of a plan ``planned.rule``, ``.period``, ``.due``, or of an outside line ``outer.line``, ``.number``,
            ``.deadline``, or of a line of a ledger ``money.<word>``; see `PARTS`.
    """

    field: str
    name: Named


@dataclass(frozen=True, slots=True)
class Measure:
    """A share: numerator ÷ denominator, both counted in the register's window.

    Attributes:
        id: ``K-01`` and so on; the formula is ours, the manuals give only the name.
        numerator_when: Which of the cases the numerator counts; *denominator_when* likewise.
        numerator_of: The form field, step (or ``step=outcome``) or clock that ``sum``, ``steps`` and ``limits_…``
            count. ``limits_…`` without it make one rate for each clock and severity that fell due (K-24).
        target_percent: What the manual asks for; None where it asks for nothing.
        target_parameter: The site parameter that says the target, where the manual leaves it to somebody (K-16).
        target_field: The number field in which somebody says the target of his case, in percent of what the denominator
            sums there; of several cases the mean by these sums, rounded up. Goes before *target_parameter*.
        sample: The target is a least share of cases to be taken up: shown as a number too, rounded up.
        source: Manual and section.
    """

    id: str
    name: Named
    numerator: Count
    denominator: Count
    source: str
    target_percent: int | None = None
    numerator_when: Condition = ALWAYS
    denominator_when: Condition = ALWAYS
    numerator_of: str | None = None
    denominator_of: str | None = None
    sample: bool = False
    target_parameter: str | None = None
    target_field: str | None = None


@dataclass(frozen=True, slots=True)
class Register:
    """A list the manual demands, kept for each site.

    Attributes:
        id: ``R-01`` and so on.
        case_types: Ids of the case types whose cases it lists.
        compiled_by: Role that compiles it; None where the manual names nobody.
        to: Roles it goes to.
        by_category: Whether totals are split over every category, zeros shown (AS-070).
        rows: ``case``; ``step:<id>`` for a line every time the step is taken, whose own fields are those of that time;
            ``money`` for a line every time money moves (a ledger, with the sums of its accounts).
        when: Which cases it lists.
        signed_by: Role that signs an issue before it is filed.
        aliases: Other names of the form inside the manual (X-35).
        retention_years: How long an issue is kept at least; None: as the site says.
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
    rows: str = "case"
    when: Condition = ALWAYS
    signed_by: str | None = None
    aliases: tuple[Named, ...] = ()
    retention_years: int | None = None
    covers: tuple[str, ...] = ()
