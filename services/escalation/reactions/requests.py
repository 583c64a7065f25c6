"""What changes about a request: its classification, its details, what the customer agreed to, what it hangs under."""

from collections.abc import Callable, Iterable
from typing import Any

from services.escalation.policy.clockwork import Clock, Ending
from services.escalation.policy.upgrade import plan
from services.escalation.saying.clocks import (
    agree,
    arm,
    begin,
    cancel,
    end,
    meet,
    rereckon,
)
from services.escalation.saying.following import catch_up
from services.escalation.saying.hand import Hand
from services.escalation.saying.raises import calm_all, give_notice, raise_breach
from services.escalation.saying.upgrading import upgrade
from shared.contracts.envelope import Fact
from shared.contracts.intake import (
    ConsentRecorded,
    RequestAmended,
    RequestClassified,
    RequestRaisedAgain,
    RequestsLinked,
    RequestWithdrawn,
)
from shared.rules.clocks import Promise, clocks_for
from shared.rules.conditions import Matter
from shared.rules.grading import notices_for, severity_named, upgrade_by_raises
from shared.rules.model import ClockRule
from shared.rules.words import Flag, StartFact, StopFact, Validity
from shared.timekeeping.calendar import local_date

ABOUT_TIME = frozenset({"CN-1", "CN-2"})
SOLVED = frozenset({Flag.SOLVED_SAME_DAY.value, Flag.SOLVED_LATER.value})


def classified(hand: Hand, fact: RequestClassified) -> str:
    """Category, severity or validity changed: clocks that no longer apply end, those that do now are armed."""
    before = hand.matter
    told = {rule.id for rule in notices_for(hand.case_type, before)}
    _take_over(hand, fact)
    promised = {promise.clock: promise for promise in fact.promises}
    _rearm(hand, "correction" if fact.correction else "classified", promised)
    catch_up(hand)
    _plan_upgrades(hand)
    if not hand.case.closed:
        fresh = (rule for rule in notices_for(hand.case_type, hand.matter) if rule.id not in told)
        give_notice(hand, fresh)
        _invalidated(hand, before)
    return "classified"


def amended(hand: Hand, fact: RequestAmended) -> str:
    """The first ear, the customer's limit or the first receiver were put right."""
    promised = {promise.clock: promise for promise in fact.promises}
    if "first_receiver" in fact.changed and fact.first_receiver is not None:
        hand.change(first_receiver=fact.first_receiver)
    if "customer_limit" in fact.changed:
        hand.change(customer_limit=fact.customer_limit)
    if "received_at" in fact.changed and fact.received_at is not None:
        hand.change(received_at=fact.received_at)
    rereckon(hand, "correction" if fact.correction else "amended", promised)
    catch_up(hand)
    hand.change(starts={**hand.case.starts, StartFact.RECEIVED.value: hand.case.received_at})
    return "amended"


def consented(hand: Hand, fact: ConsentRecorded) -> str:
    """The customer agreed to a later time (CN-1, CN-2)."""
    if fact.consent not in ABOUT_TIME or fact.until is None:
        return "not_about_time"
    hand.change(customer_limit=fact.until)
    meet(hand, StopFact.AGREED)
    begin(hand, StartFact.AGREED)
    agree(hand, fact.until, consent=fact.consent, by=fact.by)
    return "agreed"


def withdrawn(hand: Hand, _fact: RequestWithdrawn) -> str:
    """The customer took the matter back: nothing runs any more."""
    cancel(hand, hand.case.running, because="withdrawn")
    calm_all(hand)
    hand.change(closed=True, wishes=())
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
    parameters = hand.site.parameters
    rule = upgrade_by_raises(
        hand.pack, hand.case_type, hand.matter, raises=len(hand.case.raised_on), parameters=parameters
    )
    return upgrade(hand, rule) if rule else "counted"


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


def _take_over(hand: Hand, fact: RequestClassified) -> None:
    """Of two words on severity the one with the greatest (effective_at, message id) holds."""
    case = hand.case
    if (fact.effective_at, hand.cause) > (case.severity_at, case.severity_by):
        rank = severity_named(hand.pack.case_types[fact.case_type], fact.severity).rank
        hand.change(severity=fact.severity, rank=rank, severity_at=fact.effective_at, severity_by=hand.cause)
    switches = set(hand.pack.variants) | SOLVED
    flags = {*fact.flags, *(flag for flag in case.flags if flag in switches)}
    hand.change(
        case_type=fact.case_type,
        category=fact.category,
        validity=Validity(fact.validity),
        flags=tuple(sorted(flags)),
        department=fact.department or case.department,
    )


def _rearm(hand: Hand, because: str, promised: dict[str, Promise]) -> None:
    applying = {rule.id: rule for rule in clocks_for(hand.case_type, hand.matter)}
    cancel(hand, [clock for clock in hand.case.running if clock.id not in applying], because=because)
    rereckon(hand, because, promised)
    kept = {clock.id for clock in hand.case.clocks if clock.ending is not Ending.CANCELLED}
    started = hand.case.starts
    missing = [rule for key, rule in applying.items() if key not in kept and rule.starts_with in started]
    armed = arm(hand, [(rule, started[rule.starts_with]) for rule in missing], because, promised)
    _meet_what_was_done(hand, armed, applying)


def _meet_what_was_done(hand: Hand, armed: Iterable[Clock], rules: dict[str, ClockRule]) -> None:
    """A clock armed after the fact is met by what had been done since its start."""
    for clock in armed:
        done = {stop: hand.case.stops.get(stop.value) for stop in rules[clock.id].stop}
        since = {stop: at for stop, at in done.items() if at is not None and at >= clock.start_at}
        if since:
            stop = min(since, key=lambda one: since[one])
            end(hand, [clock], because=stop.value, at=since[stop])


def _plan_upgrades(hand: Hand) -> None:
    planned = {upgrade.rule: upgrade for upgrade in hand.case.upgrades}
    anew = plan(
        hand.case_type,
        hand.matter,
        registered_at=hand.case.registered_at,
        not_before=hand.at,
        zone=hand.site.zone,
    )
    hand.change(upgrades=tuple(planned.get(upgrade.rule, upgrade) for upgrade in anew))


def _invalidated(hand: Hand, before: Matter) -> None:
    if hand.matter.validity is not Validity.INVALID or before.validity is Validity.INVALID:
        return
    begin(hand, StartFact.INVALIDATED)
    give_notice(hand, notices_for(hand.case_type, hand.matter, on=StartFact.INVALIDATED))


ABOUT_REQUESTS: dict[type[Fact], Callable[[Hand, Any], str]] = {
    RequestClassified: classified,
    RequestAmended: amended,
    ConsentRecorded: consented,
    RequestRaisedAgain: raised_again,
    RequestWithdrawn: withdrawn,
    RequestsLinked: linked,
}
