"""A group of three estates, its people, and requests to ask of intake."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from services.intake.commands import ImportCase, LogRequest, Numbered, OpenIncident, obey
from services.intake.folds import FOLDS
from services.intake.reactions import react
from services.intake.state import Case
from shared.contracts.envelope import Fact, Heading, Heard
from shared.contracts.fold import Actor, Ask, Grant, Moment, Refusal, Step
from shared.organisation.records import (
    Activation,
    Appointment,
    CalendarRecord,
    Department,
    Named,
    Person,
    Site,
)
from shared.packs.loader import builtin, builtin_pack
from shared.rules.book import Book
from shared.timekeeping.calendar import Span, zone_named
from shared.web.wording import Voice

EVER = datetime(2024, 1, 1, tzinfo=UTC)
SITES: Mapping[str, str] = {"s1": "P001/3", "s4": "P004", "s0": "P000"}
CASE = "case-" + "0" * 32
OTHER = "case-" + "1" * 32

DESK = Actor("acc-desk", "前台", "p-desk", (Grant("s1", "desk"), Grant("s4", "desk"), Grant("s0", "desk")))
LEAD = Actor("acc-lead", "主管", "p-lead", (Grant("*", "lead"),))
ADMIN = Actor("acc-admin", "管理员", None, (Grant("*", "admin"),))
VIEWER = Actor("acc-view", "访客", None, (Grant("s1", "view"),))
STRANGER = Actor("acc-far", "别处", None, (Grant("s9", "admin"),))


def local(stated: str) -> datetime:
    """What the wall clock in Shanghai means by *stated*, UTC."""
    return datetime.fromisoformat(stated).replace(tzinfo=zone_named("Asia/Shanghai")).astimezone(UTC)


def book(**parameters: str | int) -> Book:
    """Three sites on three packs; *parameters* are set at each."""
    filled = Book()
    for pack in builtin():
        filled.put_pack(pack)
    for number, (site, pack_id) in enumerate(SITES.items(), start=1):
        filled.put_site(_site(site, f"SZ{number}", pack_id, parameters))
        filled.put_department(Department(f"{site}-eng", site, Named("工程部", "Engineering"), "engineering_dept"))
    held = Appointment(site="s1", role="butler", since=EVER)
    filled.put_person(Person("p-desk", "王小明", appointments=(held,)))
    filled.put_person(Person("p-butler", "李四", appointments=(held,)))
    return filled


def _site(site: str, code: str, pack_id: str, parameters: Mapping[str, str | int]) -> Site:
    hours = CalendarRecord("1", weekly=((Span(510, 1050),),) * 7)
    version = builtin_pack(pack_id).version
    active = (Activation(pack_id, version, EVER),)
    return Site(site, code, Named(site, site), "Asia/Shanghai", active, hours, dict(parameters))


def request(**fields: Any) -> LogRequest:
    """A minor complaint at ``s1``."""
    return LogRequest.model_validate({"site": "s1", "category": "other", "content": "水管漏水", **fields})


def past(**fields: Any) -> ImportCase:
    """A case of the past at ``s1``, closed a day later."""
    history = {
        "source": "nyc",
        "key": "k1",
        "quiet_until": "2025-03-01T00:00:00Z",
        "acts": [{"act": "closed", "at": "2025-01-03T00:00:00Z"}],
    }
    given = {"site": "s1", "category": "other", "received_at": "2025-01-02T00:00:00Z", "history": history}
    return ImportCase.model_validate(given | fields)


def incident(**fields: Any) -> OpenIncident:
    """A burst pipe at ``s1``."""
    given = {"site": "s1", "category": "water", "area": "3栋", "cause": "flood", "content": "爆管"}
    return OpenIncident.model_validate(given | fields)


def asked(
    state: Case | None,
    command: Any,
    at: str,
    *,
    actor: Actor = DESK,
    right: str = "desk",
    rules: Book | None = None,
) -> Step | Refusal:
    """What intake answers to *command* at that local time."""
    when = local(at)
    opens = isinstance(command, LogRequest | ImportCase | OpenIncident)
    ask = Ask(
        entities=(CASE,),
        command=Numbered(command, 7) if opens else command,
        actor=actor,
        at=when,
        right=right,
    )
    return obey(state, ask, Moment(at=when, now=when, book=rules or book()))


def done(state: Case | None, command: Any, at: str, **how: Any) -> Step:
    """What intake does; fails where it refuses."""
    verdict = asked(state, command, at, **how)
    assert isinstance(verdict, Step), verdict
    return verdict


def refused(state: Case | None, command: Any, at: str, **how: Any) -> Refusal:
    """Why intake refuses; fails where it does not."""
    verdict = asked(state, command, at, **how)
    assert isinstance(verdict, Refusal), verdict
    return verdict


def logged(at: str = "2025-03-04T10:00:00", *, rules: Book | None = None, **fields: Any) -> Case:
    """The state of a request just logged."""
    state = done(None, request(**fields), at, rules=rules).state
    assert isinstance(state, Case)
    return state


def heard(state: Case | None, fact: Fact, at: str, *, rules: Book | None = None) -> Step:
    """What intake makes of a fact said at that local time."""
    when = local(at)
    heading = Heading("m1", fact.wire_kind(), CASE, when, 1, CASE)
    return react(state, Heard(heading, fact), Moment(at=when, now=when, book=rules or book(), cause="m1"))


def only_fact(step: Step) -> Any:
    """The one fact said."""
    (say,) = step.say
    return say.fact


def dues(promises: Any) -> dict[str, str | None]:
    """When each promised clock is due, Shanghai time to the minute."""
    voice = Voice("zh", "Asia/Shanghai")
    return {one.clock: voice.when(one.due_at) if one.due_at else None for one in promises}


KIND = FOLDS.kinds[0]
