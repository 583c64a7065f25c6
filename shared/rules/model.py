"""What a pack is: one manual, as data.

Everything here is a frozen value without behaviour that decides; the engine in
`shared.rules.clocks` reads it. Dictionaries are never changed after loading.
"""

from dataclasses import dataclass, field
from datetime import datetime

from shared.organisation.records import Named
from shared.rules.asking import NOBODY_IS_ASKED, FollowUpRule
from shared.rules.conditions import ALWAYS, Condition
from shared.rules.forms import FormField
from shared.rules.money import MoneyItem
from shared.rules.plans import PlanRule
from shared.rules.prompts import Prompt
from shared.rules.recurring import RecurrenceRule
from shared.rules.registers import Register
from shared.rules.steps import StepRule
from shared.rules.words import (
    Basis,
    CaseKind,
    Means,
    Outside,
    PromiseKind,
    StartFact,
    StopFact,
)


@dataclass(frozen=True, slots=True)
class ClockRule:
    """One clock of a manual.

    Attributes:
        id: ``CK-…`` of the requirements, unique within its case type.
        start: What starts it.
        stop: What meets it; any one of them. A closed or withdrawn case ends every clock anyway.
            ``told`` is met by the notice or upgrade that lists the clock.
        amount: How many of the basis; None for same_day, agreed and unset. Negative days count backwards from a date.
        after: For start missed the id of the clock whose breach starts it; for start step the step, or
            ``step=outcome``; for start date the id of the form field that holds the date.
        steps: Steps, or ``step=outcome``, that meet it, beside *stop*.
        between: For basis midpoint the two date fields; for basis count the field that holds the number.
        shift_of: For basis next_shift or next_day_shift whose next shift it is, a role or ``first_receiver``: by the
            roster where the site has one, else the day shift.
        opens_after: The act is refused before this many of the basis have passed (AS-084).
        promise: What the customer is told about it; None keeps it inside the house.
        tell: Roles told on breach; empty means the default of ESC-1.
        extend: Role that may extend it, and with it every role above in the chain; None: nobody.
        pausable: Whether a consented pause stops it: what was left then is left when handling goes on. Never true of a
            first reply.
        warn: Whether the assignee is warned at the pack's warn fraction.
        soft: Shown and counted when missed, but laddered to nobody above the assignee.
        call: Met by a phone call, so a due instant in quiet hours is pulled back before them.
        unset: What the manual says instead of a number, for basis unset.
        product_default: The number is ours, not the manual's; shown wherever the number is.
        overridable_by: Who may put another limit in its place, first match wins:
            ``customer_limit``, ``department_limit``, ``outside_deadline``, ``planned`` (the due instant of a planned
            case), ``field:<id>`` (a date or instant of a form), ``site_parameter:<name>`` (hours).
        source: Manual and section.
    """

    id: str
    name: Named
    start: StartFact
    basis: Basis
    source: str
    stop: tuple[StopFact, ...] = ()
    amount: int | None = None
    after: str | None = None
    steps: tuple[str, ...] = ()
    between: tuple[str, ...] = ()
    shift_of: str | None = None
    opens_after: int | None = None
    when: Condition = ALWAYS
    promise: PromiseKind | None = None
    tell: tuple[str, ...] = ()
    extend: str | None = None
    pausable: bool = False
    warn: bool = True
    soft: bool = False
    call: bool = False
    unset: Named | None = None
    product_default: bool = False
    overridable_by: tuple[str, ...] = ()

    @property
    def starts_with(self) -> str:
        """What starts it, in one word of its own for every clock, step or date that starts another."""
        return f"{self.start}:{self.after}" if self.after else self.start.value


@dataclass(frozen=True, slots=True)
class UpgradeRule:
    """A severity reached by time, counted from registration, or by the customer raising the matter again and again.

    Attributes:
        months: Calendar months; due 24:00 of the same day number (TS-5), extensions notwithstanding.
        after_raises: Instead of months, the parameter that says how many raises are "several times" (CL-6).
        to: Severity id; its clocks start at the upgrade instant.
        when: Which unresolved cases it takes; a severity already as grave is never touched.
        tell: Roles told at the upgrade.
        clocks: Ids of the clocks this telling meets (those whose stop is ``told``).
    """

    id: str
    name: Named
    to: str
    tell: tuple[str, ...]
    source: str
    months: int | None = None
    after_raises: str | None = None
    when: Condition = ALWAYS
    clocks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NoticeRule:
    """Who is told when something happens, without waiting for any clock.

    Attributes:
        on: The fact that sets it off.
        after: For on step the step, or ``step=outcome``; for on missed the clock.
        tell: Roles that have to act and acknowledge.
        copy: Roles that are informed only.
        outside: People outside the house who are to hear it; staff see to it by *means*.
        means: How those outside are told; the first is the usual one.
        quiet: Whether a telling by phone waits for the pack's calling hours.
        text: What those outside are told, in one sentence.
        clocks: Ids of the clocks this telling meets (those whose stop is ``told``).
        within: Minutes in which staff see to those outside, from when they may be told; None: the product's default.
        incoming: After a step by which somebody hands over: *tell* are those who take over from him by the roster of
            their role, when their shift begins; those on duty where the site has no roster.
    """

    id: str
    name: Named
    source: str
    tell: tuple[str, ...] = ()
    copy: tuple[str, ...] = ()
    on: StartFact = StartFact.RECEIVED
    after: str | None = None
    outside: tuple[Outside, ...] = ()
    means: tuple[Means, ...] = ()
    quiet: bool = False
    text: Named | None = None
    when: Condition = ALWAYS
    clocks: tuple[str, ...] = ()
    within: int | None = None
    incoming: bool = False
    product_default: bool = False


