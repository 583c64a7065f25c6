"""What happens in a world: a list of events, each of which can be left out without the others losing their sense."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

REACHED = ("intake", "dispatch", "escalation", "reporting", "notify")
"""The services of a simulated world; the directory stands still and the console keeps no business state."""

ACTS = (
    *("accept", "assign", "start", "complete", "reply", "follow_up", "return", "transfer", "close", "reopen"),
    *(
        "classify",
        "amend",
        "consent",
        "raise_again",
        "withdraw",
        "join",
        "complete_all",
        *("take", "take", "defer"),
        "acknowledge",
        "push_up",
        "extend",
        "decide",
    ),
)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happens.

    Attributes:
        after: Seconds after the event before it.
        what: ``report``, ``import``, ``incident``, ``act``, ``jump``, ``kill``, ``leave``, ``join``, ``down``,
            ``database``, ``broker``, ``shorten``, ``rewind`` or ``poison``.
        service: Whom it befalls, for events of machines.
        pick: Chooses among whatever there is when it happens; the same number chooses the same way.
        size: How much: hours of a jump, steps until a kill, seconds of an outage.
        act: For ``act``: what is asked.
    """

    after: float
    what: str
    pick: int
    service: str = ""
    size: float = 0.0
    act: str = ""

    def __str__(self) -> str:
        words = (self.what, self.act, self.service, f"{self.size:g}" if self.size else "", f"#{self.pick}")
        return f"+{self.after:.2f}s {' '.join(word for word in words if word)}"


Story = tuple[Event, ...]


def story_of(seed: int) -> Story:
    """The story of *seed*: between twelve and thirty events, mostly people's, some of machines."""
    chance = Random(f"story {seed}")
    calm = chance.choice((0.0, 0.15, 0.3))
    makers = [_machine if chance.random() < calm else _person for _ in range(chance.randint(12, 30))]
    return (_event(chance, "report"), *(make(chance) for make in makers))


def _event(chance: Random, what: str, *, service: str = "", size: float = 0.0, act: str = "") -> Event:
    after = chance.choice((0.0, 0.01, 0.1, 1.0)) * chance.random()
    return Event(round(after, 3), what, chance.randrange(1_000_000), service, size, act)


def _person(chance: Random) -> Event:
    what = chance.choices(("report", "import", "incident", "act", "jump"), (5, 1, 0.5, 9, 2))[0]
    if what == "jump":
        return _event(chance, what, size=round(chance.choice((0.1, 2, 24, 100)) * chance.random(), 3))
    return _event(chance, what, act=chance.choice(ACTS) if what == "act" else "")


SIZES: dict[str, Callable[[Random], float]] = {
    "kill": lambda chance: chance.randint(1, 60),
    "down": lambda chance: chance.randint(1, 30),
    "database": lambda chance: round(chance.random() * 3, 2),
    "broker": lambda chance: round(chance.random() * 5, 2),
    "shorten": lambda chance: chance.randint(1, 10),
    "rewind": lambda chance: chance.randint(1, 60),
}
WEIGHTS = dict.fromkeys(SIZES, 2.0) | {"kill": 6, "leave": 2, "join": 3, "shorten": 0.5, "rewind": 1, "poison": 1}


def _machine(chance: Random) -> Event:
    what = chance.choices(tuple(WEIGHTS), tuple(WEIGHTS.values()))[0]
    size = SIZES[what](chance) if what in SIZES else 0.0
    return _event(chance, what, service=chance.choice(REACHED), size=size)
