"""What a scenario can look at: kinds of things seen, and the fields each of them has.

A check names a kind and some of its fields; it holds when one thing of that kind has all of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

OPEN_FIELDS = "*"


class Value(StrEnum):
    """How a field is written and compared."""

    WORD = "word"
    PART = "part"
    INSTANT = "instant"
    NUMBER = "number"
    YES = "yes"
    WORDS = "words"
    PERSON = "person"
    PEOPLE = "people"
    COUNTS = "counts"
    CLOCK = "clock"
    CASE = "case"


@dataclass(frozen=True, slots=True)
class Sight:
    """One kind of thing.

    Attributes:
        main: The field a bare value stands for.
        fields: Every field and how it is written.
        one: There is exactly one for a case, so a difference is shown field by field.
        words: Closed lists of words, by field.
    """

    name: str
    zh: str
    main: str
    fields: Mapping[str, Value]
    one: bool = False
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


W, P, I, N, Y, WS = Value.WORD, Value.PART, Value.INSTANT, Value.NUMBER, Value.YES, Value.WORDS  # noqa: E741
CLOCK_STATES = ("running", "breached", "met", "late", "unset", "awaiting_date", "done", "cancelled", "absent")
TOPICS = ("raised", "warned", "ordered", "corrected", "decided")
REASONS = (
    *("intake", "breach", "silence", "upgrade", "extension", "asked", "unreachable", "share", "last_call", "issued"),
    *("transferred", "classified", "amended", "linked", "reopened", "approved", "approved_late", "refused"),
)
_SIGHTS = (
    Sight(
        "clock",
        "时钟",
        "id",
        {
            "id": Value.CLOCK,
            "state": W,
            "start": I,
            "due": I,
            "warn": I,
            "last_call": I,
            "why": W,
            "basis": W,
            "promise": W,
            "product_default": Y,
            "extended_by": Value.PERSON,
            "approved_late_until": I,
            "ended": I,
            "ended_by": W,
            "breached": Y,
            "name": P,
            "source": P,
        },
        words={"state": CLOCK_STATES},
    ),
    Sight("breach", "超时", "clock", {"clock": Value.CLOCK, "due": I, "at": I, "severity": W, "silent": Y}),
    Sight("annulled", "撤销的超时", "clock", {"clock": Value.CLOCK, "due": I, "at": I}),
    Sight(
        "told",
        "收到消息",
        "who",
        {
            "who": Value.PERSON,
            "role": W,
            "at": I,
            "about": W,
            "why": W,
            "clock": Value.CLOCK,
            "due": I,
            "contains": P,
            "channel": W,
            "level": N,
            "severity": W,
            "copy": Y,
        },
        words={"about": TOPICS, "why": REASONS, "channel": ("inbox", "wecom")},
    ),
    Sight(
        "raise",
        "升级上报",
        "reason",
        {
            "reason": W,
            "level": N,
            "clock": Value.CLOCK,
            "at": I,
            "roles": WS,
            "people": Value.PEOPLE,
            "empty_chairs": WS,
            "severity": W,
            "acknowledge_by": I,
            "acknowledged": Y,
            "acknowledged_by": Value.PERSON,
            "due": I,
        },
        words={"reason": ("intake", "breach", "silence", "upgrade", "extension", "asked", "unreachable")},
    ),
    Sight("upgrade", "级别升级", "to", {"to": W, "was": W, "rule": W, "at": I, "silent": Y}),
    Sight("order", "工单", "department", {"department": W, "number": N, "round": N, "at": I, "order": P, "copies": N}),
    Sight(
        "follow_up",
        "回访",
        "who",
        {
            "who": WS,
            "method": W,
            "round": N,
            "opened": I,
            "opens": I,
            "due": I,
            "answer": W,
            "attempts": N,
            "satisfied": Y,
            "open": Y,
            "asked_by": Value.PERSON,
            "asked_at": I,
        },
        words={"answer": ("satisfied", "unsatisfied", "unreached", "refused")},
    ),
    Sight(
        "promise",
        "对来电人的承诺",
        "clock",
        {"clock": Value.CLOCK, "kind": W, "due": I, "why": W, "name": P, "product_default": Y, "basis": W, "source": P},
    ),
    Sight(
        "state",
        "案件",
        "status",
        {
            "status": W,
            "severity": W,
            "validity": W,
            "category": W,
            "case_type": W,
            "department": W,
            "round": N,
            "assignee": Value.PERSON,
            "pack": Value.WORD,
            "version": N,
            "possible": WS,
            "orders": N,
            "flags": WS,
            "incident": Value.CASE,
            "split_from": Value.CASE,
            "ending": W,
            "received": I,
            "logged": I,
            "late_entry": Y,
            "channel": W,
            "first_receiver": Value.PERSON,
            "registered_by": Value.PERSON,
            "customer_limit": I,
            "criteria": WS,
            "department_limit": I,
            "number": P,
            "unit": W,
            "drill": Y,
            "upgrade_at": I,
            "request": W,
        },
        one=True,
    ),
    Sight("fact", "事实", "kind", {"kind": W, "at": I, "by": Value.PERSON, OPEN_FIELDS: W}),
    Sight(
        "register",
        "登记表",
        "id",
        {
            "id": W,
            "month": W,
            "window": W,
            "rows": N,
            "received": N,
            "from": I,
            "to": I,
            "due": I,
            "incidents": N,
            "categories": Value.COUNTS,
            "severities": Value.COUNTS,
            "validities": Value.COUNTS,
            "packs": Value.COUNTS,
            "totals": Value.COUNTS,
            "columns": WS,
            "pack": W,
        },
        one=True,
        words={"window": ("own", "calendar")},
    ),
    Sight("row", "登记表的行", "register", {"register": W, "month": W, "window": W, OPEN_FIELDS: W}),
    Sight(
        "measure",
        "指标",
        "id",
        {
            "id": W,
            "register": W,
            "month": W,
            "window": W,
            "numerator": N,
            "denominator": N,
            "percent": N,
            "not_yet_judged": N,
            "target": N,
            "reached": Y,
            "pack": W,
        },
        one=True,
    ),
)
SIGHTS: Mapping[str, Sight] = {sight.name: sight for sight in _SIGHTS}
SHORT: Mapping[str, tuple[str, str]] = {
    "severity": ("state", "severity"),
    "validity": ("state", "validity"),
    "pack": ("state", "pack"),
    "possible": ("state", "possible"),
    "ending": ("state", "ending"),
    "assignee": ("state", "assignee"),
    "status": ("state", "status"),
}
"""Fields of the case that may stand as a check of their own."""

NONE: Mapping[str, str] = {
    **{f"no_{sight.name}": sight.name for sight in _SIGHTS if not sight.one},
    "not_told": "told",
    "no_message": "told",
    "not_breached": "breach",
}
"""Checks that nothing of a kind is there."""

OTHER_WORDS: Mapping[str, str] = {
    "message": "told",
    "notified": "told",
    "clocks": "clock",
    "deadline": "clock",
    "breached": "breach",
    "raised": "raise",
    "escalated": "raise",
    "orders": "order",
    "promised": "promise",
    "kpi": "measure",
    "possible_acts": "possible",
    "facts": "fact",
}
"""Words people write for a check, and the one this format uses."""

CHECKS = (*SIGHTS, *SHORT, *NONE)
AROUND = ("at", "case", "count", "note")
"""What may stand beside the kind; ``at`` says when one looks."""
