"""A matter becomes graver, by time or because the customer had to raise it several times; or had no cause to."""

from dataclasses import replace

from services.escalation.policy.clockwork import Clock, Ending, reinstated
from services.escalation.policy.upgrade import Upgraded
from services.escalation.saying.clocks import annul, arm, cancel, retracted, show
from services.escalation.saying.hand import Hand
from services.escalation.saying.raises import tell_upgrade
from services.escalation.saying.rearming import plan_upgrades
from shared.contracts.escalation import SeverityUpgraded, UpgradeAnnulled
from shared.rules.changing import changed
from shared.rules.clocks import clocks_for
from shared.rules.conditions import Matter
from shared.rules.grading import severity_named, upgrades_for
from shared.rules.model import UpgradeRule
from shared.rules.vendors import VENDOR_IDS
from shared.rules.words import StartFact
from shared.timekeeping.calendar import local_date

BECAUSE = "upgraded"
"""How facts about clocks name an upgrade as their cause."""
ANNULLED = "annulled"


def upgrade(hand: Hand, rule: UpgradeRule) -> str:
    """Take the case to the severity of *rule*, whose clocks start now, and tell whom it names."""
    before, was = hand.matter, hand.case.severity
    rank = severity_named(hand.case_type, rule.to).rank
    hand.change(severity=rule.to, rank=rank, severity_at=hand.at, severity_by="")
    hand.change(upgraded=(*hand.case.upgraded, Upgraded(rule.id, hand.at, was, rule.to)))
    left = {one.id for one in upgrades_for(hand.case_type, hand.matter)}
    hand.change(upgrades=tuple(one for one in hand.case.upgrades if one.rule in left))
    hand.say(SeverityUpgraded(rule=rule.id, was=was, severity=rule.to, effective_at=hand.at, silent=hand.hushed))
    _change_clocks(hand, before)
    tell_upgrade(hand, rule)
    return "upgraded"


def _change_clocks(hand: Hand, before: Matter) -> None:
    """The new severity's clocks start at the upgrade; of the old one's only what is breached runs on."""
    old = {rule.id for rule in clocks_for(hand.case_type, before)}
    applying = clocks_for(hand.case_type, hand.matter)
    kept = {rule.id for rule in applying}
    gone = [clock for clock in hand.case.running if clock.id not in kept and not clock.breached]
    cancel(hand, gone, because=BECAUSE)
    new = [rule for rule in applying if rule.id not in old and rule.start is StartFact.RECEIVED]
    arm(hand, [(rule, hand.at) for rule in new], BECAUSE)


def settled_before(hand: Hand) -> None:
    """Take back every upgrade that came after what is heard only now: the matter had been settled by then (TS-8)."""
    for one in reversed(hand.case.upgraded):
        if hand.at <= one.at:
            _take_back(hand, one)


def judged_before(hand: Hand) -> None:
    """Take back every upgrade that came after a judgement heard only now, by which its rule did not apply."""
    rules = {rule.id: rule for rule in hand.case_type.upgrades}
    for one in reversed(hand.case.upgraded):
        rule = rules.get(one.rule)
        applies = rule is not None and rule.when.holds(replace(hand.matter, severity=one.was))
        if hand.at <= one.at and not applies:
            _take_back(hand, one)


def _take_back(hand: Hand, one: Upgraded) -> None:
    """The severity goes back unless a person has judged it since; those who were told of the upgrade hear of it."""
    dropped = [each for each in hand.case.raises if (each.reason, each.rule) == ("upgrade", one.rule)]
    today = local_date(hand.at, hand.site.zone)
    hand.change(
        upgraded=tuple(each for each in hand.case.upgraded if each != one),
        raises=tuple(each for each in hand.case.raises if each not in dropped),
        raised_on=tuple(day for day in hand.case.raised_on if day <= today),
    )
    if (hand.case.severity_at, hand.case.severity_by) == (one.at, ""):
        hand.change(severity=one.was, rank=severity_named(hand.case_type, one.was).rank)
        _clocks_as_before(hand, one)
        plan_upgrades(hand)
    people = retracted(hand, dropped)
    severity = hand.case.severity
    fact = UpgradeAnnulled(
        rule=one.rule, was=one.to, severity=severity, effective_at=one.at, by_fact=hand.cause, people=people
    )
    hand.say(fact)


def _clocks_as_before(hand: Hand, one: Upgraded) -> None:
    """What the upgrade started never ran, breaches included; what it took away runs again."""
    kept = {rule.id for rule in clocks_for(hand.case_type, hand.matter)} | VENDOR_IDS
    gone = [clock for clock in hand.case.clocks if clock.id not in kept and clock.start_at >= one.at]
    gone = [clock for clock in gone if clock.breached or clock.ending is not Ending.CANCELLED]
    for clock in gone:
        if clock.breached:
            annul(hand, clock)
    cancel(hand, [changed(clock, breached=False) for clock in gone], because=ANNULLED)
    show(hand, [reinstated(clock) for clock in hand.case.clocks if _taken_away(clock, one)], ANNULLED)


def _taken_away(clock: Clock, one: Upgraded) -> bool:
    return (clock.ended_by, clock.ended_at) == (BECAUSE, one.at)
