"""Writes the duties of every site down some days ahead and opens the cases of duties when their time comes.

Several replicas share the work: sites are planned under a lock, due duties are claimed by skipping what another
holds. A claim that is lost is claimed again; the case id follows from the duty, so its case opens once.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from math import inf
from time import monotonic

import structlog

from services.intake.commands import OpenPlanned, Ruled, planned_case
from services.intake.policy.planning import WRITTEN_AHEAD, Memo, Rules, duties, made_up_from, plan_of, rules_for
from services.intake.ports import Numbers
from services.intake.ports.planning import OPENED, REFUSED, SPREAD, Claim, Duties, Known, Planning, Settled, Written
from shared.contracts.fold import SYSTEM, Ask, Refusal
from shared.organisation.records import Site
from shared.rules.plans import PlanRule
from shared.runtime.desk import UNSAID_MOST
from shared.runtime.engine import Engine, Submission
from shared.runtime.loops import WHILE_HELD, seconds_until
from shared.storage.trouble import is_transient
from shared.timekeeping.calendar import local_date

log = structlog.get_logger()

SITES_AT_ONCE, DUTIES_AT_ONCE, LOOKED_AT = 100, 200, 20
ALREADY_OPEN, UNKNOWN = "already_open", "unknown_plan"
POLL = 1.0
"""Seconds between two glances at the directory and at the clock, which may have been moved."""
LOOK_EVERY = 5.0
"""Seconds between two looks for duties that others have written or left behind."""
LAGGING = timedelta(minutes=1)
"""So long a duty may wait for a replica whose directory knows its rule; then nobody does any more."""


@dataclass(slots=True)
class Planner:
    """What intake does by itself about duties that come round.

    Attributes:
        ahead: How far ahead duties are written down.
    """

    engine: Engine
    shelf: Duties
    numbers: Numbers
    ahead: timedelta = WRITTEN_AHEAD
    _seq: int = -1
    _rules: dict[str, tuple[Site, int, Rules, str]] = field(default_factory=dict)
    _planned: dict[str, Known] = field(default_factory=dict)
    _next: datetime | None = None
    _looked_at: float = -inf

    async def turn(self) -> float:
        """Plan what has to be planned, open what is to open; answers how long nothing will open."""
        now = self.engine.clock.now()
        if await self.plan(now):
            self._looked_at = -inf
        if self._facts_cannot_leave():
            return POLL
        if self._may_open(now):
            self._looked_at = -inf
            if await self.open(now):
                return 0
            self._next, self._looked_at = await self.shelf.next_opening(), monotonic()
        return seconds_until(self._next, self.engine.clock, at_most=POLL) or WHILE_HELD

    def _may_open(self, now: datetime) -> bool:
        """Whether the next duty known is due, or may not be the next any more."""
        return (self._next is not None and self._next <= now) or monotonic() >= self._looked_at + LOOK_EVERY

    def _facts_cannot_leave(self) -> bool:
        publisher = self.engine.publisher
        return bool(publisher.no_room) or publisher.unsaid > UNSAID_MOST

    async def plan(self, now: datetime) -> int:
        """Bring every site's duties up to date; answers how many sites were written."""
        upto = horizon(now, self.ahead)
        stale = [site async for site in _yielding(self._stale(upto))]
        memo: Memo = {}
        for start in range(0, len(stale), SITES_AT_ONCE):
            await self._plan(stale[start : start + SITES_AT_ONCE], now, upto, memo)
        return len(stale)

    def _stale(self, upto: datetime) -> Iterator[str | None]:
        """Sites whose rules have changed or whose duties are not known far enough; None for each other one."""
        seq, self._seq = self._seq, self.engine.book.seq
        for site in list(self.engine.book.sites()):
            known = self._planned.get(site.id)
            if known is not None and known.upto >= upto and seq == self._seq:
                yield None
                continue
            _, digest = self._rules_of(site)
            yield site.id if known is None or known.upto < upto or known.digest != digest else None

    def _rules_of(self, site: Site) -> tuple[Rules, str]:
        """The rules of a site; reckoned again only when the directory has changed."""
        seen = self._rules.get(site.id)
        if seen is None or seen[0] is not site or seen[1] != self.engine.book.seq:
            rules = rules_for(self.engine.book, site)
            self._rules[site.id] = seen = (site, self.engine.book.seq, rules, rules.digest)
        return seen[2], seen[3]

    async def _plan(self, sites: Sequence[str], now: datetime, upto: datetime, memo: Memo) -> None:
        found = {site: self._rules_of(self.engine.book.site(site)) for site in sites}
        digests = {site: digest for site, (_, digest) in found.items()}
        async with self.shelf.planning(sorted(sites), now) as planning:
            # A site planned for the first time has nothing to clear, and looking would cost more the more there is.
            changed = [site for site in sites if planning.known[site].digest not in ("", digests[site])]
            since = await planning.clear(changed)
            groups = _alike(planning, digests, since, now)
            for (digest, start, running), together in groups.items():
                rules = next(rules for rules, known in found.values() if known == digest)
                begin = made_up_from(rules.parameters, known_until=start, now=now)
                await planning.write(together, duties(rules, start=begin, end=upto, running=running, memo=memo))
                await asyncio.sleep(0)
            await planning.settle(digests, upto)
        self._planned |= {site: Known(digest, upto) for site, digest in digests.items()}

    async def open(self, now: datetime, most: int = DUTIES_AT_ONCE) -> int:
        """Open what is to open by *now*; answers how many duties were taken up."""
        async with self.shelf.claimed(now, most) as claim:
            plans = {duty: self._plan_of(duty) for duty in claim.duties}
            gone = [(duty, REFUSED, UNKNOWN) for duty in plans if not plans[duty] and duty.opens_at < now - LAGGING]
            whole = [duty for duty, plan in plans.items() if plan and _is_of_many(plan) and not duty.unit]
            for duty in whole:
                await self._spread(claim, duty, plans[duty], now)
            single = {duty: plan for duty, plan in plans.items() if plan and duty not in whole}
            opened = await self._opened(single, now)
            await claim.settle([*gone, *((duty, SPREAD, None) for duty in whole), *opened])
        return len(gone) + len(whole) + len(opened)

    async def _spread(self, claim: Claim, duty: Written, plan: PlanRule | None, now: datetime) -> None:
        """Write a duty of many down for each of them."""
        book = self.engine.book
        if plan is not None and plan.each_of is not None:
            holders = book.staff.appointed(duty.site, plan.each_of, duty.opens_at)
            await claim.assign(duty, [person.id for person in holders])
            return
        await claim.spread(duty, local_date(now, book.site(duty.site).zone))

    def _plan_of(self, duty: Written) -> PlanRule | None:
        found = plan_of(self.engine.book, site=duty.site, rule=duty.rule, at=duty.opens_at)
        return found[1] if found is not None else None

    async def _opened(self, due: Mapping[Written, PlanRule], now: datetime) -> list[Settled]:
        if not due:
            return []
        numbers = await self.numbers.take(len(due))
        told = zip(due.items(), numbers, strict=True)
        submissions = [_submission(duty, plan, number, now) for (duty, plan), number in told]
        try:
            await self.engine.obey(submissions)
        except Exception as trouble:
            if is_transient(trouble):
                raise
            return [await self._alone(duty, one) for duty, one in zip(due, submissions, strict=True)]
        return [_outcome(duty, one.answer) for duty, one in zip(due, submissions, strict=True)]

    async def _alone(self, duty: Written, submission: Submission) -> Settled:
        """Open one duty by itself: whose rules are broken keeps no other from opening."""
        try:
            await self.engine.obey([submission])
        except Exception as trouble:
            if is_transient(trouble):
                raise
            log.exception("duty_not_opened", site=duty.site, rule=duty.rule, period=duty.period)
            return duty, REFUSED, type(trouble).__name__
        return _outcome(duty, submission.answer)


