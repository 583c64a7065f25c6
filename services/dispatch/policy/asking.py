"""What the customer's answer, or silence, leads to.

Source: requirements §3.21, §9.2 (FU-1 to FU-4), §9.3.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Literal

from shared.rules.asking import FollowUpRule
from shared.rules.words import FollowUpMethod
from shared.timekeeping.calendar import local_date, zone_named

SAMPLE_EVERY = 10
"""Of the members of an incident completed together every tenth is asked, the first one always (product default)."""

HOURS_AT_LEAST = 2
"""Attempts to reach somebody must fall in at least two different hours of the day (FU-1)."""

Given = Literal["satisfied", "unsatisfied", "unreached", "refused"]


class Verdict(StrEnum):
    """What a recorded follow-up means for the case."""

    CLOSE = "close"
    HANDLE_AGAIN = "handle_again"
    ASK_AGAIN = "ask_again"
    AUTHORITY_DECIDES = "authority_decides"


def judge(answer: Given, rule: FollowUpRule, *, attempts: Sequence[datetime], zone: str, unsatisfied: int) -> Verdict:
    """Decide what follows from *answer*.

    Args:
        answer: What was recorded now.
        rule: The pack's rule.
        attempts: Instants of the unanswered attempts of this round, this one included.
        zone: The site's; its dates and hours count.
        unsatisfied: Unsatisfied rounds before this answer. Once the pack's number is reached only a satisfied customer
            or a closer ends the case: three calls into the void must not close what three rounds have not mended.
    """
    if answer == "satisfied":
        return Verdict.CLOSE
    if answer == "unsatisfied":
        return Verdict.HANDLE_AGAIN
    if answer == "unreached" and not enough(rule, attempts, zone=zone):
        return Verdict.ASK_AGAIN
    return Verdict.AUTHORITY_DECIDES if unsatisfied >= rule.max_unsatisfied_rounds else Verdict.CLOSE


def enough(rule: FollowUpRule, attempts: Sequence[datetime], *, zone: str) -> bool:
    """Whether the customer was tried often enough, on enough local dates and at different hours (FU-1)."""
    days = {local_date(attempt, zone) for attempt in attempts}
    hours = {attempt.astimezone(zone_named(zone)).hour for attempt in attempts}
    return len(attempts) >= rule.attempts and len(days) >= rule.attempt_days and len(hours) >= HOURS_AT_LEAST


def visit_missing(wanted: str, answer: Given, method: str) -> bool:
    """Whether the pack wants a visit and the opinion was asked another way (CK-FUP-14)."""
    return wanted == FollowUpMethod.VISIT and answer in ("satisfied", "unsatisfied") and method != "visit"


def in_sample(place: int) -> bool:
    """Whether the member at *place*, from 0, of an incident's list is asked (§9.3)."""
    return place % SAMPLE_EVERY == 0
