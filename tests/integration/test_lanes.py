"""Two transactions of one reader, commands, repairs and a person's hand at one entity at once, on the real database.

Each race is forced: one side stands still inside its transaction, the other is let run until it waits for it.
"""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from sqlalchemy import text

from shared.contracts.fold import Refusal
from shared.process.burials import Burials
from shared.process.repairs import Repairs
from shared.process.service import ServiceProcess
from shared.runtime.engine import Engine, Submission
from shared.storage.letters import Letter, letter_of
from shared.storage.unit import Work
from tests.support.delivering import BODY
from tests.support.dying import Defect
from tests.support.system import toy
from tests.support.toying import Place, ask, heading, rendered
from tests.support.waiting import eventually

CASE = "case-a"
WITHIN = 15
POISON = BODY.replace(b'"by":"x"', b'"by":"poison"')


@dataclass
class Gate:
    """A projection at which the first transaction stands still until it is let go.

    Attributes:
        refuses: Versions of facts the database cannot write.
        open: Whether nobody is stopped.
    """

    refuses: tuple[int, ...] = ()
    open: bool = False
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)

    async def project(self, conn: Any, work: Work) -> None:
        """Wait, if this is the first; fail, if it cannot be written."""
        if not self.open and not self.reached.is_set():
            self.reached.set()
            await self.let_go.wait()
        if any(heard.heading.version in self.refuses for heard in work.applied):
            await conn.execute(text("select 1 / 0"))


@dataclass
class Stands:
    """Up to which version the case was heard, how much was counted, and which versions wait or are dead."""

    heard: int
    count: int
    parked: list[int] = field(default_factory=list)
    dead: list[int] = field(default_factory=list)


@dataclass
class Race:
    """One hearer with a gate, not running: its engine is driven by hand."""

    place: Place
    process: ServiceProcess
    gate: Gate
    defect: Defect

    @property
    def engine(self) -> Engine:
        return self.process.engine

    async def waits(self) -> bool:
        """Whether somebody waits for a row another holds."""
        return bool(await self.place.rows("select 1 from pg_locks where not granted"))

    async def meet(self, first: Awaitable[Any], second: Awaitable[Any]) -> list[Any]:
        """Let *first* come to the gate and *second* wait behind it for its rows; then both go on."""
        ahead = asyncio.ensure_future(first)
        async with asyncio.timeout(WITHIN):
            await self.gate.reached.wait()
        behind = asyncio.ensure_future(second)
        await eventually(self.waits, patience=WITHIN)
        self.gate.let_go.set()
        return [await ahead, await behind]

    async def hear(self, *versions: int, body: bytes = BODY) -> None:
        """One batch of facts about the case."""
        await self.engine.hear([letter(version, body) for version in versions])

    async def died(self) -> Burials:
        """The first fact is dead, its cause is mended, and nothing has been stopped yet."""
        self.gate.open = True
        await self.hear(1, body=POISON)
        self.gate.open, self.defect.kills = False, "nothing"
        return Burials(self.engine)

    async def settle(self, burials: Burials, act: str) -> Any:
        """Replay or discard the one dead letter."""
        [row] = await self.place.rows("select id from dispatch.dead_letters")
        burial = await burials.find(row.id)
        assert burial is not None
        return await (burials.replay(burial, "x") if act == "replay" else burials.discard(burial, "x", "why"))

    async def stands(self) -> Stands:
        """What the database holds of the case."""
        async with self.process.db.connect() as conn:
            slot = (await self.engine.unit.peek(conn, [CASE])).get(CASE)
        parked = await self.place.rows("select version from dispatch.parked order by 1")
        dead = await self.place.rows("select version from dispatch.dead_letters where settled is null order by 1")
        assert slot is not None
        count = slot.state.count if slot.state else 0
        kept = [row.version for row in parked], [row.version for row in dead]
        assert slot.waiting == len(kept[0])
        return Stands(slot.last_heard("intake"), count, *kept)


@pytest.fixture
def race(toy_place: Place) -> Race:
    """Nothing of it runs by itself."""
    defect = Defect()
    process, gate = toy(defect.folds(), toy_place.around), Gate()
    process.engine.projection = gate
    return Race(toy_place, process, gate, defect)


