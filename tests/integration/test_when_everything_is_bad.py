"""A reader whose letters nearly all die stops instead of emptying the stream into the dead letters."""

import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from shared.runtime import settling
from shared.runtime.toll import MANY
from tests.support.dying import Defect, Ward, ward
from tests.support.toying import Place, nothing_in_hand
from tests.support.waiting import eventually

ALL = "*"


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "STOPPED", 0.1)


@asynccontextmanager
async def in_one_batch(one: Ward, number: int) -> AsyncIterator[None]:
    """*number* letters said inside are heard together: the reader must not have the first ones alone."""
    reader: Any = one.process._reader
    await eventually(lambda: has(reader, "_credit", 1))  # while it pauses it asks for nothing
    before = reader.arrived
    reader.pause(math.inf)
    yield
    await eventually(lambda: has(reader, "arrived", before + number))
    reader.pause(0)


async def has(reader: Any, what: str, number: int) -> bool:
    return bool(getattr(reader, what) >= number)


async def flood(one: Ward, number: int, *, by: str = "x") -> None:
    for each in range(number):
        await one.say(f"case-{by}{each}", by=by)


async def has_stopped(one: Ward) -> bool:
    return "reader stopped" in one.process.trouble


async def graves(place: Place) -> list[Any]:
    return await place.rows("select entity, reason from dispatch.dead_letters")


async def test_it_stops_buries_none_says_so_once_and_resumes_by_itself(toy_place: Place) -> None:
    with capture_logs() as logs:
        async with ward(toy_place, Defect(kills=ALL)) as one:
            async with in_one_batch(one, 3 * MANY):
                await flood(one, 3 * MANY)
            await eventually(lambda: has_stopped(one))
            assert "poison" in (await one.get("/dead-letters"))["stopped"]
            assert 'shouwen_reader_stopped{service="dispatch"} 1.0' in await metrics(one)
            assert await graves(toy_place) == []

            one.defect.kills = "nobody"
            await eventually(lambda: one.counted(f"case-x{3 * MANY - 1}", 1))
            await eventually(lambda: nothing_in_hand(one.process))
            assert await graves(toy_place) == []
            assert one.process.trouble == ""
            assert 'shouwen_reader_stopped{service="dispatch"} 0.0' in await metrics(one)
    assert [log["log_level"] for log in logs if log["event"] == "reader_stopped"] == ["error"]


async def metrics(one: Ward) -> str:
    answer: str = (await one.ask("GET", "/metrics", "viewer")).text
    return answer


class Missing:
    """A projection whose table is gone: a release that was not migrated."""

    def __init__(self) -> None:
        self.gone = True

    async def project(self, conn: Any, work: Any) -> None:
        if self.gone and work.applied:
            await conn.execute(text("select * from dispatch.no_such_table"))


async def test_it_stops_when_the_database_refuses_everything(toy_place: Place) -> None:
    async with ward(toy_place) as one:
        missing = Missing()
        one.process.engine.projection = missing
        async with in_one_batch(one, 2 * MANY):
            await flood(one, 2 * MANY)
        await eventually(lambda: has_stopped(one))
        assert await graves(toy_place) == []
        missing.gone = False
        await eventually(lambda: one.counted(f"case-x{2 * MANY - 1}", 1))


async def test_a_slow_trickle_of_nothing_but_bad_letters_stops_it_too(toy_place: Place) -> None:
    async with ward(toy_place, Defect(kills=ALL)) as one:
        for number in range(MANY):
            await one.say(f"case-{number}")
            await eventually(lambda: nothing_in_hand_or_stopped(one))
        assert await has_stopped(one)
        assert len(await graves(toy_place)) == MANY - 1


async def nothing_in_hand_or_stopped(one: Ward) -> bool:
    return await has_stopped(one) or await nothing_in_hand(one.process)


async def test_a_handful_of_poison_does_not_stop_it(toy_place: Place) -> None:
    async with ward(toy_place) as one:
        await flood(one, MANY - 1, by="poison")
        await flood(one, MANY)
        await eventually(lambda: one.counted(f"case-x{MANY - 1}", 1))
        await eventually(lambda: nothing_in_hand(one.process))
        assert len(await graves(toy_place)) == MANY - 1
        assert one.process.trouble == ""


async def test_the_flood_of_one_entity_does_not_stop_it(toy_place: Place) -> None:
    async with ward(toy_place) as one:
        for version in range(1, 3 * MANY):
            await one.send("case-a", b"not JSON", version)
        await one.say("case-good")
        await eventually(lambda: one.counted("case-good", 1))
        await eventually(lambda: nothing_in_hand(one.process))
        assert len(await graves(toy_place)) == 1  # the others wait behind it
        (lane,) = await one.lanes()
        assert (lane["letters"], lane["because"]) == (3 * MANY - 2, "dead_letter")


async def test_a_person_may_say_that_the_letters_are_bad(toy_place: Place) -> None:
    async with ward(toy_place) as one:
        assert one.process.nc is not None
        async with in_one_batch(one, 2 * MANY):
            for number in range(2 * MANY):
                await one.process.nc.jetstream().publish(f"ev.intake.rubbish.{number}", b"?")
        await eventually(lambda: has_stopped(one))
        assert (await one.ask("POST", "/reader/pardon", json={})).status_code == 200
        await eventually(lambda: nothing_in_hand(one.process))
        assert len(await graves(toy_place)) == 2 * MANY
        assert one.process.trouble == ""


async def test_it_goes_on_when_somebody_else_has_heard_what_was_bad(toy_place: Place) -> None:
    async with ward(toy_place, Defect(kills=ALL)) as one:
        async with in_one_batch(one, 2 * MANY):
            await flood(one, 2 * MANY)
        await eventually(lambda: has_stopped(one))
        assert one.process.nc is not None
        await one.process.nc.jetstream().delete_consumer("EV", "dispatch")  # nothing comes any more
        await eventually(lambda: goes_on(one))


async def goes_on(one: Ward) -> bool:
    return not await has_stopped(one)
