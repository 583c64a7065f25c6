"""What people ask in a simulated world, chosen from what stands there at that moment."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from services.dispatch.commands import (
    Accept,
    Assign,
    Close,
    Complete,
    CompleteAll,
    Defer,
    FollowUp,
    Reopen,
    Reply,
    Return,
    Start,
    TakeStep,
    Transfer,
)
from services.escalation.commands import Acknowledge, DecideExtension, PushUp, RequestExtension
from services.escalation.state import Case, Docket
from services.intake.commands import (
    Amend,
    Classify,
    Consent,
    ImportCase,
    Link,
    LogRequest,
    OpenIncident,
    RaiseAgain,
    Withdraw,
)
from shared.contracts.history import Act, ActName, History
from shared.rules.conditions import Matter as MatterOf
from shared.rules.filling import with_marks
from shared.rules.model import CaseType
from shared.rules.stepping import would_mark
from shared.rules.words import Validity
from shouwen.torture.cast import book, matters, people
from shouwen.torture.filling import plausible

REASON = "说明"
PASTS: tuple[tuple[ActName, ...], ...] = (
    (),
    ("accepted",),
    ("accepted", "completed"),
    ("accepted", "replied", "completed", "closed"),
)
DEPARTMENTS = ("engineering_dept", "security_dept", "cleaning_dept", "greening_dept")


def report(chance: Random, incident: str | None) -> LogRequest:
    """Something is reported, sometimes as part of an incident."""
    matter = chance.choice(matters())
    return LogRequest(
        site=matter.site,
        case_type=matter.case_type,
        category=matter.category,
        severity=matter.severity,
        content=REASON,
        incident=incident,
        flags=("contracted_service",) if chance.random() < 1 / 4 else (),
        drill=chance.random() < 1 / 30,
        form=plausible(matter.form, MatterOf(matter.severity, category=matter.category), chance),
    )


def incident(chance: Random) -> OpenIncident:
    """A cause of many matters."""
    matter = chance.choice([one for one in matters() if one.case_type == "emergency"])
    return OpenIncident(site=matter.site, category=matter.category, area="3栋", cause="停水", content=REASON)


def past(chance: Random, now: datetime) -> ImportCase:
    """A case of the past with what happened to it; five keys only, so that some are brought twice."""
    matter = chance.choice([one for one in matters() if one.case_type == "complaint"])
    received = now - timedelta(days=chance.randint(1, 40), minutes=chance.randint(0, 600))
    names = chance.choice(PASTS)
    ats = sorted(received + (now - received) * chance.random() for _ in names)
    acts = tuple(Act(act=name, at=at) for name, at in zip(names, ats, strict=True))
    history = History(source="world", key=str(chance.randint(1, 5)), acts=acts, quiet_until=now)
    return ImportCase(
        site=matter.site,
        case_type=matter.case_type,
        category=matter.category,
        severity=matter.severity,
        received_at=received,
        history=history,
    )


def _assignee(chance: Random, _docket: Docket | None, _now: datetime) -> Assign:
    persons = [actor.person for actor in people() if actor.person]
    return Assign(assignee=chance.choice(persons))


def _reply(chance: Random, _docket: Docket | None, now: datetime) -> Reply:
    later = now + timedelta(hours=chance.randint(1, 50)) if chance.random() < 1 / 4 else None
    return Reply(kind=chance.choice(("first", "progress", "result")), method="phone", agreed_until=later)


def _follow_up(chance: Random, docket: Docket | None, _now: datetime) -> FollowUp:
    answer = chance.choice(("satisfied", "satisfied", "unsatisfied", "unreached", "refused"))
    case = docket.case if docket is not None else None
    form = plausible(_procedure(case).follow_up.form, _matter(case), chance) if case is not None else {}
    return FollowUp(answer=answer, method="visit", form=form)


def _procedure(case: Case) -> CaseType:
    own = book().pack(case.pack, case.pack_version).case_types
    return own.get(case.case_type) or book().safety_pack(case.received_at).case_types[case.case_type]


def _matter(case: Case) -> MatterOf:
    flags = frozenset((*case.flags, *case.marks))
    return MatterOf(case.severity, Validity(case.validity), case.category, flags)


def _take(chance: Random, docket: Docket | None, _now: datetime) -> TakeStep | None:
    """Any step of the procedure, possible or not, well filled in."""
    case = docket.case if docket is not None else None
    steps = _procedure(case).steps if case is not None else ()
    if case is None or not steps:
        return None
    rule = chance.choice(steps)
    outcome = chance.choice([one.id for one in rule.outcomes]) if rule.outcomes else None
    matter = _matter(case)
    matter = replace(matter, flags=with_marks(matter.flags, {would_mark(rule, outcome)}))
    return TakeStep(step=rule.id, outcome=outcome, form=plausible(rule.form, matter, chance))


def _defer(chance: Random, _docket: Docket | None, now: datetime) -> Defer:
    return Defer(until=now + timedelta(hours=chance.randint(1, 30)), reason=REASON)


def _close(chance: Random, _docket: Docket | None, _now: datetime) -> Close:
    return Close(ending=chance.choice(("completed", "by_authority", "invalid", "anonymous")), reason=REASON)


def _classify(chance: Random, _docket: Docket | None, _now: datetime) -> Classify:
    how = chance.choice(({"severity": "major"}, {"severity": "minor"}, {"validity": "invalid"}, {"validity": "valid"}))
    return Classify.model_validate({**how, "reason": REASON, "correction": chance.random() < 1 / 2})


def _amend(chance: Random, _docket: Docket | None, now: datetime) -> Amend:
    return Amend(customer_limit=now + timedelta(hours=chance.randint(1, 30)), reason=REASON)


def _consent(chance: Random, _docket: Docket | None, now: datetime) -> Consent:
    return Consent(consent=chance.choice(("CN-1", "CN-2")), until=now + timedelta(hours=chance.randint(1, 60)))


def _acknowledge(chance: Random, docket: Docket | None, _now: datetime) -> Acknowledge | None:
    case = docket.case if docket is not None else None
    waiting = [one.id for one in case.raises if not one.taken_by] if case is not None else []
    return Acknowledge(raise_id=chance.choice(waiting)) if waiting else None


def _running(chance: Random, docket: Docket | None) -> tuple[str, datetime] | None:
    case = docket.case if docket is not None else None
    running = [(clock.id, clock.due_at) for clock in case.running if clock.due_at] if case is not None else []
    return chance.choice(running) if running else None


def _extend(chance: Random, docket: Docket | None, _now: datetime) -> RequestExtension | None:
    found = _running(chance, docket)
    if found is None:
        return None
    return RequestExtension(clock=found[0], until=found[1] + timedelta(hours=chance.randint(1, 20)), reason=REASON)


def _decide(chance: Random, docket: Docket | None, _now: datetime) -> DecideExtension | None:
    found = _running(chance, docket)
    if found is None:
        return None
    until = found[1] + timedelta(hours=chance.randint(1, 20)) if chance.random() < 1 / 2 else None
    decision = chance.choice(("approve", "approve", "refuse"))
    return DecideExtension(clock=found[0], decision=decision, until=until, reason=REASON)


Asking = Callable[[Random, Docket | None, datetime], Any]

SERVED_BY: dict[str, tuple[str, Asking]] = {
    "accept": ("dispatch", lambda *_: Accept()),
    "assign": ("dispatch", _assignee),
    "start": ("dispatch", lambda *_: Start()),
    "complete": ("dispatch", lambda *_: Complete()),
    "reply": ("dispatch", _reply),
    "follow_up": ("dispatch", _follow_up),
    "return": ("dispatch", lambda *_: Return(reason=REASON)),
    "transfer": ("dispatch", lambda chance, *_: Transfer(department=chance.choice(DEPARTMENTS), reason=REASON)),
    "close": ("dispatch", _close),
    "reopen": ("dispatch", lambda *_: Reopen(because="customer", reason=REASON)),
    "take": ("dispatch", _take),
    "defer": ("dispatch", _defer),
    "complete_all": ("dispatch", lambda *_: CompleteAll()),
    "classify": ("intake", _classify),
    "amend": ("intake", _amend),
    "consent": ("intake", _consent),
    "raise_again": ("intake", lambda *_: RaiseAgain()),
    "withdraw": ("intake", lambda *_: Withdraw(reason=REASON)),
    "acknowledge": ("escalation", _acknowledge),
    "push_up": ("escalation", lambda *_: PushUp(reason=REASON)),
    "extend": ("escalation", _extend),
    "decide": ("escalation", _decide),
}
"""Who carries an act out, and how it is worded; None when there is nothing to word it about."""


def join(incident_case: str) -> Link:
    """Hang a case under an incident."""
    return Link(incident=incident_case, reason=REASON)


def anybody(chance: Random) -> Any:
    """Who asks."""
    return chance.choice(people())
