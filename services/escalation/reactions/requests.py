"""What changes about a request: its classification, its details, what the customer agreed to, what it hangs under."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from services.escalation.policy.agreeing import LATER_ANSWER, Agreement
from services.escalation.saying.breaching import judge
from services.escalation.saying.clocks import cancel, meet, rejudge, rereckon
from services.escalation.saying.dates import follow_dates
from services.escalation.saying.following import catch_up
from services.escalation.saying.hand import Hand
from services.escalation.saying.learning import correct
from services.escalation.saying.notices import happen, over, welcome
from services.escalation.saying.putting_off import agree, overrule
from services.escalation.saying.raises import calm_all, raise_breach
from services.escalation.saying.rearming import plan_upgrades, rearm
from services.escalation.saying.upgrading import judged_before, settled_before, upgrade
from shared.contracts.envelope import Fact
from shared.contracts.intake import (
    ConsentRecorded,
    IncidentOpened,
    RequestAmended,
    RequestClassified,
    RequestRaisedAgain,
    RequestsLinked,
    RequestWithdrawn,
)
from shared.rules.clocks import Promise
from shared.rules.conditions import Matter
from shared.rules.grading import severity_named, upgrade_by_raises
from shared.rules.model import UpgradeRule
from shared.rules.words import Flag, StartFact, StopFact, Validity
from shared.timekeeping.calendar import local_date

ABOUT_TIME = frozenset({"CN-1", LATER_ANSWER})
FLAGGED = frozenset({"form", "contact"})
"""Changes that come with the circumstances as they stand."""
LIMITING = frozenset({"customer_limit", "received_at", "outer"})
"""Changes that may move a due instant; more words about a matter never do."""
SOLVED = frozenset({Flag.SOLVED_SAME_DAY.value, Flag.SOLVED_LATER.value})


def classified(hand: Hand, fact: RequestClassified) -> str:
    """Category, severity or validity changed: clocks that no longer apply end, those that do now are armed."""
    before = hand.matter
    _take_over(hand, fact)
    judged_before(hand)
    promised = {promise.clock: promise for promise in fact.promises}
    rearm(hand, "correction" if fact.correction else "classified", promised)
    catch_up(hand)
    plan_upgrades(hand)
    if not hand.case.closed:
        welcome(hand)
        _invalidated(hand, before)
        _raised_before(hand, before)
    return "classified"


def amended(hand: Hand, fact: RequestAmended) -> str:
    """The first ear, the customer's limit, the first receiver, the form or the outside line were put right."""
    promised = {promise.clock: promise for promise in fact.promises}
    if "first_receiver" in fact.changed and fact.first_receiver is not None:
        hand.change(first_receiver=fact.first_receiver)
    if "customer_limit" in fact.changed:
        hand.change(customer_limit=fact.customer_limit)
        overrule(hand, by=fact.by)
    if "received_at" in fact.changed and fact.received_at is not None:
        hand.change(received_at=fact.received_at)
    if "outer" in fact.changed:
        hand.change(outside=fact.outer.deadline if fact.outer else None)
    fields = _take_form(hand, fact)
    _clocks_follow(hand, fact, promised)
    if "received_at" in fact.changed:
        rejudge(hand, promised)
    follow_dates(hand, fields, promised)
    judge(hand, fields, correcting=True)
    catch_up(hand)
    if "form" in fact.changed and not hand.case.closed:
        welcome(hand)
    hand.change(starts={**hand.case.starts, StartFact.RECEIVED.value: hand.case.received_at})
    return "amended"


def _clocks_follow(hand: Hand, fact: RequestAmended, promised: Mapping[str, Promise]) -> None:
    because = "correction" if fact.correction else "amended"
    if not FLAGGED.isdisjoint(fact.changed):
        rearm(hand, because, promised)
        plan_upgrades(hand)
    elif not LIMITING.isdisjoint(fact.changed):
        rereckon(hand, because, promised)


def consented(hand: Hand, fact: ConsentRecorded) -> str:
    """The customer agreed to a later time (CN-1, CN-2)."""
    if fact.consent not in ABOUT_TIME or fact.until is None:
        return "not_about_time"
    meet(hand, StopFact.AGREED)
    agree(hand, Agreement(fact.consent, hand.at, fact.until, fact.by), because=f"consent {fact.consent}")
    happen(hand, StartFact.AGREED)
    return "agreed"


