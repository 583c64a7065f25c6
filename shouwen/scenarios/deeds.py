"""Acts on the estate, the machinery or time itself: nobody's command, but the directory may refuse a setting."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from services.escalation.commands import FollowCalendar
from shared.contracts.envelope import Fact
from shared.contracts.fold import SYSTEM, Ask, Refusal
from shared.organisation.records import Absence, Activation, Appointment, Person, Profile
from shouwen.scenarios import filing
from shouwen.scenarios.acting import Stage
from shouwen.scenarios.cast import SITE, Post, roster_of, stand_in, usual_shift
from shouwen.scenarios.model import Act
from shouwen.scenarios.settling import gone_live, saved


def happen(stage: Stage, act: Act) -> Refusal | None:
    """Let the act happen now, whoever or whatever does it; a refusal is answered, not raised."""
    if act.name not in DEEDS:
        return stage.do(act)
    return DEEDS[act.name](stage, act, act.fields)


def _activate(stage: Stage, act: Act, said: Mapping[str, Any]) -> None:
    pack = stage.packs.named(said["pack"], said.get("version"))
    assert pack is not None
    site = stage.world.book.site(SITE)
    stage.world.book.put_site(replace(site, packs=(*site.packs, Activation(pack.id, pack.version, act.at.at))))


def _add_profile(stage: Stage, act: Act, said: Mapping[str, Any]) -> None:
    pack = stage.packs.named(said["pack"], said.get("version"))
    assert pack is not None
    site = stage.world.book.site(SITE)
    beside = Profile(pack.id, pack.version, act.at.at, said.get("until"))
    stage.world.book.put_site(replace(site, profiles=(*site.profiles, beside)))


def _set(stage: Stage, _act: Act, said: Mapping[str, Any]) -> Refusal | None:
    site = stage.world.book.site(SITE)
    changed = replace(site, parameters={**site.parameters, **said})
    refusal = saved(changed)
    if refusal is None:
        stage.world.book.put_site(changed)
    return refusal


def _go_live(stage: Stage, _act: Act, _said: Mapping[str, Any]) -> Refusal | None:
    return gone_live(stage.world.book.site(SITE), stage.packs)


def _change_calendar(stage: Stage, act: Act, said: Mapping[str, Any]) -> None:
    """Put another calendar in force; open cases follow it, as escalation's sweep lets them."""
    book, world = stage.world.book, stage.world
    site = book.site(SITE)
    book.put_site(replace(site, calendar=said["calendar"], past_calendars=(*site.past_calendars, site.calendar)))
    command = FollowCalendar(since=act.at.at)
    for case in stage.entities.values():
        world.ask("escalation", Ask(entities=(case,), command=command, actor=SYSTEM, at=world.now))


def _appoint(stage: Stage, act: Act, said: Mapping[str, Any]) -> None:
    book, role = stage.world.book, said["role"]
    id_ = said.get("person") or role
    known = book.staff.person(id_) or Person(id_, id_)
    book.put_person(replace(known, appointments=(*known.appointments, Appointment(SITE, role, act.at.at))))
    book.put_person(stand_in(id_))
    shift = said.get("shift") or usual_shift(role)
    held = [Post(role, one.id, one.name, shift) for one in book.staff.appointed(SITE, role, act.at.at)]
    if (roster := roster_of(role, held, act.at.at)) is not None:
        book.put_roster(roster)
    if said.get("right"):
        stage.rights[id_] = said["right"]


def _dismiss(stage: Stage, act: Act, said: Mapping[str, Any]) -> None:
    book, role = stage.world.book, said["role"]
    who = stage.person(said.get("person") or role)
    known = book.staff.person(who)
    assert known is not None
    ended = tuple(replace(held, until=act.at.at) if held.role == role else held for held in known.appointments)
    book.put_person(replace(known, appointments=ended))
    left = [Post(role, one.id, one.name, usual_shift(role)) for one in book.staff.appointed(SITE, role, act.at.at)]
    for roster in book.staff.rosters.get((SITE, role), ()):
        if roster.at(act.at.at) and roster.since < act.at.at:
            book.put_roster(replace(roster, until=act.at.at))
    if (roster_now := roster_of(role, left, act.at.at)) is not None:
        book.put_roster(roster_now)


def _absent(stage: Stage, act: Act, said: Mapping[str, Any]) -> None:
    book = stage.world.book
    known = book.staff.person(stage.person(said["person"]))
    assert known is not None
    substitute = stage.person(said["substitute"]) if said.get("substitute") else None
    away = Absence(act.at.at, said["until"], substitute)
    book.put_person(replace(known, absences=(*known.absences, away)))


def _deliver_twice(stage: Stage, act: Act, said: Mapping[str, Any]) -> None:
    case = stage.entities.get(act.case, "")
    for one in [one for one in stage.world.facts(case) if _is(one.fact, said["fact"])]:
        stage.world.repeat(one)


def _is(fact: Fact, name: str) -> bool:
    return fact.name == name


DEEDS: Mapping[str, Callable[[Stage, Act, Mapping[str, Any]], Refusal | None]] = {
    "wait": lambda *_: None,
    "activate_pack": _activate,
    "add_profile": _add_profile,
    "go_live": _go_live,
    "set_parameters": _set,
    "switch": _set,
    "change_calendar": _change_calendar,
    "appoint": _appoint,
    "dismiss": _dismiss,
    "absent": _absent,
    "sign": filing.sign,
    "archive": filing.put_away,
    "destroy": filing.destroy,
    "deliver_twice": _deliver_twice,
    "service_down": lambda stage, _act, said: stage.world.stop(said["service"], said["until"]),
}
