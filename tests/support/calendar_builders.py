"""A pack whose clocks count working time, an estate that runs it, and requests under it."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from shared.contracts.envelope import Heading, Heard
from shared.contracts.ids import RealIds
from shared.contracts.intake import RequestReceived
from shared.organisation.records import Named
from shared.packs.loader import builtin_pack
from shared.packs.schema import to_wire
from shared.rules.model import ClockRule, Pack
from shared.rules.words import Basis, StartFact, StopFact
from shared.storage.letters import Letter

PACK = "T-WORKING"
DAYS, HOURS, PLAIN = "CK-WD", "CK-WH", "CK-24"
HALF_PAST_EIGHT = [{"start": 510, "end": 1050}]
NEW_YEAR = {
    "year": 2027,
    "source": "国办发明电〔2026〕7号",
    "published": "2026-11-10",
    "off": ["2027-01-01", "2027-01-02", "2027-01-03", "2027-01-04", "2027-01-05"],
    "make_up": ["2027-01-10"],
}
EVIDENCE = {"source": "国办发明电〔2026〕7号", "dated": "2026-11-10"}


def working_pack() -> Pack:
    """``P000`` with three clocks for a complaint: three working days, eight working hours, twenty-four hours."""
    manual = builtin_pack("P000")
    clocks = (
        _rule(DAYS, Basis.WORKING_DAYS, 3, StopFact.COMPLETED),
        _rule(HOURS, Basis.WORKING_HOURS, 8, StopFact.STARTED),
        _rule(PLAIN, Basis.HOURS, 24, StopFact.ACCEPTED),
    )
    complaint = replace(manual.case_types["complaint"], clocks=clocks, raises_at_intake=())
    types = {**manual.case_types, "complaint": complaint}
    return replace(manual, id=PACK, version=1, source="tests", case_types=types)


def _rule(name: str, basis: Basis, amount: int, stop: StopFact) -> ClockRule:
    limits = ("customer_limit",) if basis is Basis.WORKING_DAYS else ()
    return ClockRule(
        id=name,
        name=Named(f"时限 {name}", f"limit {name}"),
        start=StartFact.RECEIVED,
        stop=(stop,),
        basis=basis,
        amount=amount,
        source="tests",
        extend="department_supervisor",
        pausable=bool(limits),
        overridable_by=limits,
    )


def calendar_body(version: str = "1", **changes: Any) -> dict[str, Any]:
    """Monday to Friday 08:30–17:30 with the holidays of mainland China."""
    return {"version": version, "weekly": [HALF_PAST_EIGHT] * 5 + [[], []], "statutory": "cn"} | changes


def site_records(*sites: str) -> dict[str, Any]:
    """The pack, and estates that run it, as an administrator sends them."""
    active = {"pack": PACK, "version": 1, "since": "2020-01-01T00:00:00+08:00"}
    records = [{"record": "pack", "key": PACK, "body": to_wire(working_pack())}]
    for site in sites:
        body = {
            "code": site.upper(),
            "name": {"zh": site, "en": site},
            "zone": "Asia/Shanghai",
            "packs": [active],
            "calendar": calendar_body(),
        }
        records.append({"record": "site", "key": site, "body": body})
    return {"records": records}


def case_id(number: int) -> str:
    """A case of the tests."""
    return f"case-{number:032x}"


def request(number: int, at: datetime, site: str = "s1", **changes: Any) -> Letter:
    """A complaint as escalation hears it."""
    given: dict[str, Any] = {
        "number": f"{site.upper()}-{number}",
        "site": site,
        "pack": PACK,
        "pack_version": 1,
        "case_type": "complaint",
        "category": "engineering_repair",
        "severity": "minor",
        "channel": "phone",
        "department": "engineering_dept",
        "received_at": at,
        "logged_at": at,
        "first_receiver": "ann",
        "registered_by": "ann",
    }
    fact = RequestReceived.model_validate(given | changes)
    entity = case_id(number)
    return letter_of_heard(Heard(Heading(RealIds().message(), fact.wire_kind(), entity, at, 1, entity), fact))


def letter_of_heard(heard: Heard) -> Letter:
    """A fact as it lies in the log."""
    heading, body = heard.heading, heard.fact.model_dump_json().encode()
    return Letter(heading, heard.fact.subject(heading), heading.headers(), body, heard)
