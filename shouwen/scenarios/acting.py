"""Carries acts out: as the routes would, under the rights and roles of whoever does them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from services.dispatch.commands import (
    CloseAll,
    CompleteAll,
    OpenItem,
    ReplyToAll,
    TakeOver,
    TakeStep,
    entities_of,
    takes_over,
)
from services.dispatch.policy.lifecycle import Status
from services.dispatch.state import CaseState, possible_acts, procedure
from services.escalation.state import Docket
from services.intake.commands import Numbered, bad, entity_of
from services.intake.state import INCIDENT
from services.intake.state import Case as Request
from services.notify.state import Case as Told
from services.reporting.policy.filing import Filed
from shared.contracts.escalation import NoticeWanted
from shared.contracts.fields import Command
from shared.contracts.fold import Actor, Ask, Refusal
from shared.contracts.wording import text
from shared.rules.book import UnknownCaseType
from shared.rules.stepping import step_named
from shared.web.problems import BUSY
from shouwen.scenarios.cast import (
    SITE,
    Packs,
    Setting,
    actor_of,
    book_of,
    rights_by_hand,
    usual_rights,
)
from shouwen.scenarios.model import Act, Scenario
from shouwen.scenarios.vocabulary import CASE_OPENERS, REFERENCES, VERBS, Verb
from shouwen.scenarios.world import World

FOR_ALL: tuple[type[Command], ...] = (ReplyToAll, CompleteAll, CloseAll)
DOWN = Refusal(why="service_down", text=BUSY, status=503)
NO_INCIDENT = bad("unknown_incident", "/incident", text("没有这个进行中的事件"))


class NobodyToAct(LookupError):
    """The role or person an act names is held by nobody then."""


@dataclass(slots=True)
class Stage:
    """A world with its cast and the cases by their names in the file.

    Attributes:
        entities: Case ids by name.
        filings: Issues of registers that were signed or filed, by register and period.
    """

    setting: Setting
    packs: Packs
    world: World
    entities: dict[str, str]
    rights: dict[str, str]
    filings: dict[tuple[str, str], Filed] = field(default_factory=dict)

    @classmethod
    def of(cls, scenario: Scenario) -> "Stage":
        """The stage as the scenario begins."""
        entities = {name: f"case-{n:032x}" for n, name in enumerate(scenario.cases, start=1)}
        world = World(
            book_of(scenario.setting, scenario.packs),
            scenario.acts[0].at.at,
            plans=frozenset(scenario.setting.plans),
            names=entities,
        )
        return cls(scenario.setting, scenario.packs, world, entities, rights_by_hand(scenario.setting))

    def do(self, act: Act) -> Refusal | None:
        """Let somebody do it now; a refusal is answered, not raised."""
        verb = VERBS[act.name]
        if verb.service in self.world.down:
            return DOWN
        refused = self._done_before(act, verb) if verb.first else None
        refused = refused or self._asked(act, verb)
        if refused is None and (first := act.fields.get("from_case")):
            # The incident stands even if that case cannot join any more, as at the desk.
            self._asked(replace(act, name="join", case=first, fields={"incident": act.case}), VERBS["join"])
        return refused

    def _done_before(self, act: Act, verb: Verb) -> Refusal | None:
        state = self.case_state(act.case)
        if state is None or verb.first not in possible_acts(state, self.world.book):
            return None
        return self._asked(replace(act, name=verb.first, fields={}), VERBS[verb.first])

    def _asked(self, act: Act, verb: Verb) -> Refusal | None:
        actor = self.actor(act.by or self._usual(act, verb))
        command = verb.command.model_validate(self._filled(act, verb, actor))
        if (incident := getattr(command, "incident", None)) is not None and not self._joinable(incident, act):
            return NO_INCIDENT
        ask = Ask(
            entities=self._entities(act, command),
            command=self._as_routes_give_it(act, command),
            actor=actor,
            at=self.world.now,
            right=verb.right,
        )
        verdict = self.world.ask(verb.service, ask, heard_at=act.heard)
        return verdict if isinstance(verdict, Refusal) else None

    def _entities(self, act: Act, command: Command) -> tuple[str, ...]:
        if history := getattr(command, "history", None):
            self.entities[act.case] = entity_of(history.source, history.key)
        case = self.entities[act.case]
        if isinstance(command, FOR_ALL):
            return (case, *self._members(case))
        return entities_of(case, self.case_state(act.case), command, self.world.book)

    def _as_routes_give_it(self, act: Act, command: Command) -> Any:
        """With its number for what opens a case, with what is open for a step that takes a shift over."""
        state = self.case_state(act.case)
        if isinstance(command, TakeStep) and state is not None and takes_over(state, self.world.book, command.step):
            return TakeOver(**dict(command), open_items=self._open_items(state.case))
        number = list(self.entities).index(act.case) + 1
        return Numbered(command, number) if act.name in CASE_OPENERS else command  # type: ignore[arg-type] # openers

    def _filled(self, act: Act, verb: Verb, actor: Actor) -> dict[str, Any]:
        """The fields of the command: stated ones, references resolved, and what a person would not have to say."""
        said = {**verb.given, **act.fields, **verb.fixed}
        for key, kind in REFERENCES.items():
            if said.get(key):
                said[key] = self.entities[said[key]] if kind == "case" else self.person(said[key])
        if act.name == "see_to":
            said["notice"] = self._owed(act.case, str(said.get("notice", "")))
        if "accepted" in said:
            said["accepted"] = [self.entities.get(one, one) for one in said["accepted"]]
        for key, filling in FILLINGS.items():
            if key in verb.fields and key not in said:
                filled = filling(self, act, actor, said)
                said |= {} if filled is None else {key: filled}
        return said

    def _open_items(self, handover: str) -> tuple[OpenItem, ...]:
        slots = self.world.machines["dispatch"].slots.values()
        states = [slot.state for slot in slots if isinstance(slot.state, CaseState) and slot.state.case != handover]
        found = ((one.case, one.number, one.open_since) for one in states if one.status is not Status.CLOSED)
        return tuple(OpenItem(case, number, at) for case, number, at in found if at is not None)

    def _owed(self, case: str, rule: str) -> str:
        """The oldest telling of that rule nobody has seen to; else the last of it, so that the service says why not."""
        state = self.world.machines["notify"].state(self.entities.get(case, ""))
        owed = [one.id for one in state.owed if one.rule == rule] if isinstance(state, Told) else []
        wanted = [said for said in self.world.log if isinstance(said.fact, NoticeWanted) and said.fact.rule == rule]
        asked = [said.heading.id for said in wanted if said.heading.entity == self.entities.get(case)]
        return next(iter((*owed, *reversed(asked))), rule)

    def _joinable(self, incident: str, act: Act) -> bool:
        state = self.world.machines["intake"].state(incident)
        named = self.entities.get(act.case)
        return isinstance(state, Request) and state.index_status == INCIDENT and incident != named

    def _members(self, incident: str) -> tuple[str, ...]:
        slots = self.world.machines["dispatch"].slots.values()
        states = (slot.state for slot in slots if isinstance(slot.state, CaseState))
        return tuple(sorted(s.case for s in states if s.incident == incident and s.status is Status.JOINED))

    def actor(self, who: str) -> Actor:
        """The account of a role or person."""
        person = self.world.book.staff.person(self.person(who))
        assert person is not None
        there = tuple((pack.id, pack.version) for pack in self.world.book.packs_at(SITE, self.world.now))
        return actor_of(person, self.world.now, usual_rights(self.packs, there), self.rights)

    def person(self, who: str) -> str:
        """The id of a person: named himself, or by a role he holds now.

        Raises:
            NobodyToAct: Nobody holds it.
        """
        staff = self.world.book.staff
        if staff.person(who) is not None:
            return who
        named = next((one.id for one in staff.people.values() if one.name == who and one.id[-1] != "~"), None)
        holders = staff.appointed(SITE, who, self.world.now)
        if named is None and not holders:
            raise NobodyToAct(who)
        return named or holders[0].id

    def case_state(self, name: str) -> CaseState | None:
        """What dispatch knows of a case."""
        state = self.world.machines["dispatch"].state(self.entities.get(name, ""))
        return state if isinstance(state, CaseState) else None

    def docket(self, name: str) -> Docket | None:
        """What escalation knows of a case."""
        state = self.world.machines["escalation"].state(self.entities.get(name, ""))
        return state if isinstance(state, Docket) else None

    def _usual(self, act: Act, verb: Verb) -> str:
        """Who does it where the file names nobody."""
        pack = self.packs.named(self.setting.pack, self.setting.version)
        assert pack is not None
        state, case = self.case_state(act.case), (self.docket(act.case) or Docket()).case
        if verb.by == "step" and (named := self._named_for(str(act.fields.get("step", "")), state)):
            return named
        if verb.by in ("department", "step") and state is not None and state.department:
            return state.assignee or state.department
        if verb.by == "approver" and case is not None:
            rules = {rule.id: rule for rule in self._rules(case.pack, case.pack_version)}
            found = rules.get(str(act.fields.get("clock", "")))
            return (found.extend if found else None) or pack.chain[-1]
        if verb.by == "named" and case is not None:
            waiting = [one for one in case.raises if not one.taken_by and one.people]
            return waiting[-1].people[0] if waiting else pack.chain[-1]
        return pack.chain[-1] if verb.by == "head" else pack.chain[0]

    def _named_for(self, word: str, state: CaseState | None) -> str | None:
        """The first role the pack names for a step that somebody holds."""
        kind = procedure(state, self.world.book) if state is not None and state.pack else None
        rule = step_named(kind, word) if kind is not None else None
        staff, now = self.world.book.staff, self.world.now
        return next((role for role in rule.by if staff.appointed(SITE, role, now)), None) if rule else None

    def _rules(self, pack: str, version: int) -> list[Any]:
        return [rule for kind in self.world.book.pack(pack, version).case_types.values() for rule in kind.clocks]


def _category(stage: Stage, _act: Act, _actor: Actor, said: Mapping[str, Any]) -> str:
    now, wanted = stage.world.now, str(said.get("case_type") or "complaint")
    try:
        _, case_type = stage.world.book.case_type(SITE, wanted, now)
    except UnknownCaseType:
        return "other"
    return case_type.categories[0].id


def _assignee(stage: Stage, act: Act, _actor: Actor, _said: Mapping[str, Any]) -> str:
    state = stage.case_state(act.case)
    return stage.person(state.department if state else "")


def _raise_id(stage: Stage, act: Act, actor: Actor, _said: Mapping[str, Any]) -> str:
    case = (stage.docket(act.case) or Docket()).case
    waiting = [one for one in case.raises if not one.taken_by] if case else []
    mine = [one for one in waiting if actor.person in one.people]
    return (mine or waiting)[-1].id if waiting else "none"


FILLINGS: Mapping[str, Any] = {
    "site": lambda *_: SITE,
    "category": lambda stage, act, actor, said: (
        None if act.name not in CASE_OPENERS else _category(stage, act, actor, said)
    ),
    "cause": lambda *_: "未明",
    "assignee": _assignee,
    "raise_id": _raise_id,
}