def _take_form(hand: Hand, fact: RequestAmended) -> frozenset[str]:
    """The form and the circumstances as they stand now; returns the fields a clock reads that differ."""
    if not FLAGGED.isdisjoint(fact.changed):
        hand.change(flags=_flags(hand, fact.flags))
    return correct(hand, fact.form) if "form" in fact.changed else frozenset()


def withdrawn(hand: Hand, _fact: RequestWithdrawn) -> str:
    """The customer took the matter back: nothing runs any more."""
    settled_before(hand)
    cancel(hand, hand.case.running, because="withdrawn")
    calm_all(hand)
    over(hand, withdrawn=True)
    return "withdrawn"


def raised_again(hand: Hand, _fact: RequestRaisedAgain) -> str:
    """The customer had to come back: counted once a day after a broken promise, and several times make it graver.

    Source: requirements UP-2, CL-6.
    """
    day = local_date(hand.at, hand.site.zone)
    if not _promise_broken(hand) or hand.case.incident is not None or hand.case.resolved or hand.case.closed:
        return "not_counted"
    if day in hand.case.raised_on:
        return "counted_today"
    hand.change(raised_on=(*hand.case.raised_on, day))
    rule = _by_raises(hand)
    return upgrade(hand, rule) if rule else "counted"


def _raised_before(hand: Hand, before: Matter) -> None:
    """What the customer raised counts, too, where only now is found that the service was promised to him."""
    rule = None if hand.case.resolved else _by_raises(hand)
    if rule is not None and not rule.when.holds(before):
        upgrade(hand, rule)


def _by_raises(hand: Hand) -> UpgradeRule | None:
    raises, parameters = len(hand.case.raised_on), hand.site.parameters
    return upgrade_by_raises(hand.pack, hand.case_type, hand.matter, raises=raises, parameters=parameters)


def _promise_broken(hand: Hand) -> bool:
    rules = ((clock, hand.rule(clock.id)) for clock in hand.case.clocks if clock.breached)
    return any(rule is not None and rule.promise is not None for _, rule in rules)


def linked(hand: Hand, fact: RequestsLinked) -> str:
    """Under an incident only the incident's own case is raised; taken off again, what is overdue is raised now."""
    hand.change(incident=fact.incident, own_order=False)
    if fact.incident is not None:
        calm_all(hand)
        return "rests_under_incident"
    for clock in hand.case.running:
        rule = hand.rule(clock.id)
        if clock.breached and rule is not None and not hand.hushed:
            raise_breach(hand, clock, rule)
    return "stands_alone"


def opened_incident(hand: Hand, _fact: IncidentOpened) -> str:
    """Many matters have this one for their parent."""
    hand.change(opens_incident=True)
    return "opens_incident"


def _take_over(hand: Hand, fact: RequestClassified) -> None:
    """Of two words on severity the one with the greatest (effective_at, message id) holds."""
    case = hand.case
    if (fact.effective_at, hand.cause) > (case.severity_at, case.severity_by):
        rank = severity_named(hand.pack.case_types[fact.case_type], fact.severity).rank
        hand.change(severity=fact.severity, rank=rank, severity_at=fact.effective_at, severity_by=hand.cause)
    elif case.upgraded and fact.effective_at <= case.upgraded[0].at:
        hand.change(upgraded=(replace(case.upgraded[0], was=fact.severity), *case.upgraded[1:]))
    hand.change(
        case_type=fact.case_type,
        category=fact.category,
        validity=Validity(fact.validity),
        flags=_flags(hand, fact.flags),
        department=fact.department or case.department,
    )


def _flags(hand: Hand, said: Iterable[str]) -> tuple[str, ...]:
    """What intake says of the circumstances, with what it does not know of: switches, and when it was solved."""
    own = set(hand.pack.variants) | SOLVED | {Flag.UNSATISFIED.value}
    return tuple(sorted({*said, *(flag for flag in hand.case.flags if flag in own)}))


def _invalidated(hand: Hand, before: Matter) -> None:
    if hand.matter.validity is not Validity.INVALID or before.validity is Validity.INVALID:
        return
    happen(hand, StartFact.INVALIDATED)


ABOUT_REQUESTS: dict[type[Fact], Callable[[Hand, Any], str]] = {
    RequestClassified: classified,
    RequestAmended: amended,
    ConsentRecorded: consented,
    RequestRaisedAgain: raised_again,
    RequestWithdrawn: withdrawn,
    RequestsLinked: linked,
    IncidentOpened: opened_incident,
}
