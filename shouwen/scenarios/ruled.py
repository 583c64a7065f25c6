"""What intake does by itself in a scenario: it opens duties that come round and cases a rule made necessary.

In production loops over tables do it; here the same rules decide over what is in memory.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count

from services.intake.channels.opener import report
from services.intake.commands import OpenPlanned, Recur, Ruled, planned_case
from services.intake.policy.planning import Duty, Rules, duties, rules_for
from services.intake.policy.recurring import Counted, filled, window_named
from services.intake.state import Case
from services.intake.store.recurring import Member, members_of
from shared.contracts.effects import Outcome, Wanted
from shared.contracts.fold import SYSTEM, Ask, Want
from shared.contracts.intake import MatterRecurred, RequestReceived
from shared.rules.book import Book
from shared.storage.unit import Spoken, Work
from shouwen.scenarios.cast import SITE

LOOKED_BACK, LOOKED_AHEAD = timedelta(days=400), timedelta(days=40)
FIRST_NUMBER = 1001
"""Cases of rules are numbered apart from those of the file."""


class Ruling:
    """Duties and recurrences of one run.

    Attributes:
        plans: Ids of the plans that run.
    """

    def __init__(self, book: Book, plans: frozenset[str], since: datetime) -> None:
        """Duties count from *since* on, those that run then included."""
        self.plans = plans
        self._book, self._since = book, since
        self._numbers = count(FIRST_NUMBER)
        self._opened: set[tuple[str, str]] = set()
        self._known: tuple[str, datetime, tuple[Duty, ...]] = ("", since, ())
        self._members: dict[str, list[Member]] = {}
        self._raised: set[tuple[str, str, int]] = set()

    def rules(self) -> Rules:
        """What the duties follow from as the directory stands."""
        return rules_for(self._book, self._book.site(SITE))

    def next_opening(self, to: datetime) -> datetime | None:
        """When a duty opens up to *to*; None if none does."""
        return min((duty.time.opens_at for duty in self._pending(to)), default=None)

    def openings(self, now: datetime) -> list[Ask]:
        """The commands that open what is to open by *now*, each once."""
        due = sorted(self._pending(now), key=lambda duty: duty.time.opens_at)
        self._opened |= {(duty.plan.id, duty.time.period) for duty in due}
        return [self._opening(duty, now, person) for duty in due for person in self._people(duty)]

    def duties(self, to: datetime) -> tuple[Duty, ...]:
        """Every duty of the running plans up to *to*, opened ones included."""
        rules = self.rules()
        digest, until, found = self._known
        if digest != rules.digest or to >= until:
            until = to + LOOKED_AHEAD
            found = duties(rules, start=self._since - LOOKED_BACK, end=until)
            self._known = (rules.digest, until, found)
        return tuple(duty for duty in found if duty.plan.id in self.plans and duty.time.due_at > self._since)

    def is_opened(self, duty: Duty) -> bool:
        """Whether its case has been opened."""
        return (duty.plan.id, duty.time.period) in self._opened

    def linked(self, entity: str, want: Want, now: datetime) -> Ask:
        """The command that opens a case a rule made necessary."""
        wanted = Wanted(want.key, entity, want.kind, want.recipient, want.payload, 1)
        return report(wanted, Outcome(done=True, evidence=str(next(self._numbers))), 1, now)

    def recurred(self, work: Work, now: datetime) -> list[Ask]:
        """The commands that say what has come back with *work*."""
        said = [one for one in work.spoken if one.heading.speaker == "intake"]
        for spoken in said:
            self._note(spoken, work)
        return [ask for case in dict.fromkeys(one.heading.entity for one in said) for ask in self._full(case, now)]

    def _pending(self, to: datetime) -> Iterator[Duty]:
        if not self.plans:
            return
        for duty in self.duties(to):
            if duty.time.opens_at <= to and not self.is_opened(duty):
                yield duty

    def _people(self, duty: Duty) -> tuple[str | None, ...]:
        """Whom the duty is about, one by one; a duty about nobody in particular comes once."""
        role = duty.plan.each_of
        if role is None:
            return (None,)
        return tuple(one.id for one in self._book.staff.appointed(SITE, role, duty.time.opens_at))

    def _opening(self, duty: Duty, now: datetime, person: str | None) -> Ask:
        time = duty.time
        command = OpenPlanned(
            site=SITE,
            rule=duty.plan.id,
            period=time.period,
            opens_at=time.opens_at,
            due_at=time.due_at,
            remind_at=time.remind_at,
            person=person,
        )
        entity = planned_case(SITE, duty.plan.id, time.period, person)
        ruled = Ruled(command, next(self._numbers))
        return Ask(entities=(entity,), command=ruled, actor=SYSTEM, at=now, right="admin")

    def _note(self, spoken: Spoken, work: Work) -> None:
        entity, state = spoken.heading.entity, work.slots[spoken.heading.entity].state
        if isinstance(state, Case):
            self._members[entity] = list(members_of(entity, state, self._book))
        if isinstance(spoken.fact, MatterRecurred):
            mine = (one for one in self._members.get(entity, ()) if one.rule.id == spoken.fact.rule)
            self._raised |= {(*_kind(one), one.window) for one in mine}

    def _full(self, case: str, now: datetime) -> Iterator[Ask]:
        for mine in self._members.get(case, ()):
            same = [one for each in self._members.values() for one in each if _kind(one) == _kind(mine)]
            counted = [Counted(one.case, one.received_at, one.window, one.past) for one in same]
            raised = [window for rule, kind, window in self._raised if (rule, kind) == _kind(mine)]
            for full in filled(mine.rule, counted, raised):
                window = window_named(mine.rule.window, full.window)
                command = Recur(rule=mine.rule.id, case=full.case, cases=full.cases, window=window)
                yield Ask(entities=(full.case,), command=command, actor=SYSTEM, at=now, right="admin")


def _kind(one: Member) -> tuple[str, str]:
    return one.rule.id, one.kind


def name_of(fact: RequestReceived, names: dict[str, str]) -> str | None:
    """What a scenario calls a case nobody logged: by plan and period, or by the case and rule it comes from."""
    name = _origin(fact, names)
    again = sum(known.partition("#")[0] == name for known in names)
    return f"{name}#{again + 1}" if name is not None and again else name


def _origin(fact: RequestReceived, names: dict[str, str]) -> str | None:
    if fact.planned is not None:
        return f"{fact.planned.rule}/{fact.planned.period}"
    if fact.opened_by is None:
        return None
    parent = next((name for name, entity in names.items() if entity == fact.split_from), "")
    return f"{parent}/{fact.opened_by.rule}"
