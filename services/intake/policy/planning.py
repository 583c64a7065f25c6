"""Which duties come round at a site: its plans, reckoned under the packs that are in force then.

A duty belongs to the pack under which its case opens. Where a pack, a profile or the whole site begins in the middle of
a period, the duty of that period opens with it.

Source: requirements §3.41, TS-6, PR-1, PR-2; issue 5, planned cases.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2s

from shared.organisation.records import NoPackYet, Site
from shared.rules.book import Book, UnknownPack, UnknownSite
from shared.rules.model import Pack
from shared.rules.planning import (
    Occurrence,
    Parameters,
    missing,
    named_by,
    occurrences,
    parameters_of,
    standing,
)
from shared.rules.plans import PlanRule
from shared.timekeeping.calendar import Calendar

AHEAD = timedelta(days=93)
"""How far ahead duties are shown: a quarter, and a day."""

WRITTEN_AHEAD = timedelta(days=8)
"""How far ahead they are written down: what is further off is reckoned whenever somebody looks."""

BACK, BACK_DAYS = "planned_back_days", 92
"""How many days back duties are made up for after a standstill; the number is ours."""

PLANS, OFF = "plans", "off"
"""The site parameter by which a site keeps its duties elsewhere."""

Span = tuple[datetime, datetime, datetime | None]
"""From when to when, and since when running duties join."""

Memo = dict[tuple[object, ...], tuple[Occurrence, ...]]
"""What plans come to, by everything that makes a difference."""

LAST_INSTANT = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time in which the same packs are in force; *until* is not part of it."""

    since: datetime
    until: datetime
    packs: tuple[Pack, ...]

    def plans(self) -> Iterator[tuple[Pack, PlanRule]]:
        """Every plan, once: of two of one id that of the pack which comes first."""
        seen: set[str] = set()
        for pack in self.packs:
            for plan in pack.plans:
                if plan.id not in seen:
                    seen.add(plan.id)
                    yield pack, plan


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything the duties of a site follow from.

    Attributes:
        parameters: Those of the site that any of its plans asks for.
    """

    zone: str
    calendar: Calendar
    parameters: dict[str, int | str]
    stretches: tuple[Stretch, ...]

    @property
    def digest(self) -> str:
        """Names this content: two sites of one digest have the same duties."""
        packs = [(s.since, s.until, [f"{p.id}@{p.version}" for p in s.packs if p.plans]) for s in self.stretches]
        told = (self.zone, self.calendar.version, sorted(self.parameters.items()), packs)
        return blake2s(repr(told).encode(), digest_size=12).hexdigest()


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty at one time."""

    plan: PlanRule
    time: Occurrence


@dataclass(frozen=True, slots=True)
class Wait:
    """A plan that cannot be reckoned, and the site parameters it waits for; ``unset``: the manual names no time."""

    plan: PlanRule
    pack: Pack
    lacks: tuple[str, ...]


def rules_for(book: Book, site: Site) -> Rules:
    """What the duties of *site* follow from, as the directory stands."""
    edges = sorted({a.since for a in site.packs} | {edge for p in site.profiles for edge in (p.since, p.until) if edge})
    ends = (*edges[1:], LAST_INSTANT)
    stretches = tuple(
        Stretch(since, until, packs)
        for since, until in zip(edges, ends, strict=True)
        if (packs := packs_at(book, site.id, since))
    )
    running = () if site.parameters.get(PLANS) == OFF else stretches
    plans = {plan.id: plan for stretch in running for _, plan in stretch.plans()}
    counting = {BACK, *(name for plan in plans.values() for name in named_by(plan))}
    parameters = {name: value for name, value in site.parameters.items() if name in counting}
    return Rules(site.zone, book.calendar(site.id), parameters, running)


def packs_at(book: Book, site: str, at: datetime) -> tuple[Pack, ...]:
    """The packs of the site then; none where it has none yet, or the directory does not know one of them yet."""
    try:
        return book.packs_at(site, at)
    except (NoPackYet, UnknownPack, UnknownSite):
        return ()


def duties(
    rules: Rules, *, start: datetime, end: datetime, running: datetime | None = None, memo: Memo | None = None
) -> tuple[Duty, ...]:
    """Every duty that opens from *start* to *end* (not included), each once.

    Args:
        rules: Of the site.
        start: Aware.
        end: Aware.
        running: Duties that have begun before this instant and are not due yet then open at it.
        memo: What was reckoned for other sites, where many are asked for; what is reckoned joins it.
    """
    memo = {} if memo is None else memo
    found: dict[tuple[str, str], Duty] = {}
    for stretch in rules.stretches:
        begin, stop = max(start, stretch.since), min(end, stretch.until)
        if begin >= stop:
            continue
        joins = stretch.since if stretch.since == begin else None
        if running is not None and begin <= running < stop:
            joins = running
        for pack, plan in stretch.plans():
            for time in _remembered(rules, pack, plan, (begin, stop, joins), memo):
                found.setdefault((plan.id, time.period), Duty(plan, time))
    return tuple(found.values())


def _remembered(rules: Rules, pack: Pack, plan: PlanRule, span: Span, memo: Memo) -> tuple[Occurrence, ...]:
    """Sites with other parameters than this plan asks for share what it comes to."""
    own = tuple(rules.parameters.get(name) for name in named_by(plan))
    key = (pack.id, pack.version, plan.id, rules.zone, rules.calendar.version, id(rules.calendar), own, span)
    if key not in memo:
        memo[key] = tuple(_times(rules, parameters_of(pack, rules.parameters), plan, *span))
    return memo[key]


def _times(
    rules: Rules, parameters: Parameters, plan: PlanRule, start: datetime, end: datetime, joins: datetime | None
) -> Iterator[Occurrence]:
    yield from occurrences(plan, zone=rules.zone, parameters=parameters, calendar=rules.calendar, start=start, end=end)
    if joins is None:
        return
    for one in standing(plan, zone=rules.zone, parameters=parameters, calendar=rules.calendar, at=joins):
        yield Occurrence(one.period, joins, one.due_at, one.remind_at)


def waiting(rules: Rules, at: datetime) -> tuple[Wait, ...]:
    """The plans in force that cannot be reckoned, and what each lacks."""
    found = []
    for stretch in rules.stretches:
        if not stretch.since <= at < stretch.until:
            continue
        for pack, plan in stretch.plans():
            if lacks := missing(plan, parameters_of(pack, rules.parameters)):
                found.append(Wait(plan, pack, lacks))
    return tuple(found)


def plan_of(book: Book, *, site: str, rule: str, at: datetime) -> tuple[Pack, PlanRule] | None:
    """The plan of that id, with its pack, as in force at the site then."""
    for pack in packs_at(book, site, at):
        for plan in pack.plans:
            if plan.id == rule:
                return pack, plan
    return None


def made_up_from(parameters: dict[str, int | str], *, known_until: datetime, now: datetime) -> datetime:
    """From when on duties are made up for that nobody planned while the service stood still."""
    stated = parameters.get(BACK, BACK_DAYS)
    days = stated if isinstance(stated, int) else BACK_DAYS
    return max(known_until, now - timedelta(days=days))
