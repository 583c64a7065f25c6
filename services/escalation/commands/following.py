"""A site's calendar has changed: the case takes it in."""

from services.escalation.commands.words import FollowCalendar
from services.escalation.saying.following import follow_calendar
from services.escalation.saying.hand import Hand
from shared.contracts.fold import Ask, Step


def follow(hand: Hand, _ask: Ask, command: FollowCalendar) -> Step:
    """Move what the calendar in force moves; an ended case is never touched."""
    moved = () if hand.case.closed else follow_calendar(hand, since=command.since)
    return hand.step("calendar_followed" if moved else "calendar_agrees")
