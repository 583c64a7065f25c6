"""Rows as cases and facts make them."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from services.notify.policy.news import About
from services.notify.policy.outward import Owed
from shared.contracts.envelope import Heading
from shared.contracts.notify import NoticeDelivered, NoticeDropped, NoticeFailed, NoticeSeenTo, NoticeSent

Row = dict[str, Any]
ENDED = NoticeDelivered | NoticeSent | NoticeFailed | NoticeDropped


def owed_row(entity: str, about: About, owed: Owed) -> Row:
    """What somebody outside is to hear, as `outward` keeps it."""
    place = {"entity": entity, "site": about.site, "number": about.number}
    return place | asdict(owed) | {"audience": owed.to}


def seen_row(heading: Heading, fact: NoticeSeenTo) -> Row:
    """What staff did about it."""
    kept = {"id": fact.notice, "outcome": fact.outcome, "used": fact.means, "by": fact.by, "late": fact.late}
    return kept | {"told_at": fact.told_at, "seen_at": heading.at}


def ended_row(heading: Heading, fact: ENDED) -> Row:
    """What became of a notice on a channel, as `deliveries` keeps it, with its case and person."""
    return {
        "entity": heading.entity,
        "notice": fact.notice,
        "person": fact.person,
        "channel": fact.channel,
        "outcome": fact.name,
        "code": fact.because if isinstance(fact, NoticeDropped) else getattr(fact, "code", "0"),
        "evidence": getattr(fact, "evidence", ""),
        "attempts": getattr(fact, "attempts", 1),
        "ended_at": heading.at,
    }


def inbox_row(payload: Mapping[str, Any]) -> Row:
    """What an inbox holds of a message beside its words and its hour."""
    names = ("person", "site", "number", "severity", "topic", "reason", "raise_id")
    return {"id": payload["notice"]} | {name: payload[name] for name in names}
