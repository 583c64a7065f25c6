"""Clocks and raises of a case as an answer shows them."""

from datetime import datetime
from typing import Any

from services.escalation.policy.account import reckoned_with
from services.escalation.policy.clockwork import Clock
from services.escalation.policy.ladder import Raise
from services.escalation.saying.hand import Hand
from shared.organisation.records import Named
from shared.organisation.site_calendar import calendar_from
from shared.rules.clocks import call_window, due
from shared.rules.explaining import because_number
from shared.rules.grading import acknowledgement
from shared.rules.words import Basis
from shared.web.wording import Voice


def shown(hand: Hand, voice: Voice) -> dict[str, Any]:
    """The body of a case."""
    case = hand.case
    return {
        "number": case.number,
        "site": case.site,
        "severity": case.severity,
        "status": "closed" if case.closed else "open",
        "incident": case.incident,
        "clocks": [_clock(hand, clock, voice) for clock in case.clocks],
        "raises": [_raise(hand, one) for one in case.raises],
        "extensions": [{"clock": wish.clock, "until": stamp(wish.until), "by": wish.by} for wish in case.wishes],
        "upgrades": [{"rule": one.rule, "at": stamp(one.at)} for one in case.upgrades if not case.resolved],
        "possible": _possible(hand),
    }


def because(hand: Hand, clock: Clock, voice: Voice) -> list[str]:
    """The reckoning of a due instant, one sentence a step, in the reader's language."""
    rule, terms = hand.rule(clock.id), hand.terms
    if rule is None:
        return []
    if rule.basis is Basis.COUNT:
        return [said(because_number(rule), voice)]
    record = reckoned_with(rule, clock, site=hand.site, terms=terms)
    reckoned = due(
        rule,
        start=clock.start_at,
        calendar=calendar_from(record, hand.site.zone) if record else terms.calendar,
        limits=terms.limits,
        category=terms.category,
        call_window=call_window(terms.pack, terms.limits.parameters),
    )
    if reckoned.at == clock.due_at:
        return [said(step, voice) for step in reckoned.because]
    sentence = "经批准延期，到{at}为止（含）" if clock.why == "extended" else "按当时的承诺，到{at}为止（含）"
    sentence = "客户同意，到{at}为止（含）" if clock.why == "consent" else sentence
    sentence = "客户同意暂缓，到{at}为止（含）" if clock.why == "deferred" else sentence
    return [voice.translate(sentence).format(at=voice.until(clock.due_at) if clock.due_at else "—")]


def said(name: Named, voice: Voice) -> str:
    """A name in the reader's language."""
    return name.zh if voice.language == "zh" else name.en


def stamp(instant: datetime | None) -> str | None:
    """RFC 3339 with offset."""
    return instant.isoformat() if instant else None


def _clock(hand: Hand, clock: Clock, voice: Voice) -> dict[str, Any]:
    rule = hand.rule(clock.id)
    return {
        "clock": clock.id,
        "name": said(rule.name, voice) if rule else clock.id,
        "state": standing(clock, hand.at),
        "start_at": stamp(clock.start_at),
        "due_at": stamp(clock.due_at),
        "warn_at": stamp(clock.warn_at),
        "extended_late_until": stamp(clock.late_until),
        "breached": clock.breached,
        "ended_at": stamp(clock.ended_at),
        "ended_by": clock.ended_by or None,
        "why": clock.why,
        "because": because(hand, clock, voice),
        "promise": str(rule.promise) if rule and rule.promise else None,
        "product_default": rule.product_default if rule else False,
        "extend": rule.extend if rule else None,
        "source": rule.source if rule else "",
    }


def standing(clock: Clock, at: datetime) -> str:
    """How a clock stands at *at*: its ending, or breached, unset, running."""
    if not clock.running:
        return str(clock.ending)
    if clock.due_at is None:
        return "unset"
    return "breached" if clock.breached or at > clock.due_at else "running"


def _raise(hand: Hand, one: Raise) -> dict[str, Any]:
    return {
        "raise_id": one.id,
        "reason": one.reason,
        "clock": one.clock,
        "level": one.level,
        "roles": list(one.roles),
        "people": [_person(hand, key, copy=False) for key in one.people]
        + [_person(hand, key, copy=True) for key in one.copied],
        "acknowledge_by": stamp(one.acknowledge_by),
        "acknowledge_why": acknowledgement(hand.pack, hand.case.severity, hand.site.parameters)[1],
        "rule": one.rule,
        "acknowledged_by": one.taken_by or None,
        "climb": list(one.climb),
    }


def _person(hand: Hand, key: str, *, copy: bool) -> dict[str, Any]:
    known = hand.moment.book.staff.person(key)
    return {"person": key, "name": known.name if known else key, "copy": copy}


def _possible(hand: Hand) -> list[str]:
    rules = [hand.rule(clock.id) for clock in hand.case.running if clock.due_at is not None]
    acts = []
    if not hand.case.closed:
        acts.append("push_up")
    if any(not one.taken_by for one in hand.case.raises):
        acts.append("acknowledge")
    if any(rule is not None and rule.extend is not None for rule in rules):
        acts += ["request_extension", "decide_extension"]
    return acts
