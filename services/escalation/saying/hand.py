"""A case in hand while one message or one step is folded."""

from datetime import datetime
from typing import Any

from services.escalation.policy.audience import Scene, next_shift
from services.escalation.policy.clockwork import Clock, Terms
from services.escalation.state import Case, Docket
from shared.contracts.envelope import Fact
from shared.contracts.fold import Moment, Say, Step
from shared.organisation.records import Site
from shared.rules.chain import next_level
from shared.rules.changing import changed
from shared.rules.clocks import Limits
from shared.rules.conditions import Matter
from shared.rules.indexing import Index, index_of
from shared.rules.limits import as_in_manual, at_site
from shared.rules.model import CaseType, ClockRule, Pack
from shared.rules.vendors import VENDOR_IDS, agreed
from shared.rules.words import Flag, Validity

MESSAGES_NEVER_WAIT = frozenset({"major", "emergency"})
"""Severities whose messages go out at once, whatever the clock (ESC-6)."""


class Hand:
    """The case as decided so far, and what is to be said about it, in order.

    Lives for one fold only; the state that leaves is frozen again.

    Attributes:
        at: The instant being judged; a history moves it from act to act.
        now: When it is being handled; only used so that nobody is called silent before he was told.
        cause: Id of the message being folded; empty for a command or a step in time.
    """

    def __init__(self, case: Case, moment: Moment) -> None:
        self.case = case
        self._own: Case | None = None
        self._indexed: tuple[str, Index] | None = None
        self.at = moment.at
        self.moment = moment
        self.now = moment.now
        self.cause = moment.cause or ""
        self.said: list[Say] = []

    def change(self, **fields: Any) -> None:
        """Replace fields of the case."""
        if self.case is not self._own:
            self.case = self._own = changed(self.case, **fields)
            return
        for name, value in fields.items():  # a value made here, which nobody else has yet
            object.__setattr__(self.case, name, value)

    def put(self, *clocks: Clock) -> None:
        """Put clocks in the place of those of the same rules."""
        anew = {clock.id for clock in clocks}
        kept = (clock for clock in self.case.clocks if clock.id not in anew)
        tentative = self.case.tentative or any(clock.provisional for clock in clocks)
        self.change(clocks=(*kept, *clocks), tentative=tentative)

    def say(self, fact: Fact) -> None:
        """Say *fact* as of the instant being judged."""
        self.said.append(Say(fact, at=self.at))

    def step(self, why: str) -> Step:
        """The answer of the fold."""
        self._own = None
        return Step(why=why, state=Docket(self.case), say=tuple(self.said))

    @property
    def pack(self) -> Pack:
        """The pack the case has pinned."""
        return self.moment.book.pack(self.case.pack, self.case.pack_version)

    @property
    def case_type(self) -> CaseType:
        """Its procedure."""
        return self.pack.case_types[self.case.case_type]

    @property
    def site(self) -> Site:
        """Its estate."""
        return self.moment.book.site(self.case.site)

    @property
    def matter(self) -> Matter:
        """The case as the rules see it."""
        case = self.case
        flags = frozenset((*case.flags, *case.marks)) if case.marks else frozenset(case.flags)
        return Matter(case.severity, Validity(case.validity), case.category, flags)

    @property
    def index(self) -> Index:
        """Its procedure, by what sets the rules off."""
        if self._indexed is None or self._indexed[0] != self.case.case_type:
            self._indexed = (self.case.case_type, index_of(self.case_type))
        return self._indexed[1]

    @property
    def terms(self) -> Terms:
        """What goes into the reckoning of its clocks."""
        case = self.case
        return Terms(self.pack, self.moment.book.calendar(case.site), self.limits, case.category, case.agreements)

    @property
    def limits(self) -> Limits:
        """What people and the site have set beside the manual."""
        case = self.case
        return Limits(
            case.customer_limit,
            case.department_limit,
            self.site.parameters,
            planned=case.duty.due_at if case.duty else None,
            outside=case.outside,
            form=case.form,
            pack=self.pack,
            case_type=case.case_type,
            next_shift=self._next_shift,
        )

    @property
    def imported(self) -> bool:
        """Whether the instant being judged lies in the past an import brought along."""
        return self.case.quiet_until is not None and self.at < self.case.quiet_until

    @property
    def hushed(self) -> bool:
        """Whether nobody is told: a drill, the past of an import, a matter under its incident, a case that is over.

        A closed case is not over while a clock runs that its closing has started.
        """
        return self.case.drill or self.imported or self.joined or (self.case.closed and not self.case.running)

    @property
    def reachable(self) -> bool:
        """Whether whoever reported it can be told anything."""
        return Flag.NO_CONTACT not in self.case.flags

    @property
    def joined(self) -> bool:
        """Whether the incident's own case is raised instead; asking the customer afterwards is each matter's own."""
        case = self.case
        return case.incident is not None and not case.resolved and not case.own_order

    def rule(self, clock: str) -> ClockRule | None:
        """The rule of that id in the case's procedure, or of its vendor's contract, as it counts at the site."""
        rule = self.index.clocks.get(clock)
        if rule is None:
            return None
        if clock in VENDOR_IDS:
            return self._by_contract(rule)
        return rule if as_in_manual(rule, self.site.parameters) else at_site(rule, self.limits)[0]

    @property
    def lead(self) -> str | None:
        """The level above the desk."""
        return next_level(self.pack, self.pack.chain[0])

    def _next_shift(self, whose: str, after: datetime) -> datetime | None:
        return next_shift(whose, self.scene(), after=after)

    def _by_contract(self, rule: ClockRule) -> ClockRule:
        department = self.case.department and self.moment.book.department_for(self.case.site, self.case.department)
        contract = department.contract if department else None
        return (contract and agreed(rule, contract, self.lead)) or rule

    def scene(self, *, day_based: bool = False) -> Scene:
        """Where people are looked for; messages of day-based clocks wait for duty unless the case is grave."""
        case = self.case
        return Scene(
            self.site,
            self.moment.book.staff,
            self.at,
            assignee=case.assignee,
            first_receiver=case.first_receiver,
            department=(case.duty and case.duty.role) or case.department,
            waits=day_based and case.severity not in MESSAGES_NEVER_WAIT,
            informed=tuple(dict.fromkeys(person for one in case.raises for person in (*one.people, *one.copied))),
        )
