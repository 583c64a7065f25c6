"""How intake answers: numbers, promises and cases as JSON, instants with the site's offset."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from services.intake.api.case_types import ticked_shown
from services.intake.policy.acts import POSSIBLE
from services.intake.policy.ruling import department_of
from services.intake.ports import Found, Kept
from services.intake.state import Case
from shared.contracts.intake import RequestReceived
from shared.contracts.wording import text
from shared.organisation.records import Named
from shared.rules.book import Book
from shared.rules.clocks import DueWhy, Promise
from shared.rules.words import PromiseKind
from shared.timekeeping.calendar import zone_named
from shared.web.wording import Voice

SENTENCES = {
    PromiseKind.REPLY: "我们会在 {due} 前答复您",
    PromiseKind.RESOLVE: "我们会在 {due} 前解决",
    PromiseKind.DISPOSITION: "我们会在 {due} 前安排处理",
}
WITHOUT_DUE = {
    DueWhy.AWAITING_DATE: "{name}：时间有待约定",
    DueWhy.UNSET: "{name}：手册没有规定时限",
}
OURS = "（产品默认值，非手册规定）"


def stamp(instant: datetime, zone: str) -> str:
    """RFC 3339 with the offset of *zone*."""
    return instant.astimezone(zone_named(zone)).isoformat()


def named(name: Named) -> dict[str, str]:
    """A name in both languages."""
    return {"zh": name.zh, "en": name.en}


def promise_shown(promise: Promise, voice: Voice) -> dict[str, Any]:
    """One promise: its number as the rules gave it, and one sentence to read out."""
    return {
        "clock": promise.clock,
        "kind": str(promise.kind),
        "name": named(promise.name),
        "due_at": stamp(promise.due_at, voice.zone) if promise.due_at is not None else None,
        "why": str(promise.why),
        "basis": str(promise.basis),
        "amount": promise.amount,
        "product_default": promise.product_default,
        "source": promise.source,
        "sentence": sentence_of(promise, voice),
    }


def sentence_of(promise: Promise, voice: Voice) -> str:
    """What the desk reads out to the caller, in the caller's language."""
    ours = voice.translate(OURS) if promise.product_default else ""
    if promise.due_at is None:
        name = promise.name.zh if voice.language == "zh" else promise.name.en
        open_end = WITHOUT_DUE.get(promise.why, WITHOUT_DUE[DueWhy.UNSET])
        return voice.translate(open_end).format(name=name) + ours
    return voice.translate(SENTENCES[promise.kind]).format(due=voice.until(promise.due_at)) + ours


def received(fact: RequestReceived, book: Book, voice: Voice) -> dict[str, Any]:
    """The answer to a matter logged: its number, who has it, what was promised."""
    return {
        "case": {
            "number": fact.number,
            "site": fact.site,
            "pack": fact.pack,
            "pack_version": fact.pack_version,
            "case_type": fact.case_type,
            "category": fact.category,
            "severity": fact.severity,
            "department": _department(book, fact.site, fact.department),
            "received_at": stamp(fact.received_at, voice.zone),
            "late_entry": fact.late_entry,
            "incident": fact.incident,
            "split_from": fact.split_from,
            "decided_by": _decided_by(fact, book),
        },
        "number": fact.number,
        "promises": [promise_shown(promise, voice) for promise in fact.promises],
    }


def _decided_by(fact: RequestReceived, book: Book) -> dict[str, Any] | None:
    if not fact.criteria:
        return None
    pack = book.pack(fact.pack, fact.pack_version)
    return ticked_shown(pack, fact.case_type, severity=fact.severity, criteria=fact.criteria)


def _department(book: Book, site: str, role: str | None) -> dict[str, Any] | None:
    if role is None:
        return None
    found = department_of(book, site=site, role=role)
    return {"role": role, "id": found.id if found else None, "name": named(found.name) if found else None}


def promises_shown(promises: Iterable[Promise], voice: Voice) -> dict[str, Any]:
    """The promises alone, as they stand after a change."""
    return {"promises": [promise_shown(promise, voice) for promise in promises]}


def case_shown(kept: Kept, book: Book, voice: Voice) -> dict[str, Any]:
    """A case as intake knows it; names, phones and words are not kept here."""
    case = kept.case
    instants = ("received_at", "logged_at", "customer_limit", "department_limit", "severity_at")
    plain = (
        "number",
        "site",
        "pack",
        "case_type",
        "category",
        "severity",
        "criteria",
        "validity",
        "flags",
        "channel",
        "unit",
        "first_receiver",
        "late_entry",
        "incident",
        "split_from",
        "opens_incident",
        "drill",
        "status",
    )
    shown: dict[str, Any] = {"entity": kept.id, "service": "intake", "version": kept.version}
    shown |= {field: getattr(case, field) for field in plain}
    shown |= {field: _instant(getattr(case, field), voice.zone) for field in instants}
    shown |= {"pack_version": case.version, "department": _department(book, case.site, case.department)}
    shown |= promises_shown(case.promises, voice) | {"possible": POSSIBLE[case.status]}
    shown |= {"form": case.form, "outer": _outer(case, voice), "decided_by": decided_by(case, book)}
    shown |= {"planned_due": _instant(case.planned_due, voice.zone)}
    return shown | ({"area": case.area, "cause": case.cause} if case.opens_incident else {})


def decided_by(case: Case, book: Book) -> dict[str, Any] | None:
    """Why a case is as grave as it is; None where no box decided it."""
    pack = book.pack(case.pack, case.version)
    return ticked_shown(pack, case.case_type, severity=case.severity, criteria=case.criteria)


def _outer(case: Case, voice: Voice) -> dict[str, Any] | None:
    if case.outer is None:
        return None
    deadline = _instant(case.outer.deadline, voice.zone)
    return {"line": case.outer.line, "number": case.outer.number, "deadline": deadline}


def _instant(instant: datetime | None, zone: str) -> str | None:
    return stamp(instant, zone) if instant is not None else None


def incident_shown(kept: Kept, voice: Voice) -> dict[str, Any]:
    """An incident in a list."""
    case: Case = kept.case
    sentence = text("{area}：{cause}，{members} 件", area=case.area, cause=case.cause, members=kept.members)
    return {
        "entity": kept.id,
        "number": case.number,
        "site": case.site,
        "category": case.category,
        "severity": case.severity,
        "area": case.area,
        "cause": case.cause,
        "members": kept.members,
        "opened_at": stamp(case.received_at, voice.zone),
        "drill": case.drill,
        "sentence": voice.say(sentence),
    }


def resident_shown(found: Found) -> dict[str, Any]:
    """A resident found, with the day of leaving where there is one."""
    return found.resident.model_dump() | ({"until": found.until.isoformat()} if found.until else {})
