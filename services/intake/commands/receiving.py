"""Commands that open a case: a matter logged, an incident, a case of the past.

Source: design section 10 (answers of intake), requirements sections 3, 9.1 and 9.3.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from services.intake.commands.bringing import check_history, differing, fingerprints, in_utc
from services.intake.commands.opening import Opening, case_of, circumstances, outer_of, receiver_of, request_of
from services.intake.commands.refusing import AlreadyImported, NotPossible, bad, no_right, unknown_site, unknown_word
from services.intake.commands.words import ImportCase, LogRequest, Numbered, OpenIncident
from services.intake.policy.forming import formed
from services.intake.policy.judging import department_for, severity_for
from services.intake.policy.ruling import Under, incident_type, rules_at, rules_of_the_past
from services.intake.state import Case
from shared.contracts.fields import is_future
from shared.contracts.fold import Ask, Moment, Refusal, Say, Step
from shared.contracts.intake import Caller, IncidentOpened
from shared.contracts.wording import text
from shared.rules.conditions import Matter
from shared.rules.words import Validity


def open_case(state: Case | None, ask: Ask, numbered: Numbered, moment: Moment) -> Step | Refusal:
    """Open a case, or say that this import is already here."""
    command = numbered.command
    if not ask.actor.can("view", command.site):
        raise NotPossible(unknown_site(command.site))
    if not ask.actor.can(ask.right, command.site):
        raise NotPossible(no_right())
    if state is not None:
        return _already(state, command)
    return OPENING[type(command)](ask, numbered, moment)


def _already(state: Case, command: LogRequest | ImportCase | OpenIncident) -> Refusal:
    differs = differing(state, command) if isinstance(command, ImportCase) else ()
    return AlreadyImported(
        why="already_imported",
        text=text("这个编号已经登记过：{number}", number=state.number),
        state=state.status.value,
        differs=differs,
    )


def _log(ask: Ask, numbered: Numbered, moment: Moment) -> Step:
    command = numbered.command
    assert isinstance(command, LogRequest)
    under = rules_at(moment.book, site=command.site, case_type=command.case_type, at=moment.at)
    received_at = min(command.received_at or moment.at, moment.at)
    _check_instants(command, received_at, moment)
    opening = _opening_of(command, under, received_at, ask, moment)
    fact = request_of(opening, ask, moment, numbered.number)
    return Step(why="logged", state=case_of(fact), say=(Say(fact),))


def _opening_of(command: LogRequest, under: Under, received_at: datetime, ask: Ask, moment: Moment) -> Opening:
    late = timedelta(minutes=under.late_entry_minutes())
    department = department_for(under.case_type, command.category)
    severity = severity_for(under.case_type, severity=command.severity, criteria=command.criteria)
    flags = under.switches() | circumstances(command.flags)
    matter = Matter(severity, category=command.category, flags=flags)
    return Opening(
        under=under,
        category=command.category,
        department=department,
        severity=severity,
        criteria=command.criteria,
        flags=flags,
        filled=formed(under, command.form, matter, received=(received_at, moment.at)),
        outer=outer_of(command.outer),
        channel=command.channel,
        unit=command.unit,
        received_at=received_at,
        logged_at=moment.at,
        occurred_at=command.occurred_at,
        late_entry=moment.at - received_at > late,
        first_receiver=receiver_of(command.first_receiver, site=command.site, ask=ask, moment=moment),
        anonymous=command.caller.anonymous,
        customer_limit=command.customer_limit,
        department_limit=command.department_limit,
        incident=command.incident,
        split_from=command.split_from,
        drill=command.drill,
        private=caller_of(command),
    )


def _check_instants(command: LogRequest, received_at: datetime, moment: Moment) -> None:
    for field in ("received_at", "occurred_at"):
        stated = getattr(command, field)
        if stated is not None and is_future(stated, moment.now):
            raise NotPossible(bad("future_time", f"/{field}", text("时间不能在将来")))
    _check_limits(command, received_at)


def _check_limits(command: LogRequest | ImportCase, received_at: datetime) -> None:
    limits = {field: getattr(command, field) for field in ("customer_limit", "department_limit")}
    limits |= {"outer/deadline": command.outer.deadline if command.outer else None}
    for field, limit in limits.items():
        if limit is not None and limit <= received_at:
            raise NotPossible(bad("limit_passed", f"/{field}", text("限定的时间须晚于受理时间")))


def _open_incident(ask: Ask, numbered: Numbered, moment: Moment) -> Step:
    command = numbered.command
    assert isinstance(command, OpenIncident)
    wanted = command.case_type or incident_type(moment.book, site=command.site, at=moment.at)
    under = rules_at(moment.book, site=command.site, case_type=wanted, at=moment.at)
    receiver = receiver_of(None, site=command.site, ask=ask, moment=moment)
    opening = Opening(
        under=under,
        category=command.category,
        department=department_for(under.case_type, command.category),
        severity=severity_for(under.case_type, severity=command.severity, criteria=()),
        flags=under.switches(),
        channel=command.channel,
        received_at=moment.at,
        logged_at=moment.at,
        first_receiver=receiver,
        opens_incident=True,
        drill=command.drill,
        private=Caller(content=command.content, place=command.area),
    )
    fact = request_of(opening, ask, moment, numbered.number)
    opened = IncidentOpened(site=command.site, area=command.area, cause=command.cause, by=receiver)
    case = replace(case_of(fact), area=command.area, cause=command.cause)
    return Step(why="incident_opened", state=case, say=(Say(fact), Say(opened)))


def _bring(ask: Ask, numbered: Numbered, moment: Moment) -> Step:
    command = numbered.command
    assert isinstance(command, ImportCase)
    check_history(command, moment.now)
    _check_limits(command, command.received_at)
    received_at, history = command.received_at, in_utc(command.history)
    under = rules_of_the_past(
        moment.book, site=command.site, case_type=command.case_type, received_at=received_at, now=moment.now
    )
    severity = severity_for(under.case_type, severity=command.severity, criteria=())
    matter = Matter(severity, Validity(command.validity), command.category, under.switches())
    opening = Opening(
        under=under,
        category=command.category,
        department=_answering(command, under),
        severity=severity,
        validity=command.validity,
        flags=matter.flags,
        filled=formed(under, command.form, matter, partial=True),
        outer=outer_of(command.outer),
        channel=command.channel,
        unit=command.unit,
        received_at=received_at,
        # The source entered it when it was received; only imports are judged by stated times.
        logged_at=received_at,
        first_receiver=receiver_of(None, site=command.site, ask=ask, moment=moment),
        anonymous=command.caller.anonymous,
        customer_limit=command.customer_limit,
        department_limit=command.department_limit,
        history=history,
        private=caller_of(command),
    )
    fact = request_of(opening, ask, moment, numbered.number)
    case = replace(case_of(fact), imported=fingerprints(command))
    return Step(why="imported", state=case, say=(Say(fact, at=received_at),))


def _answering(command: ImportCase, under: Under) -> str:
    """The department the source names, else the one the pack routes to; the category is judged either way."""
    routed = department_for(under.case_type, command.category, keep=command.keep_category)
    if command.department is None:
        return routed
    if command.department not in under.pack.roles:
        raise NotPossible(unknown_word("department", command.department, under.pack.roles))
    return command.department


def caller_of(command: LogRequest | ImportCase) -> Caller:
    """What is personal about a matter."""
    return Caller(
        name=command.caller.name,
        phone=command.caller.phone,
        resident=command.caller.resident,
        content=command.content,
        demand=command.demand,
        place=command.place,
    )


OPENING: Mapping[type[Any], Callable[[Ask, Numbered, Moment], Step]] = {
    LogRequest: _log,
    OpenIncident: _open_incident,
    ImportCase: _bring,
}
