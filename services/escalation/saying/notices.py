"""Who is told because something happened, inside the house and outside.

Source: requirements section 4.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from services.escalation.policy.audience import Reached, reach, relief
from services.escalation.policy.ladder import above
from services.escalation.saying.clocks import begin
from services.escalation.saying.hand import MESSAGES_NEVER_WAIT, Hand
from services.escalation.saying.raises import Reason, meet_told, raise_case, told_to
from shared.contracts.escalation import NoticeWanted
from shared.rules.clocks import call_window
from shared.rules.indexing import set_off_by
from shared.rules.model import NoticeRule
from shared.rules.words import ASSIGNEE, FIRST_RECEIVER, Outside, StartFact
from shared.timekeeping.calendar import local_date
from shared.timekeeping.zones import instant_at


def happen(hand: Hand, start: StartFact, *, after: str | None = None, by: str = "") -> None:
    """Arm what starts with this fact, and tell whom the pack wants told of it; *by* is who did it."""
    begin(hand, set_off_by(start, after))
    announce(hand, start, after=after, by=by)


def over(hand: Hand, *, withdrawn: bool) -> None:
    """The case has ended, which two speakers tell of a withdrawal: whoever is heard first ends it, once.

    What intake took back may have been worked on meanwhile. When dispatch tells of the end everything it did before has
    been heard, so notices of a withdrawal that apply only now are given then.
    """
    if hand.case.closed:
        _told_since(hand, withdrawn=withdrawn)
        return
    for ending in (StartFact.WITHDRAWN, StartFact.CLOSED) if withdrawn else (StartFact.CLOSED,):
        happen(hand, ending)
    known = _applying(hand, StartFact.WITHDRAWN) if withdrawn else ()
    hand.change(closed=True, wishes=(), noticed=(*hand.case.noticed, *(rule.id for rule in known)))


def _told_since(hand: Hand, *, withdrawn: bool) -> None:
    rules = _applying(hand, StartFact.WITHDRAWN) if withdrawn else ()
    fresh = [rule for rule in rules if rule.id not in hand.case.noticed]
    if fresh:
        hand.change(closed=False)
        give_notice(hand, fresh)
        hand.change(closed=True, noticed=(*hand.case.noticed, *(rule.id for rule in fresh)))


def _applying(hand: Hand, start: StartFact) -> tuple[NoticeRule, ...]:
    matter = hand.matter
    return tuple(rule for rule in hand.index.notices.get(start.value, ()) if rule.when.holds(matter))


def announce(hand: Hand, start: StartFact, *, after: str | None = None, by: str = "") -> None:
    """Tell whom the pack wants told of this fact."""
    rules = hand.index.notices.get(set_off_by(start, after))
    if rules:
        matter = hand.matter
        give_notice(hand, [rule for rule in rules if rule.when.holds(matter)], by=by)


def welcome(hand: Hand) -> None:
    """Tell whom the pack wants told of the reception of such a matter; a notice once given is not given again."""
    noticed = hand.case.noticed
    fresh = [rule for rule in _applying(hand, StartFact.RECEIVED) if rule.id not in noticed]
    give_notice(hand, fresh)
    if fresh:
        hand.change(noticed=(*noticed, *(rule.id for rule in fresh)))


def give_notice(hand: Hand, rules: Iterable[NoticeRule], *, by: str = "") -> None:
    """Tell whom the pack names, and end the clocks this telling meets."""
    for rule in rules:
        inward, outward = _tell_inside(hand, rule, by), _tell_outside(hand, rule)
        if inward or outward:
            meet_told(hand, rule.clocks, because=rule.id)


def _tell_inside(hand: Hand, rule: NoticeRule, by: str) -> bool:
    if hand.hushed or not (rule.tell or rule.copy):
        return hand.hushed
    reason: Reason = "intake" if rule.on is StartFact.RECEIVED else "notice"
    climb_to = above(hand.pack, rule.tell) if rule.tell else ()
    scene = relief(rule.tell, hand.scene(), of=by) if rule.incoming else None
    one = raise_case(hand, reason, rule.tell, climb_to=climb_to, copy=rule.copy, rule=rule.id, scene=scene)
    return bool(one.people or (one.copied and not rule.tell))


def _tell_outside(hand: Hand, rule: NoticeRule) -> bool:
    """Ask staff to tell those outside; only the clocks of a notice to nobody inside are met by it.

    Whoever has left no way to reach him is not looked for: who that is stands in the fact, and nobody is asked.
    """
    if not rule.outside or hand.imported:
        return False
    to = tuple(one.value for one in rule.outside if one is not Outside.CUSTOMER or hand.reachable)
    people, text = () if hand.hushed or not to else _see_to_it(hand), rule.text or rule.name
    hand.say(
        NoticeWanted(
            rule=rule.id,
            to=to,
            no_contact=tuple(one.value for one in rule.outside if one.value not in to),
            means=tuple(one.value for one in rule.means),
            zh=text.zh,
            en=text.en,
            not_before=_calling_hours(hand, rule),
            people=told_to(people),
            silent=hand.hushed or not to,
        )
    )
    return bool(people or not to) and not rule.tell


def _see_to_it(hand: Hand) -> tuple[Reached, ...]:
    """Whoever is assigned, else the department, else the desk."""
    scene = hand.scene()
    found = (reach(role, scene).people for role in (ASSIGNEE, hand.pack.chain[0], FIRST_RECEIVER))
    return next((people for people in found if people), ())


def _calling_hours(hand: Hand, rule: NoticeRule) -> datetime | None:
    """When calling begins, where it is not calling time now; grave matters do not wait (N-22)."""
    waits = rule.quiet and hand.case.severity not in MESSAGES_NEVER_WAIT
    window = call_window(hand.pack, hand.site.parameters) if waits else None
    if window is None:
        return None
    today = local_date(hand.at, hand.site.zone)
    begins, ends = (instant_at(today, minute, hand.site.zone) for minute in window)
    if hand.at < begins:
        return begins
    return instant_at(today + timedelta(days=1), window[0], hand.site.zone) if hand.at > ends else None
