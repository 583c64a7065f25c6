"""The runtime when messages are poison and steps fail: the rest goes on."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from shared.contracts.effects import Outcome, Wanted
from shared.contracts.envelope import Heading
from shared.contracts.fold import Ask
from shared.contracts.intake import ConsentRecorded
from shared.process.service import ServiceProcess
from shared.runtime import desk, engine
from shared.runtime.engine import Submission
from shared.web.problems import Busy
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


@pytest.mark.parametrize("fuse", [True, False], ids=["later", "never"])
async def test_a_timer_before_its_time_is_set_right_and_not_taken_for_ever(toy_place: Place, *, fuse: bool) -> None:
    """As when a newer release reckons a due instant otherwise than the one that armed it."""
    speaker = toy(SPEAKER, toy_place.around)
    await speaker.engine.obey([Submission(ask("case-a", Count(fuse=fuse)), rendered)])
    armed = await toy_place.rows("select due_at from intake.timers")
    async with speaker.db.begin() as conn:
        await conn.execute(text("delete from intake.timers"))
        early = text("insert into intake.timers (entity, due_at) values ('case-a', :due)")
        await conn.execute(early, {"due": LONG_AGO})
    assert await speaker.engine.tick() == 1
    assert await toy_place.rows("select due_at from intake.timers") == armed
    assert await speaker.engine.tick() == 0


class Slow:
    """A projection that takes until it is let go."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()

    async def project(self, *_: Any) -> None:
        await self.go_on.wait()


async def test_what_was_under_way_is_not_called_undone_and_its_key_finds_out(
    toy_place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "ANSWER_WITHIN", 0.5)
    slow, asked = Slow(), replace(ask("case-a"), key="k")
    speaker = ServiceProcess(SPEAKER, toy_place.around, projection=slow)
    async with alive(speaker):
        with pytest.raises(Busy, match="可能已经办成"):
            await speaker.desk.ask(asked, rendered)
        with pytest.raises(Busy, match="请求太多"):
            await speaker.desk.ask(ask("case-queued"), rendered)
        slow.go_on.set()
        monkeypatch.undo()
        again = await speaker.desk.ask(asked, rendered)
        assert again.repeated
        assert (await said(speaker, "case-a"), await said(speaker, "case-queued")) == (1, 0)


async def test_no_run_of_steps_goes_on_alone_after_another_failed(
    toy_place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "RUN_MOST", 1)
    speaker = toy(SPEAKER, toy_place.around)
    for entity in ("case-a", "case-b"):
        await speaker.engine.obey([Submission(ask(entity, Count(fuse=True), LONG_AGO), rendered)])
    speaker.engine.projection = OnceAway()
    with pytest.raises(ConnectionResetError):
        await speaker.engine.tick()
    assert len(await toy_place.rows("select 1 from intake.timers")) == 1
    assert await speaker.engine.tick() == 1


class Counting:
    """A carrier that counts."""

    def __init__(self) -> None:
        self.carried = 0

    async def carry(self, bundle: Any) -> Outcome:
        self.carried += len(bundle)
        return Outcome(done=True)


async def test_what_was_carried_out_is_not_carried_again_because_the_database_was_away(toy_place: Place) -> None:
    def report(wanted: Wanted, _outcome: Outcome, _count: int, at: datetime) -> Ask:
        return ask(wanted.entity, at=at)

    carrier = Counting()
    sender = ServiceProcess(SPEAKER, toy_place.around, carriers={"echo": carrier}, report=report)
    await sender.engine.obey([Submission(ask("case-a", Count(want=True)), rendered)])
    sender.engine.projection = OnceAway()
    async with alive(sender):
        await eventually(lambda: toy_place.rows("select 1 from intake.wanted where settled_at is not null"))
        assert (carrier.carried, await said(sender, "case-a")) == (1, 2)


async def test_the_alarm_says_why_facts_do_not_leave(toy_place: Place) -> None:
    speaker = toy(SPEAKER, toy_place.around)
    async with speaker.db.begin() as conn:
        row = text("insert into intake.outbox (id, subject, headers, body, created_at) values (:id, :id, '{}', :b, :t)")
        await conn.execute(row, {"id": "ev.intake.x.y", "b": bytes(9 * 1024 * 1024), "t": LONG_AGO})
    with capture_logs() as logs:
        async with alive(speaker):
            (told,) = await eventually(lambda: alarms(logs))
    assert "MaxPayload" in told["reason"]


async def alarms(logs: list[Any]) -> list[Any]:
    return [log for log in logs if log["event"] == "outbox_waits"]
