"""Why a clock is due when it is, interval by interval, and who would hear of a breach now."""

from collections.abc import Mapping
from typing import Any

from services.escalation.api.showing import because, said, stamp, standing
from services.escalation.policy.account import DECIDED, Account, Stretch, account, day_reason
from services.escalation.policy.audience import Reached, gather
from services.escalation.policy.clockwork import Clock
from services.escalation.saying.hand import Hand
from shared.organisation.records import CalendarRecord, Named
from shared.rules.chain import ladder
from shared.rules.grading import handler_of
from shared.rules.model import ClockRule
from shared.rules.words import ASSIGNEE, FIRST_RECEIVER
from shared.timekeeping.calendar import CountedDay
from shared.web.wording import Voice

_PERSONS: Mapping[str, Named] = {
    ASSIGNEE: Named("经办人", "the assignee"),
    FIRST_RECEIVER: Named("首问责任人", "whoever was asked first"),
}


def explained(hand: Hand, voice: Voice) -> dict[str, Any]:
    """The case and one entry a clock; instants in UTC, to be shown in the site's zone."""
    case, site = hand.case, hand.site
    told = {"number": case.number, "site": case.site, "site_name": _both(site.name), "zone": site.zone}
    pack = {"pack": case.pack, "pack_version": case.pack_version}
    return told | pack | {"clocks": [_explained(hand, clock, voice) for clock in case.clocks]}


def _explained(hand: Hand, clock: Clock, voice: Voice) -> dict[str, Any]:
    rule = hand.rule(clock.id)
    if rule is None:
        return {"clock": clock.id, "state": standing(clock, hand.at)}
    steps = ladder(hand.pack, rule, handler=handler_of(hand.case_type, hand.matter))
    found = gather(steps.told, hand.scene(day_based=clock.day_based))
    return {
        "clock": clock.id,
        "name": said(rule.name, voice),
        "source": rule.source,
        "product_default": rule.product_default,
        "state": standing(clock, hand.at),
        "starts_with": str(rule.start),
        "stops_with": [str(stop) for stop in rule.stop],
        "start_at": stamp(clock.start_at),
        "due_at": stamp(clock.due_at),
        "ended_at": stamp(clock.ended_at),
        "because": because(hand, clock, voice),
        **_accounted(hand, clock, rule),
        "told": [_reached(hand, one) for one in found.people],
        "empty_chairs": list(found.empty_chairs),
        "empty_posts": [_both(_post(hand, role)) for role in found.empty_chairs],
        "climb": list(steps.climb),
        "climb_posts": [_both(_post(hand, role)) for role in steps.climb],
    }


def _accounted(hand: Hand, clock: Clock, rule: ClockRule) -> dict[str, Any]:
    reckoned = account(rule, clock, site=hand.site, terms=hand.terms)
    return {
        "basis": str(rule.basis),
        "amount": rule.amount,
        "why": clock.why,
        "pieces": [_piece(one) for one in reckoned.pieces],
        "counted_seconds": reckoned.counted.total_seconds(),
        "days": [_day(one) for one in reckoned.days],
        "counted_days": sum(one.counted for one in reckoned.days) if reckoned.days else None,
        "calendar": _calendar(reckoned.calendar),
        "provisional": list(reckoned.provisional),
        "brought_forward_from": stamp(reckoned.counted_to),
        "decided": _decided(hand, clock, reckoned),
    }


def _piece(one: Stretch) -> dict[str, Any]:
    return {
        "start": stamp(one.start),
        "end": stamp(one.end),
        "seconds": (one.end - one.start).total_seconds(),
        "counted": one.counted,
        "because": {"word": one.word} | _both(one.because),
    }


def _day(one: CountedDay) -> dict[str, Any]:
    because_ = {"word": str(one.because)} | _both(day_reason(one))
    return {"day": one.day.isoformat(), "counted": one.counted, "because": because_}


def _calendar(record: CalendarRecord | None) -> dict[str, Any] | None:
    if record is None:
        return None
    proof = record.evidence
    evidence = (
        {
            "source": proof.source,
            "dated": proof.dated.isoformat(),
            "approved_by": proof.approved_by,
            "approved_at": stamp(proof.approved_at),
        }
        if proof
        else None
    )
    return {"version": record.version, "evidence": evidence}


def _decided(hand: Hand, clock: Clock, reckoned: Account) -> dict[str, Any] | None:
    """Who has set the instant, and how, where it was not counted; ``by`` is None where a limit stands for itself."""
    if clock.why not in DECIDED or clock.due_at is None:
        return None
    person = hand.moment.book.staff.person(clock.by) if clock.by else None
    by = {"person": clock.by, "name": person.name if person else clock.by} if clock.by else None
    return {"how": clock.why} | _both(reckoned.pieces[0].because) | {"by": by, "until": stamp(clock.due_at)}


def _reached(hand: Hand, one: Reached) -> dict[str, Any]:
    person = hand.moment.book.staff.person(one.person)
    return {
        "person": one.person,
        "name": person.name if person else one.person,
        "role": one.role,
        "post": _both(_post(hand, one.role)),
        "tell_at": stamp(one.tell_at),
        "why": list(one.why),
    }


def _post(hand: Hand, role: str) -> Named:
    return hand.pack.roles.get(role) or _PERSONS.get(role) or Named(role, role)


def _both(name: Named) -> dict[str, str]:
    return {"zh": name.zh, "en": name.en}