def letter(version: int, body: bytes = BODY) -> Letter:
    """A fact of the toy speaker as it comes."""
    head = heading(CASE, version=version)
    return letter_of(f"ev.{head.kind}.{CASE}", head.headers(), body)


@pytest.mark.parametrize(
    ("first", "second"),
    [((1, 2), (3, 4)), ((3, 4), (1, 2)), ((2, 4), (1, 3)), ((1, 2, 3, 4), (1, 2, 3, 4)), ((2, 3), (1, 2, 3, 4))],
)
async def test_two_batches_that_share_an_entity_apply_every_fact_once(
    race: Race, first: tuple[int, ...], second: tuple[int, ...]
) -> None:
    await race.meet(race.hear(*first), race.hear(*second))
    assert await race.stands() == Stands(4, 4)


@pytest.mark.parametrize(
    ("refused", "ends"),
    [
        (1, Stands(0, 0, [2, 3, 4], [1])),
        (2, Stands(1, 1, [3, 4], [2])),
        (3, Stands(2, 2, [4], [3])),
        (4, Stands(3, 3, [], [4])),
    ],
)
@pytest.mark.parametrize("batches", [((1, 2), (3, 4)), ((3, 4), (1, 2)), ((2, 4), (1, 3)), ((4,), (1, 2, 3))])
async def test_what_the_database_refuses_dies_alone_and_is_in_one_place(
    race: Race, refused: int, ends: Stands, batches: tuple[tuple[int, ...], tuple[int, ...]]
) -> None:
    race.gate.refuses = (refused,)
    await race.meet(*(race.hear(*versions) for versions in batches))
    assert await race.stands() == ends


@pytest.mark.parametrize(("act", "count"), [("replay", 3), ("discard", 2)])
async def test_settling_a_dead_letter_lets_go_on_what_comes_meanwhile(race: Race, act: str, count: int) -> None:
    burials = await race.died()
    assert (await race.meet(race.settle(burials, act), race.hear(2, 3)))[0] == "applied"
    assert await race.stands() == Stands(3, count)


@pytest.mark.parametrize(("act", "count"), [("replay", 3), ("discard", 2)])
async def test_what_is_being_parked_behind_a_dead_letter_goes_on_when_it_is_settled(
    race: Race, act: str, count: int
) -> None:
    burials = await race.died()
    assert (await race.meet(race.hear(2, 3), race.settle(burials, act)))[1] == "applied"
    assert await race.stands() == Stands(3, count)


@pytest.mark.parametrize(("first", "second", "count"), [("replay", "discard", 1), ("discard", "replay", 0)])
async def test_of_two_who_settle_one_letter_at_once_the_first_does(
    race: Race, first: str, second: str, count: int
) -> None:
    burials = await race.died()
    outcomes = await race.meet(race.settle(burials, first), race.settle(burials, second))
    assert outcomes == ["applied", "settled_before"]
    assert await race.stands() == Stands(1, count)


async def test_a_row_made_for_a_refused_command_is_made_again_by_whoever_waits_for_it(race: Race) -> None:
    stale = Submission(replace(ask(CASE), if_match=7), rendered)
    await race.meet(race.engine.obey([stale]), race.hear(1))
    assert isinstance(stale.answer, Refusal)
    assert await race.stands() == Stands(1, 1)


async def test_a_refused_command_leaves_alone_the_row_of_a_fact_it_waited_for(race: Race) -> None:
    stale = Submission(replace(ask(CASE), if_match=7), rendered)
    await race.meet(race.hear(1), race.engine.obey([stale]))
    assert isinstance(stale.answer, Refusal)
    assert await race.stands() == Stands(1, 1)


@pytest.mark.parametrize("versions", [(1,), (2,)])
async def test_a_repair_beside_a_batch_loses_nothing_of_it(race: Race, versions: tuple[int, ...]) -> None:
    await race.meet(race.hear(*versions), Repairs(race.engine).rewrite([CASE]))
    await race.hear(1, 2)
    assert await race.stands() == Stands(2, 2)
