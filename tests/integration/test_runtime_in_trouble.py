"""The runtime when messages are poison and steps fail: the rest goes on."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from shared.contracts.envelope import Heading
from shared.contracts.fold import Ask
from shared.contracts.intake import ConsentRecorded
from shared.process.service import ServiceProcess
from shared.runtime.engine import Submission
from shared.runtime.sending import Outcome
from tests.support.system import alive, toy
from tests.support.toy import FUSE, HEARER, SPEAKER, Count
from tests.support.toying import CONSENT, Place, ask, heading, nothing_in_hand, publish, rendered, said
from tests.support.waiting import eventually

LONG_AGO = datetime(2025, 3, 4, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("subject", "head", "reason"),
    [
        pytest.param("ev.intake.consent_recorded.case-a", heading("case-b"), "differ", id="of another entity"),
        pytest.param(
            "ev.intake.consent_recorded.case-a", heading("case-a", "intake.other"), "differ", id="another kind"
        ),
        pytest.param("ev.intake.consent_recorded.x", heading("case-" + "x" * 5000), "no name", id="of endless name"),
        pytest.param("ev.intake.consent_recorded.x", heading("x", version=2**40), "bounds", id="of endless version"),
    ],
)
async def test_an_envelope_that_lies_is_buried_and_the_rest_flows(
    toy_place: Place, subject: str, head: Heading, reason: str
) -> None:
    hearer = toy(HEARER, toy_place.around)
    async with alive(hearer):
        await publish(hearer, subject, CONSENT, head)
        await publish(hearer, "ev.intake.consent_recorded.case-good", CONSENT, heading("case-good"))

        await eventually(lambda: said(hearer, "case-good"))
        (dead,) = await eventually(lambda: toy_place.rows("select reason from dispatch.dead_letters"))
        assert reason in dead.reason
        assert await eventually(lambda: nothing_in_hand(hearer))


class Columns:
    """A projection with a text column, which cannot hold a NUL."""

    async def project(self, conn: Any, work: Any) -> None:
        for heard in work.applied:
            await conn.execute(text("select cast(:by as text)"), {"by": heard.fact.by})


async def test_a_fact_the_database_cannot_take_is_buried_alone(toy_place: Place) -> None:
    hearer = ServiceProcess(HEARER, toy_place.around, projection=Columns())
    async with alive(hearer):
        bad = heading("case-bad", "intake.consent_recorded")
        await publish(hearer, "ev.intake.consent_recorded.case-bad", ConsentRecorded(consent="c", by="a\x00b"), bad)
        for number in range(5):
            name = f"case-{number}"
            await publish(hearer, f"ev.intake.consent_recorded.{name}", CONSENT, heading(name))

        await eventually(lambda: all_said(hearer, [f"case-{number}" for number in range(5)]))
        assert [row.entity for row in await toy_place.rows("select entity from dispatch.dead_letters")] == ["case-bad"]
        await eventually(lambda: nothing_in_hand(hearer))


async def all_said(process: ServiceProcess, entities: list[str]) -> bool:
    return all([await said(process, entity) for entity in entities])


class OnceAway:
    """A projection whose database is away the first time."""

    def __init__(self) -> None:
        self.asked = 0

    async def project(self, *_: Any) -> None:
        self.asked += 1
        if self.asked == 1:
            raise ConnectionResetError


async def test_a_batch_put_off_in_part_comes_back_whole(toy_place: Place) -> None:
    waiting = replace(HEARER, ready=lambda heard, _book: heard.heading.entity != "case-wait")
    hearer = ServiceProcess(waiting, toy_place.around, projection=OnceAway())
    speaker = toy(SPEAKER, toy_place.around)
    async with alive(speaker):
        for name in ("case-wait", "case-good"):
            await publish(speaker, f"ev.intake.consent_recorded.{name}", CONSENT, heading(name))
    async with alive(hearer):
        await eventually(lambda: said(hearer, "case-good"))


class Broken:
    """A carrier with a defect."""

    async def carry(self, bundle: Any) -> Outcome:
        raise KeyError(len(bundle))


async def test_an_effect_whose_carrier_breaks_is_put_off_like_any_other(toy_place: Place) -> None:
    def report(*_: Any) -> Ask:
        return ask("case-a")

    speaker = ServiceProcess(SPEAKER, toy_place.around, carriers={"echo": Broken()}, report=report)
    async with alive(speaker):
        await speaker.desk.ask(ask("case-a", Count(want=True)), rendered)
        (put_off,) = await eventually(
            lambda: toy_place.rows("select outcome from intake.wanted where outcome is not null")
        )
    assert put_off.outcome == "defect KeyError"


async def test_a_message_with_a_status_header_is_a_message(toy_place: Place) -> None:
    hearer = toy(HEARER, toy_place.around)
    async with alive(hearer):
        assert hearer.nc is not None
        await hearer.nc.jetstream().publish("ev.intake.consent_recorded.x", b"", headers={"Status": "409"})
        await eventually(lambda: toy_place.rows("select 1 from dispatch.dead_letters"))
        await eventually(lambda: nothing_in_hand(hearer))


async def test_a_step_that_fails_stops_nobody_elses(toy_place: Place) -> None:
    speaker = toy(SPEAKER, toy_place.around)
    for entity, site in (("case-bad", "broken"), ("case-good", "a")):
        await speaker.engine.obey([Submission(ask(entity, Count(fuse=True, site=site), LONG_AGO), rendered)])
    async with alive(speaker):
        await eventually(
            lambda: toy_place.rows("select 1 from intake.outbox where subject like '%withdrawn.case-good'")
        )
        (timer,) = await toy_place.rows("select entity, due_at from intake.timers")
    assert timer.entity == "case-bad"
    assert timer.due_at > LONG_AGO + FUSE
