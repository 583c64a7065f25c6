"""A small pack made for one test, and a case under it."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from shared.contracts.intake import RequestReceived
from shared.organisation.outsiders import Contract
from shared.organisation.records import Activation, CalendarRecord, Department, Named, Site
from shared.rules.book import Book
from shared.rules.model import CaseType, Category, ClockRule, NoticeRule, Pack, Parameter, Severity
from shared.rules.words import Basis, CaseKind, StartFact, StopFact
from tests.support.escalation_builders import SITE, Folded, person
from tests.support.packs import DAY_SHIFT, SHANGHAI, local

ROLES = ("desk", "lead", "manager", "engineering_dept", "quality", "security")
CHAIN = ("desk", "lead", "manager")
NAME = Named("某项", "something")


def clock(id_: str, start: StartFact, basis: Basis, amount: int | None = None, **more: Any) -> ClockRule:
    """A clock that stops with the reply unless told otherwise."""
    given: dict[str, Any] = {"stop": (StopFact.REPLIED,)} | more
    return ClockRule(id_, NAME, start, basis, "test", amount=amount, **given)


def notice(id_: str, on: StartFact, **more: Any) -> NoticeRule:
    """A notice set off by *on*."""
    return NoticeRule(id_, NAME, "test", on=on, **more)


def pack_of(*clocks: ClockRule, parameters: dict[str, int] | None = None, **more: Any) -> Pack:
    """A pack of one case type; *more* are its fields, those of the pack in ``pack``."""
    of_pack: dict[str, Any] = more.pop("pack", {})
    kind = CaseType(
        id="complaint",
        name=NAME,
        kind=CaseKind.COMPLAINT,
        categories=(Category("engineering", NAME, "engineering_dept"),),
        source="test",
        severities=(Severity("minor", NAME, 1), Severity("major", NAME, 3)),
        default_severity="minor",
        clocks=clocks,
        **more,
    )
    made = Pack(
        id="MADE",
        version=1,
        name=NAME,
        source="test",
        roles={role: Named(role, role) for role in ROLES},
        chain=CHAIN,
        acknowledge={"other": 30},
        case_types={"complaint": kind},
        parameters={name: Parameter(value, "test") for name, value in (parameters or {}).items()},
    )
    return replace(made, **of_pack)


def book_of(pack: Pack, site: dict[str, str | int] | None = None, contract: Contract | None = None) -> Book:
    """A directory with one site under *pack* and a person of every role."""
    book = Book()
    book.put_pack(pack)
    hours = CalendarRecord(version="reference", weekly=((DAY_SHIFT,),) * 7)
    active = Activation(pack=pack.id, version=pack.version, since=local("2020-01-01 00:00"))
    book.put_site(Site(SITE, "SZ1", Named("一号苑", "One"), SHANGHAI, (active,), hours, site or {}))
    for role in ROLES:
        book.put_person(person(f"p-{role}", role))
    book.put_department(Department("d1", SITE, NAME, "engineering_dept", internal=contract is None, contract=contract))
    return book


def request(at: datetime, **fields: Any) -> RequestReceived:
    """A matter logged under the made pack at the moment it was received."""
    given: dict[str, Any] = {
        "number": "SZ1-250304-001",
        "site": SITE,
        "pack": "MADE",
        "pack_version": 1,
        "case_type": "complaint",
        "category": "engineering",
        "severity": "minor",
        "channel": "phone",
        "department": "engineering_dept",
        "received_at": at,
        "logged_at": at,
        "first_receiver": "p-desk",
        "registered_by": "p-desk",
    }
    return RequestReceived.model_validate(given | fields)


def begun(book: Book, at: str, **fields: Any) -> Folded:
    """A case just received under the made pack."""
    folded = Folded(book)
    folded.hear(request(local(at), **fields), at)
    return folded
