"""The log in memory: one stream, shared readers that deliver again what nobody acknowledged."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from shared.runtime.loops import Bell
from shouwen.torture.stored import Stored
from shouwen.torture.virtual import WorldClock
from shouwen.torture.world import World

ACK_WAIT = 2.0
"""Seconds until an unacknowledged message is delivered again; as ``deploy/streams.toml`` declares it."""

DUPLICATES_KNOWN = timedelta(minutes=20)
"""How long the stream remembers message ids; likewise."""


@dataclass(slots=True)
class Log:
    """The stream ``EV``.

    Attributes:
        versions: Message id by speaker, entity and version.
        dead: Subjects of what was published on DLQ.
        stored: Called with every new message, before anybody hears it.
        bells: Rung with every new message.
    """

    clock: WorldClock
    messages: list[Stored] = field(default_factory=list)
    versions: dict[tuple[str, str, int], str] = field(default_factory=dict)
    dead: list[str] = field(default_factory=list)
    stored: Callable[[Stored], None] = lambda _message: None
    bells: list[Bell] = field(default_factory=list)
    _known: dict[str, Stored] = field(default_factory=dict)

    def append(self, subject: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bool]:
        """Store a message unless its id is known; answers its sequence, and whether it was known."""
        known = self.known(headers["Nats-Msg-Id"])
        if known is not None:
            return known.seq, True
        message = Stored(len(self.messages) + 1, subject, dict(headers), bytes(body), self.clock.now())
        self.stored(message)
        self.messages.append(message)
        for bell in self.bells:
            bell.ring()
        self._known[message.id] = message
        self.versions[message.speaker, message.entity, message.version] = message.id
        return message.seq, False

    def known(self, message_id: str) -> Stored | None:
        """The message of that id, as long as the stream remembers ids."""
        found = self._known.get(message_id)
        return found if found is not None and found.at > self.clock.now() - DUPLICATES_KNOWN else None

    def shorten(self, by: int) -> None:
        """Lose the end, as a broker that came back from an older disk."""
        for message in self.messages[len(self.messages) - by :]:
            self._known.pop(message.id, None)
            self.versions.pop((message.speaker, message.entity, message.version), None)
        del self.messages[len(self.messages) - by :]

    def about(self, speaker: str, entity: str, *, since: int) -> Iterable[Stored]:
        """Messages of *speaker* about *entity* from sequence *since* on."""
        return (m for m in self.messages[since - 1 :] if m.speaker == speaker and m.entity == entity)


@dataclass(slots=True)
class Held:
    """A message in somebody's hands, or waiting to be delivered again."""

    until: float
    deliveries: int


class Durable:
    """A reader shared by the replicas of one service."""

    def __init__(self, world: World, log: Log, hears: Iterable[str]) -> None:
        """Read what *hears* say."""
        self._world, self._log, self._hears = world, log, frozenset(hears)
        self._next = 1
        self._held: dict[int, Held] = {}
        self._settled: list[int] = []

    def take(self, most: int, now: float) -> list[tuple[Stored, int]]:
        """Messages to deliver, with how often each was delivered counting this time."""
        again = sorted(seq for seq, held in self._held.items() if held.until <= now)[:most]
        fresh = self._fresh(most - len(again))
        chance, weather = self._world.chance, self._world.weather
        if self._settled and chance.random() < weather.twice:
            again.append(chance.choice(self._settled))
        taken = list(dict.fromkeys([*again, *fresh]))
        if chance.random() < weather.shuffled:
            chance.shuffle(taken)
        return [(self._log.messages[seq - 1], self._hold(seq, now)) for seq in taken if seq <= len(self._log.messages)]

    def _fresh(self, most: int) -> list[int]:
        found: list[int] = []
        while len(found) < most and self._next <= len(self._log.messages):
            if self._log.messages[self._next - 1].speaker in self._hears:
                found.append(self._next)
            self._next += 1
        return found

    def _hold(self, seq: int, now: float) -> int:
        held = self._held.get(seq)
        deliveries = held.deliveries + 1 if held is not None else 1
        self._held[seq] = Held(now + ACK_WAIT, deliveries)
        return deliveries

    def ack(self, seq: int) -> None:
        """Settle it."""
        if self._held.pop(seq, None) is not None:
            self._settled.append(seq)

    def nak(self, seq: int, *, again_at: float) -> None:
        """Deliver it again at *again_at*."""
        if seq in self._held:
            self._held[seq].until = again_at

    def rewind(self, to: int) -> None:
        """Forget everything from sequence *to* on: restored to an older state, or a stream that came back shorter."""
        self._next = min(self._next, to)
        self._held = {seq: held for seq, held in self._held.items() if seq < to}
        self._settled = [seq for seq in self._settled if seq < to]

    @property
    def waiting(self) -> int:
        """Messages not settled yet."""
        fresh = (m for m in self._log.messages[self._next - 1 :] if m.speaker in self._hears)
        return len(self._held) + sum(1 for _ in fresh)
