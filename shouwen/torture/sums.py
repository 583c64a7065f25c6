"""What must add up once everything has come to rest.

Source: design.md §11.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec

from shared.storage.slots import chained, decode_heard
from shouwen.torture.crew import FOLDS, Crew
from shouwen.torture.database import Row
from shouwen.torture.stored import Stored
from shouwen.torture.world import World

Told = dict[tuple[str, str], tuple[int, int]]
Rows = dict[tuple[Any, ...], Row]


class Sums:
    """Looks at the whole world at rest."""

    def __init__(self, world: World, crew: Crew) -> None:
        """Look at *world*."""
        self._world, self._crew = world, crew

    def _table(self, service: str, table: str) -> Rows:
        return self._world.store.tables.get(f"{service}.{table}", {})

    def restless(self) -> Iterator[str]:
        """What is still under way; nothing when the world is at rest."""
        now = self._world.clock.now()
        for service in FOLDS:
            if waiting := self._crew.durables[service].waiting:
                yield f"{service} has {waiting} messages to hear"
            if unsaid := sum(row["published_at"] is None for row in self._table(service, "outbox").values()):
                yield f"{service} has {unsaid} facts to publish"
            if late := sum(row["due_at"] < now for row in self._table(service, "timers").values()):
                yield f"{service} has {late} steps overdue"
            wanted = self._table(service, "wanted").values()
            if effects := sum(row["settled_at"] is None and row["next_at"] <= now for row in wanted):
                yield f"{service} has {effects} effects overdue"

    def wrong(self, accepted: dict[str, str]) -> Iterator[str]:
        """Everything that does not add up.

        Args:
            accepted: Cases by the key of the request that was answered with 2xx.
        """
        yield from self._left_behind()
        yield from self._log_and_services()
        yield from self._nothing_twice()
        for key, case in accepted.items():
            yield from self._served(key, case)

    def _left_behind(self) -> Iterator[str]:
        for service in FOLDS:
            for table in ("parked", "dead_letters"):
                for key, row in self._table(service, table).items():
                    if not self._foreign(row["entity"]):
                        yield f"nothing waits for a hand: {service}.{table} {key} {row.get('reason', '')}"

    def _log_and_services(self) -> Iterator[str]:
        told: Told = {}
        for message in sorted(self._messages(), key=lambda m: m.version):
            lane = (message.speaker, message.entity)
            version, chain = told.get(lane, (0, 0))
            if message.version != version + 1:
                yield f"no version is missing: {lane} v{message.version} after v{version}"
            told[lane] = (message.version, chained(chain, message.id))
        for service in FOLDS:
            yield from self._said(service, told)
            yield from self._heard(service, told)

    def _said(self, service: str, told: Told) -> Iterator[str]:
        for (entity,), row in self._table(service, "entities").items():
            said, logged = (row["said"], row["said_chain"]), told.get((service, entity), (0, 0))
            if said != logged:
                yield f"speaker and log agree: {service} {entity} {said}, log {logged}"

    def _heard(self, service: str, told: Told) -> Iterator[str]:
        for (speaker, entity), logged in told.items():
            if speaker in FOLDS[service].hears:
                row = self._table(service, "entities").get((entity,))
                heard = decode_heard(row["heard"]).get(speaker) if row is not None else None
                if heard != logged:
                    yield f"hearer and log agree: {service} of {speaker} {entity} {heard}, log {logged}"

    def _messages(self) -> Iterator[Stored]:
        """Every message once: one said again after twenty minutes has the same id and is dropped by every hearer."""
        ours = (message for message in self._crew.log.messages if not message.id.startswith("poison-"))
        return iter({message.id: message for message in ours}.values())

    def _foreign(self, entity: str) -> bool:
        """Whether an outsider has spoken of it, or made a name for it that is no name."""
        return entity.startswith("unreadable-") or entity[:37] in self._world.poisoned

    def _nothing_twice(self) -> Iterator[str]:
        seen: Counter[tuple[str, str, str]] = Counter()
        armed: Counter[tuple[str, str, str]] = Counter()
        for message in self._messages():
            body = msgspec.json.decode(message.body)
            for what in _once(message.kind, body):
                seen[message.entity, message.kind, what] += 1
            for clock in body["clocks"] if message.kind == "escalation.clock_armed" else ():
                armed[message.entity, "escalation.clock_breached", _deadline(clock)] += 1
        for key, count in seen.items():
            if count > max(armed[key], 1):  # a case graded down and up again has its clock armed anew, and late anew
                yield f"no effect twice: {key} {count} times"

    def _served(self, key: str, case: str) -> Iterator[str]:
        for service in ("dispatch", "escalation", "reporting"):
            if self._crew.state_of(service, case) is None:
                yield f"what was answered is served: {service} knows nothing of {case} ({key})"
        if (case,) not in self._table("reporting", "cases"):
            yield f"what was answered is served: no row in the register for {case} ({key})"
        docket = self._crew.state_of("escalation", case)
        if docket is not None and docket.case is None:
            yield f"what was answered is served: escalation keeps no clocks of {case} ({key})"
        state = self._crew.state_of("dispatch", case)
        if state is not None and not (state.order or state.incident or state.ending):
            yield f"what was answered is served: no order for {case} ({key})"


def _deadline(said: dict[str, Any]) -> str:
    return f"{said['clock']} {said['due_at']}"


def _once(kind: str, body: dict[str, Any]) -> Iterator[str]:
    """What of a fact may be said once only, as a key within its case."""
    match kind:
        case "intake.request_received":
            yield "received"
        case "dispatch.order_issued":
            yield body["order"]
        case "escalation.case_raised":
            yield f"{body['raise_id']} {body['level']}"
        case "escalation.clock_breached":
            yield _deadline(body)
        case "notify.notice_sent" | "notify.notice_delivered" | "notify.notice_failed":
            yield f"{body['notice']} {body['channel']}"
        case _:
            return
