"""What time alone does to a case: warnings, breaches, silence, upgrades."""

from collections.abc import Callable
from datetime import datetime
from enum import IntEnum

from services.escalation.policy.audience import reach
from services.escalation.policy.clockwork import Clock
from services.escalation.saying.breaching import breach
from services.escalation.saying.hand import Hand
from services.escalation.saying.notices import give_notice
from services.escalation.saying.raises import climb_on, told_to
from services.escalation.saying.upgrading import upgrade
from services.escalation.state import Case, Docket
from shared.contracts.escalation import ClockWarned, Reminded
from shared.contracts.fold import Moment, Step
from shared.rules.changing import changed
from shared.rules.words import ASSIGNEE


class Passes(IntEnum):
    """What can pass, in the order of things that pass at one instant."""

    SHARE = 0
    LAST_CALL = 1
    DUE = 2
    SILENCE = 3
    UPGRADE = 4
    REMIND = 5
    NOTICE = 6


Coming = tuple[datetime, Passes, str]


def due(docket: Docket) -> datetime | None:
    """The next instant at which time changes the case; None if it never does."""
    if docket.case is None:
        return None
    coming = _coming(docket.case)
    return min(coming)[0] if coming else None


def fire(docket: Docket, moment: Moment) -> Step:
    """Apply the one step due at ``due(docket)``."""
    assert docket.case is not None
    _, passes, key = min(_coming(docket.case))
    hand = Hand(docket.case, moment)
    return hand.step(FIRES[passes](hand, key))


def _coming(case: Case) -> list[Coming]:
    coming: list[Coming] = []
    for clock in case.clocks:
        if clock.running and not clock.breached:
            coming += _of_clock(clock)
    for one in case.raises:
        if one.acknowledge_by is not None:
            coming.append((one.acknowledge_by, Passes.SILENCE, one.id))
    return coming if case.closed else coming + _while_open(case)


def _while_open(case: Case) -> list[Coming]:
    coming = [(one.at, Passes.NOTICE, one.rule) for one in case.pending]
    if case.resolved:
        return coming
    if case.duty is not None and case.duty.remind_at is not None:
        coming.append((case.duty.remind_at, Passes.REMIND, case.duty.rule))
    return coming + [(upgrade.at, Passes.UPGRADE, upgrade.rule) for upgrade in case.upgrades]


def _of_clock(clock: Clock) -> list[Coming]:
    marks = (
        (clock.warn_at, Passes.SHARE),
        (clock.last_call_at, Passes.LAST_CALL),
        (clock.due_at, Passes.DUE),
    )
    return [(instant, passes, clock.id) for instant, passes in marks if instant is not None]


def _share(hand: Hand, key: str) -> str:
    clock = _clock(hand, key)
    hand.put(changed(clock, warn_at=None))
    if hand.imported:
        return "quiet_past"
    people = () if hand.hushed else reach(ASSIGNEE, hand.scene(day_based=clock.day_based)).people
    assert clock.due_at is not None
    hand.say(ClockWarned(clock=key, due_at=clock.due_at, warning="share", people=told_to(people), silent=hand.hushed))
    return "warned"


def _last_call(hand: Hand, key: str) -> str:
    clock = _clock(hand, key)
    hand.put(changed(clock, last_call_at=None))
    if hand.imported:
        return "quiet_past"
    # He is at work then by definition, so this message never waits.
    people = () if hand.hushed else reach(ASSIGNEE, hand.scene()).people
    assert clock.due_at is not None
    hand.say(
        ClockWarned(clock=key, due_at=clock.due_at, warning="last_call", people=told_to(people), silent=hand.hushed)
    )
    return "last_call"


def _breach(hand: Hand, key: str) -> str:
    breach(hand, _clock(hand, key))
    return "breached"


def _silence(hand: Hand, key: str) -> str:
    one = next(one for one in hand.case.raises if one.id == key)
    return climb_on(hand, one, "silence")


def _upgrade(hand: Hand, key: str) -> str:
    return upgrade(hand, next(rule for rule in hand.case_type.upgrades if rule.id == key))


def _remind(hand: Hand, key: str) -> str:
    duty = hand.case.duty
    assert duty is not None
    hand.change(duty=changed(duty, remind_at=None))
    people = () if hand.hushed else reach(ASSIGNEE, hand.scene()).people
    hand.say(Reminded(rule=key, due_at=duty.due_at, people=told_to(people), silent=hand.hushed))
    return "reminded"


def _notice(hand: Hand, key: str) -> str:
    hand.change(pending=tuple(one for one in hand.case.pending if one.rule != key))
    give_notice(hand, [one for one in hand.case_type.raises_at_intake if one.id == key and one.when.holds(hand.matter)])
    return "noticed"


def _clock(hand: Hand, key: str) -> Clock:
    clock = hand.case.clock(key)
    assert clock is not None
    return clock


FIRES: dict[Passes, Callable[[Hand, str], str]] = {
    Passes.SHARE: _share,
    Passes.LAST_CALL: _last_call,
    Passes.DUE: _breach,
    Passes.SILENCE: _silence,
    Passes.UPGRADE: _upgrade,
    Passes.REMIND: _remind,
    Passes.NOTICE: _notice,
}
