"""Which clocks run, after the circumstances of a case have changed."""

from collections.abc import Iterable, Mapping

from services.escalation.policy.clockwork import Clock, Ending
from services.escalation.policy.upgrade import plan
from services.escalation.saying.clocks import arm, cancel, end, rereckon
from services.escalation.saying.hand import Hand
from shared.rules.clocks import Promise, clocks_for
from shared.rules.counting import counts_time
from shared.rules.indexing import STEP
from shared.rules.model import ClockRule
from shared.rules.vendors import VENDOR_IDS


def rearm(hand: Hand, because: str, promised: Mapping[str, Promise] | None = None) -> None:
    """End what applies no longer, reckon anew what runs, and arm what applies now from starts that have happened."""
    applying = {rule.id: rule for rule in clocks_for(hand.case_type, hand.matter) if counts_time(rule)}
    cancel(hand, [one for one in hand.case.running if one.id not in applying.keys() | VENDOR_IDS], because=because)
    rereckon(hand, because, promised)
    kept = {clock.id for clock in hand.case.clocks if clock.ending is not Ending.CANCELLED}
    started = hand.case.starts
    missing = [rule for key, rule in applying.items() if key not in kept and rule.starts_with in started]
    armed = arm(hand, [(rule, started[rule.starts_with]) for rule in missing], because, promised)
    _meet_what_was_done(hand, armed, applying)


def plan_upgrades(hand: Hand) -> None:
    """Set the upgrades by time that threaten the case as it stands now."""
    planned = {upgrade.rule: upgrade for upgrade in hand.case.upgrades}
    anew = plan(
        hand.case_type,
        hand.matter,
        registered_at=hand.case.registered_at,
        not_before=hand.at,
        zone=hand.site.zone,
    )
    hand.change(upgrades=tuple(planned.get(upgrade.rule, upgrade) for upgrade in anew))


def _meet_what_was_done(hand: Hand, armed: Iterable[Clock], rules: dict[str, ClockRule]) -> None:
    """A clock armed after the fact is met by what had been done since its start."""
    for clock in armed:
        stops = (*rules[clock.id].stop, *(STEP + step for step in rules[clock.id].steps))
        done = {str(stop): hand.case.stops.get(stop) for stop in stops}
        since = {stop: at for stop, at in done.items() if at is not None and at >= clock.start_at}
        if since:
            stop = min(since, key=lambda one: since[one])
            end(hand, [clock], because=stop, at=since[stop])
