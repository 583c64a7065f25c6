"""What people do in a simulated world: ask any replica, and ask again under the same key until they are answered."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random
from typing import Any

from services.dispatch.commands import entities_of
from services.dispatch.state import CaseState
from services.intake.commands import Numbered, entity_of
from shared.contracts.fold import Actor, Ask, Done, Refusal
from shared.runtime.engine import Submission
from shared.storage.trouble import is_transient
from shared.web.problems import Busy
from shouwen.torture import acting
from shouwen.torture.cast import book
from shouwen.torture.crew import Crew, Process
from shouwen.torture.laws import Laws
from shouwen.torture.story import Event
from shouwen.torture.world import World, WorldIds

PATIENCE = 3.0
AGAIN_AFTER = 0.3
TRIES = 400


@dataclass(slots=True)
class Humans:
    """Everybody outside the machines.

    Attributes:
        accepted: Cases by the key of the request that was answered with 2xx.
    """

    world: World
    crew: Crew
    laws: Laws
    accepted: dict[str, str] = field(default_factory=dict)
    incidents: list[str] = field(default_factory=list)
    _numbers: int = 0

    async def submit(self, service: str, wording: Callable[[Process], Ask], *, key: str) -> bytes | Refusal | None:
        """Ask until somebody answers, as an application does: the same key, any replica.

        Returns:
            The answer; None when nobody answered in all the tries.
        """
        for _ in range(TRIES):
            if self.world.broken:
                return None
            replicas = self.crew.running(service)
            if replicas and (answer := await self._once(self.world.chance.choice(replicas), wording, key)) is not None:
                return answer
            await asyncio.sleep(AGAIN_AFTER)
        return None

    async def _once(self, at: Process, wording: Callable[[Process], Ask], key: str) -> bytes | Refusal | None:
        try:
            async with asyncio.timeout(PATIENCE):
                return (await at.replica.desk.ask(wording(at), _rendered)).answer
        except (Busy, TimeoutError):
            return None
        except Exception as defect:  # noqa: BLE001  whatever a command raised is the finding
            self.world.accuse("a command is carried out or refused", f"{key}: {defect!r}")
            return None

    async def open(self, event: Event, command: Any, actor: Actor) -> str | None:
        """Open a case; every attempt offers an id of its own, as the route does."""
        key = f"{event.what} {event.pick}"
        self._numbers += 1
        number = self._numbers

        def wording(process: Process) -> Ask:
            case = WorldIds(self.world).entity("case")
            return replace(_asked((case,), Numbered(command, number), actor, process, key=key), fresh=case)

        return self._noted(key, await self.submit("intake", wording, key=key))

    def _noted(self, key: str, answer: bytes | Refusal | None) -> str | None:
        if not isinstance(answer, bytes):
            return None
        told = json.loads(answer)
        self.laws.answered("intake", told["case"], told["version"])
        self.accepted[key] = told["case"]
        return str(told["case"])

    async def report(self, event: Event, chance: Random) -> None:
        """Somebody reports something."""
        incident = chance.choice(self.incidents) if self.incidents and chance.random() < 1 / 3 else None
        await self.open(event, acting.report(chance, incident), acting.anybody(chance))

    async def incident(self, event: Event, chance: Random) -> None:
        """An incident is opened."""
        case = await self.open(event, acting.incident(chance), acting.anybody(chance))
        if case is not None:
            self.incidents.append(case)

    async def bring(self, event: Event, chance: Random) -> None:
        """A case of the past is imported; its source and key are its id."""
        command, actor = acting.past(chance, self.world.clock.now() - timedelta(seconds=5)), acting.anybody(chance)
        self._numbers += 1
        number, case = self._numbers, entity_of(command.history.source, command.history.key)

        for _ in range(TRIES):
            replicas = self.crew.running("intake")
            if replicas:
                process = self.world.chance.choice(replicas)
                submission = Submission(_asked((case,), Numbered(command, number), actor, process), _rendered)
                if await self._imported(process, submission):
                    self._noted(f"import {case}", submission.answer if isinstance(submission.answer, bytes) else None)
                    return
            await asyncio.sleep(AGAIN_AFTER)
        del event

    async def _imported(self, process: Process, submission: Submission) -> bool:
        try:
            await process.does(process.replica.engine.obey([submission]), within=PATIENCE)
        except Exception as trouble:  # noqa: BLE001  what passes is tried again, anything else is the finding
            if not is_transient(trouble):
                self.world.accuse("a command is carried out or refused", f"import: {trouble!r}")
            return False
        return True

    async def act(self, event: Event, chance: Random) -> None:
        """Somebody does something about a case."""
        if not self.accepted:
            return
        case, key, actor = chance.choice(list(self.accepted.values())), f"act {event.pick}", acting.anybody(chance)
        if event.act == "join":
            service, command = "intake", acting.join(chance.choice(self.incidents)) if self.incidents else None
        else:
            service, word = acting.SERVED_BY[event.act]
            command = word(chance, self.crew.state_of("escalation", case), self.world.clock.now())
        if command is None:
            return
        entities = (case, *self.crew.members(case)) if event.act == "complete_all" else self._reached(case, command)
        answer = await self.submit(service, lambda process: _asked(entities, command, actor, process, key=key), key=key)
        if isinstance(answer, bytes):
            self.laws.answered(service, case, json.loads(answer)["version"])

    def _reached(self, case: str, command: Any) -> tuple[str, ...]:
        """The case, and its site where a step reaches it, as far as anybody can see before."""
        state = self.crew.state_of("dispatch", case)
        known = state if isinstance(state, CaseState) else None
        return entities_of(case, known, command, book())


def _rendered(done: Done) -> bytes:
    return json.dumps({"case": done.entity, "version": done.version}).encode()


def _asked(entities: tuple[str, ...], command: Any, actor: Actor, process: Process, *, key: str | None = None) -> Ask:
    at = process.seat.clock.now()
    return Ask(entities=entities, command=command, actor=actor, at=at, right="desk", key=key, digest=key or "")
