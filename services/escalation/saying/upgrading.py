"""A matter becomes graver, by time or because the customer had to raise it several times."""

from services.escalation.saying.clocks import arm, cancel
from services.escalation.saying.hand import Hand
from services.escalation.saying.raises import tell_upgrade
from shared.contracts.escalation import SeverityUpgraded
from shared.rules.clocks import clocks_for
from shared.rules.conditions import Matter
from shared.rules.grading import severity_named, upgrades_for
from shared.rules.model import UpgradeRule
from shared.rules.words import StartFact


def upgrade(hand: Hand, rule: UpgradeRule) -> str:
    """Take the case to the severity of *rule*, whose clocks start now, and tell whom it names."""
    before, was = hand.matter, hand.case.severity
    rank = severity_named(hand.case_type, rule.to).rank
    hand.change(severity=rule.to, rank=rank, severity_at=hand.at, severity_by="")
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
    cancel(hand, gone, because="upgraded")
    new = [rule for rule in applying if rule.id not in old and rule.start is StartFact.RECEIVED]
    arm(hand, [(rule, hand.at) for rule in new], "upgraded")