def horizon(now: datetime, ahead: timedelta) -> datetime:
    """Up to when duties are written down: whole days, so that all sites move on together."""
    return datetime.combine(now.astimezone(UTC).date(), time.min, UTC) + ahead


Group = tuple[str, datetime, datetime | None]


def _alike(
    planning: Planning, digests: Mapping[str, str], since: Mapping[str, datetime], now: datetime
) -> dict[Group, list[str]]:
    """Sites whose duties are the same: by rules, by when they begin, by whether running ones join."""
    groups: dict[Group, list[str]] = {}
    for site, digest in digests.items():
        known = planning.known[site]
        group = (digest, known.upto, None) if known.digest == digest else (digest, min(since.get(site, now), now), now)
        groups.setdefault(group, []).append(site)
    return groups


def _is_of_many(plan: PlanRule) -> bool:
    return plan.each_unit or plan.each_of is not None


def _submission(duty: Written, plan: PlanRule, number: int, now: datetime) -> Submission:
    one = duty.unit or None
    command = OpenPlanned(
        site=duty.site,
        rule=duty.rule,
        period=duty.period,
        opens_at=duty.opens_at,
        due_at=duty.due_at,
        remind_at=duty.remind_at,
        unit=one if plan.each_of is None else None,
        person=one if plan.each_of is not None else None,
    )
    entity = planned_case(duty.site, duty.rule, duty.period, duty.unit)
    ask = Ask(entities=(entity,), command=Ruled(command, number), actor=SYSTEM, at=now, right="admin")
    return Submission(ask, lambda _done: b"")


def _outcome(duty: Written, answer: bytes | Refusal | None) -> Settled:
    if not isinstance(answer, Refusal) or answer.why == ALREADY_OPEN:
        return duty, OPENED, None
    log.error("duty_not_opened", site=duty.site, rule=duty.rule, period=duty.period, why=answer.why)
    return duty, REFUSED, answer.why


async def _yielding(sites: Iterable[str | None]) -> AsyncIterator[str]:
    for number, site in enumerate(sites, start=1):
        if number % LOOKED_AT == 0:
            await asyncio.sleep(0)
        if site is not None:
            yield site