@dataclass(frozen=True, slots=True)
class Criterion:
    """One box the desk can tick; the text says what must be true.

    Attributes:
        covers: Ids of the requirements it follows, such as ``UP-3`` or ``CL-2``.
    """

    id: str
    text: Named
    source: str = ""
    product_default: bool = False
    covers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Severity:
    """How grave a case is.

    Attributes:
        rank: Higher is graver; the highest whose criteria fit wins (CL-1).
        handler: Role that takes charge; None leaves it to the responsible department.
        handler_if: Switch id to the role that takes charge while that switch is on.
    """

    id: str
    name: Named
    rank: int
    criteria: tuple[Criterion, ...] = ()
    handler: str | None = None
    handler_if: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Category:
    """What a case is about, and the role id of the department that answers for it."""

    id: str
    name: Named
    department: str
    product_default: bool = False


ORDINARY = Severity("ordinary", Named("普通", "Ordinary"), rank=1)
"""The only severity of a case type that names none."""


@dataclass(frozen=True, slots=True)
class CaseType:
    """One procedure of a manual. Ids of parts are unique within it.

    Attributes:
        default_severity: What a case without any ticked criterion gets.
        raises_at_intake: Who is told when something happens, at intake or later.
        invalid_reasons: Why a matter may be judged not ours; empty: it cannot be.
        form: What the desk fills in at intake, beside the fields every case has.
        covers: Ids of the requirements it meets, the CT-… among them.
    """

    id: str
    name: Named
    kind: CaseKind
    categories: tuple[Category, ...]
    source: str
    severities: tuple[Severity, ...] = (ORDINARY,)
    default_severity: str = ORDINARY.id
    clocks: tuple[ClockRule, ...] = ()
    follow_up: FollowUpRule = NOBODY_IS_ASKED
    upgrades: tuple[UpgradeRule, ...] = ()
    raises_at_intake: tuple[NoticeRule, ...] = ()
    invalid_reasons: tuple[Criterion, ...] = ()
    form: tuple[FormField, ...] = ()
    steps: tuple[StepRule, ...] = ()
    money: tuple[MoneyItem, ...] = ()
    covers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number or word of the pack that a site parameter of the same name may replace.

    Attributes:
        value: None is unset: shown as such, never invented.
        product_default: The value is ours, not the manual's.
        required: Whether a site goes live only once it has set it.
        name: What a site fills in, where it has to.
    """

    value: int | str | None
    source: str
    product_default: bool = False
    required: bool = False
    name: Named | None = None


@dataclass(frozen=True, slots=True)
class Switch:
    """A variant where the manual contradicts itself; on where the site parameter ``variant.<id>`` is ``on``.

    Rules name it in `Condition.flags` or `Condition.without`.
    """

    name: Named
    source: str


@dataclass(frozen=True, slots=True)
class Pack:
    """One manual as data; immutable, and pinned by every case that opened under it.

    Attributes:
        extends: Pack it was made from, already merged in; None for a manual of its own.
        locked: Paths such as ``case_types.complaint.clocks.CK-CMP-13`` no extending pack may change (PR-6).
        tighten_only: Whether a number of a site counts only where it is the shorter one (PR-5).
        roles: Every role the pack speaks of, departments included.
        chain: Roles from lowest to highest.
        acknowledge: Minutes of the recipient's duty time before silence climbs, by severity, ``other`` for
            the rest (ESC-3a); product defaults.
        since: Instant from which it applies where no site activates it (the safety pack); None: always.
        warn_fraction: Share of a clock's duration at which the assignee is warned (ESC-2).
        registers: By register id.
        variants: By switch id.
        covers: Ids of requirements met by the pack as a whole.
    """

    id: str
    version: int
    name: Named
    source: str
    roles: dict[str, Named]
    chain: tuple[str, ...]
    acknowledge: dict[str, int]
    case_types: dict[str, CaseType]
    warn_fraction: float = 0.8
    since: datetime | None = None
    extends: str | None = None
    locked: tuple[str, ...] = ()
    tighten_only: bool = False
    parameters: dict[str, Parameter] = field(default_factory=dict)
    registers: dict[str, Register] = field(default_factory=dict)
    variants: dict[str, Switch] = field(default_factory=dict)
    plans: tuple[PlanRule, ...] = ()
    recurrences: tuple[RecurrenceRule, ...] = ()
    prompts: tuple[Prompt, ...] = ()
    covers: tuple[str, ...] = ()
