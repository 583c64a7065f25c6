"""What is read in one snapshot for an issue, and the rates and sums made of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from math import ceil

from services.reporting.policy.measures import Counts, Number, Rate, rate_of
from services.reporting.ports import Row
from services.reporting.ports.registers import Scope, Snapshot
from shared.organisation.records import Site
from shared.rules.conditions import ALWAYS, Condition
from shared.rules.limits import whole
from shared.rules.registers import MONEY, Count, Measure, Place, Register
from shared.rules.words import Validity

LIMITS = frozenset({Count.LIMITS_OF, Count.LIMITS_KEPT, Count.LIMITS_MISSED})
_WHOLE = 100
_ANY_ZONE = "UTC"
"""Numbers of a form are the same in every zone."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The counts over the cases that one condition holds for.

    Attributes:
        fell: Cases whose resolve limit fell in the window and is judged; ``kept`` of them kept it.
        clocks: By clock and severity: how many fell due and how many of them were met.
        sums: By form field; ``steps`` by step or ``step=outcome``.
        shares: By form field that says a target: what it says in each case, and of how many.
        accounts: Of a ledger.
    """

    groups: Sequence[Row]
    fell: int
    kept: int
    incidents: int = 0
    clocks: Mapping[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    sums: Mapping[str, Decimal] = field(default_factory=dict)
    steps: Mapping[str, int] = field(default_factory=dict)
    shares: Mapping[str, Sequence[tuple[Decimal, Decimal]]] = field(default_factory=dict)
    accounts: Sequence[Row] = ()


FiguresBy = Mapping[Condition, Figures]
"""By what measures ask of the cases they count; `ALWAYS` is the register itself."""


@dataclass(frozen=True, slots=True)
class Account:
    """One account of a ledger."""

    id: str
    debit: Decimal
    credit: Decimal

    @property
    def balance(self) -> Decimal:
        """What it holds."""
        return self.debit - self.credit


@dataclass(frozen=True, slots=True)
class Ledger:
    """The accounts of a ledger; what one gave another took, so both sums are equal."""

    accounts: tuple[Account, ...]

    @property
    def debit(self) -> Decimal:
        """What was taken."""
        return sum((one.debit for one in self.accounts), Decimal("0.00"))

    @property
    def credit(self) -> Decimal:
        """What was given."""
        return sum((one.credit for one in self.accounts), Decimal("0.00"))


def ledger_of(accounts: Sequence[Row]) -> Ledger:
    """The ledger of these accounts."""
    return Ledger(tuple(Account(row["account"], row["debit"], row["credit"]) for row in accounts))


async def read_figures(moment: Snapshot, scope: Scope, register: Register) -> FiguresBy:
    """Every count one issue needs."""
    asked = {ALWAYS: set[tuple[Count, str | None]]()}
    for measure in register.measures:
        for count, when, of in _halves(measure):
            asked.setdefault(when, set()).add((count, of))
    found = {when: await _read(moment, _narrowed(scope, when), counts) for when, counts in asked.items()}
    for measure in register.measures:
        when, said = measure.denominator_when, measure.target_field
        if said is not None and measure.denominator_of is not None:
            shares = await _shares(moment, _narrowed(scope, when), said, measure.denominator_of)
            found[when] = replace(found[when], shares={**found[when].shares, said: shares})
    return found


async def _shares(moment: Snapshot, scope: Scope, said: str, of: str) -> Sequence[tuple[Decimal, Decimal]]:
    """What cases say under *said*, each with the number under *of*, where they say both."""
    places = (Place("form", said), Place("form", of))
    lines = [line async for batch in moment.rows(scope, places, _ANY_ZONE) for line in batch]
    return [(Decimal(share), Decimal(number)) for share, number in lines if share and number]


def _halves(measure: Measure) -> Iterator[tuple[Count, Condition, str | None]]:
    yield measure.numerator, measure.numerator_when, measure.numerator_of
    yield measure.denominator, measure.denominator_when, measure.denominator_of


def _narrowed(scope: Scope, when: Condition) -> Scope:
    return scope if when == ALWAYS else replace(scope, when=(*scope.when, when))


async def _read(moment: Snapshot, scope: Scope, asked: set[tuple[Count, str | None]]) -> Figures:
    fell, kept = await moment.limits(scope)
    return Figures(
        await moment.groups(scope),
        fell,
        kept,
        incidents=await moment.incidents(scope),
        clocks=await moment.clocks(scope) if any(count in LIMITS for count, _ in asked) else {},
        sums={of: await moment.summed(scope, of) for count, of in asked if count is Count.SUM and of},
        steps={of: await moment.steps_taken(scope, of) for count, of in asked if count is Count.STEPS and of},
        accounts=await moment.accounts(scope) if scope.rows == MONEY else (),
    )


def rates(measures: Sequence[Measure], figures: FiguresBy, site: Site) -> tuple[Rate, ...]:
    """What the measures come to; one over all clocks becomes one rate for each clock and severity that fell due."""
    return tuple(rate for measure in measures for rate in _rates(_aimed(measure, figures, site), figures, site))


def _aimed(measure: Measure, figures: FiguresBy, site: Site) -> Measure:
    """The measure with the target people have set, where the manual leaves it to somebody there."""
    stated = whole(site.parameters.get(measure.target_parameter)) if measure.target_parameter else None
    if measure.target_field is not None:
        stated = _mean(figures[measure.denominator_when].shares.get(measure.target_field, ())) or stated
    return replace(measure, target_percent=stated) if stated is not None and 0 < stated <= _WHOLE else measure


def _mean(shares: Sequence[tuple[Decimal, Decimal]]) -> int | None:
    whole_ = sum(number for _, number in shares)
    return ceil(sum(share * number for share, number in shares) / whole_) if whole_ else None


def _rates(measure: Measure, figures: FiguresBy, site: Site) -> Iterator[Rate]:
    above, below = figures[measure.numerator_when], figures[measure.denominator_when]
    if measure.numerator not in LIMITS or measure.numerator_of is not None:
        top = counts_of(above, site, measure.numerator_of)
        yield rate_of(measure, top, counts_of(below, site, measure.denominator_of))
        return
    for clock, severity in sorted({**above.clocks, **below.clocks}):
        top, bottom = (_of_clock(held, clock, severity) for held in (above, below))
        yield rate_of(measure, top, bottom, clock=clock, severity=severity)


def _of_clock(figures: Figures, clock: str, severity: str) -> Counts:
    fell, kept = figures.clocks.get((clock, severity), (0, 0))
    return _limits(fell, kept)


def _limits(fell: int, kept: int) -> dict[Count, Number | None]:
    return {Count.LIMITS_OF: fell, Count.LIMITS_KEPT: kept, Count.LIMITS_MISSED: fell - kept}


def counts_of(figures: Figures, site: Site, of: str | None = None) -> Counts:
    """The counts measures are made of; *of* names what some of them count."""
    groups = figures.groups
    judged = [group for group in groups if group["validity"] != Validity.UNJUDGED]
    clocks = [counted for (clock, _), counted in figures.clocks.items() if clock == of]
    return {
        Count.RECEIVED: summed(groups, "received"),
        Count.JUDGED: summed(judged, "received"),
        Count.VALID: summed([g for g in judged if g["validity"] == Validity.VALID], "received"),
        Count.LIMIT_FELL: figures.fell,
        Count.RESOLVED_BY_LIMIT: figures.kept,
        Count.OCCUPIED_UNITS: whole(site.parameters.get("occupied_units")),
        Count.SUM: figures.sums.get(of or ""),
        Count.STEPS: figures.steps.get(of or ""),
        **_limits(sum(fell for fell, _ in clocks), sum(kept for _, kept in clocks)),
        **{count: summed(groups, count) for count in SIMPLE},
    }


SIMPLE = (Count.HANDLED, Count.FOLLOWED_UP, Count.ANSWERS, Count.SATISFIED, Count.ON_TIME, Count.UNDECIDED)
"""Counts that are a sum over the groups, by their own name."""


def summed(groups: Sequence[Row], name: str) -> int:
    """One count over all groups."""
    return sum(int(group[name]) for group in groups)
