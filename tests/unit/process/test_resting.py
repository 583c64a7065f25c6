"""A quiet machine looks seldom, and at once when something happens."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from shared.process import resting
from shared.process.resting import AT_REST, Rest


@dataclass
class Loop:
    """A turn that counts, and answers what it is told to."""

    pauses: list[float] = field(default_factory=list)
    taken: int = 0

    async def turn(self) -> float:
        self.taken += 1
        return self.pauses.pop(0) if self.pauses else 2.0


@dataclass
class Instants:
    now: float = 1000.0


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Instants:
    instants = Instants()
    monkeypatch.setattr(resting, "monotonic", lambda: instants.now)
    return instants


def resting_engine() -> tuple[Rest, Any, list[object]]:
    heard: list[object] = []
    engine: Any = SimpleNamespace(woken=heard.append)
    return Rest(engine), engine, heard


async def test_while_something_happens_every_turn_is_taken(at: Instants) -> None:
    rest, _, _ = resting_engine()
    loop = Loop()
    turn = rest.seldom(loop.turn)
    for _ in range(3):
        assert await turn() == 2.0
        at.now += 1
    assert loop.taken == 3


async def test_a_quiet_service_only_glances_between_two_looks(at: Instants) -> None:
    rest, engine, heard = resting_engine()
    loop = Loop()
    turn = rest.seldom(loop.turn)
    at.now += AT_REST + 1
    await turn()
    at.now += AT_REST - 1
    assert await turn() == 2.0
    assert loop.taken == 1
    at.now += 1
    await turn()
    assert loop.taken == 2
    engine.woken("a commit")
    await turn()
    assert (loop.taken, heard) == (3, ["a commit"])


async def test_what_is_wanted_or_unfinished_or_failed_is_looked_after_at_once(at: Instants) -> None:
    rest, _, _ = resting_engine()
    wanted: list[str] = []
    loop = Loop([0.0])
    turn = rest.seldom(loop.turn, lambda: wanted)
    at.now += AT_REST + 1
    assert await turn() == 0.0
    assert await turn() == 2.0
    assert await turn() == 2.0
    assert loop.taken == 2
    wanted.append("a mark")
    await turn()
    assert loop.taken == 3

    async def failing() -> float:
        loop.taken += 1
        raise ConnectionError

    again = rest.seldom(failing)
    for _ in range(2):
        with pytest.raises(ConnectionError):
            await again()
    assert loop.taken == 5
