"""The runtime by itself, on real servers: every promise of design §5 that one process can show."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from shared.contracts.envelope import Heading
from shared.contracts.fold import SYSTEM, Ask, Done, Refusal
from shared.contracts.intake import ConsentRecorded
from shared.process.service import ServiceProcess, Surroundings
from shared.runtime.engine import Submission
from shared.storage.slots import chained, decode_heard
from shared.timekeeping.clock import SystemClock
from tests.support.system import alive, create_tables, provisioned, surrounded, toy
from tests.support.toy import FUSE, HEARER, SPEAKER, Count
from tests.support.waiting import eventually


@pytest.fixture
async def around(fresh_nats_each: str, fresh_db: str) -> AsyncIterator[Surroundings]:
    await provisioned(fresh_nats_each)
    async with surrounded(fresh_nats_each, fresh_db) as around:
        await create_tables(around, ["intake", "dispatch"])
        yield around


def ask(entity: str, command: Count | None = None, **more: Any) -> Ask:
    at = more.pop("at", None) or SystemClock().now()
    return Ask(entities=(entity,), command=command or Count(), actor=SYSTEM, at=at, **more)


def rendered(done: Done) -> bytes:
    return json.dumps({"version": done.version}).encode()


async def counted(process: ServiceProcess, entity: str) -> int:
    async with process.db.connect() as conn:
        slot = (await process.engine.unit.peek(conn, [entity])).get(entity)
    return slot.state.count if slot is not None and slot.state is not None else 0


async def rows(around: Surroundings, sql: str) -> list[Any]:
    async with around.db.connect() as conn:
        return list(await conn.execute(text(sql)))


async def test_a_command_is_heard_by_the_next_service_exactly_once(around: Surroundings) -> None:
    speaker, hearer = toy(SPEAKER, around), toy(HEARER, around)
    async with alive(speaker, hearer):
        for _ in range(5):
            await speaker.desk.ask(ask("case-a"), rendered)

        await eventually(lambda: reached(hearer, "case-a", 5))
        assert await hearer.version_of("case-a", "intake") == 5
        assert await hearer.version_of("case-a", "dispatch") == 5


async def reached(process: ServiceProcess, entity: str, count: int) -> bool:
    return await counted(process, entity) >= count


async def test_chains_at_speaker_and_hearer_are_equal(around: Surroundings) -> None:
    speaker, hearer = toy(SPEAKER, around), toy(HEARER, around)
    async with alive(speaker, hearer):
        await asyncio.gather(*(speaker.desk.ask(ask("case-a"), rendered) for _ in range(40)))
        await eventually(lambda: reached(hearer, "case-a", 40))

        (said,) = await rows(around, "select said, said_chain from intake.entities where id = 'case-a'")
        (heard,) = await rows(around, "select heard, waiting from dispatch.entities where id = 'case-a'")
        assert decode_heard(heard.heard)["intake"] == (said.said, said.said_chain)
        assert heard.waiting == 0


async def test_messages_out_of_order_are_parked_and_drained(around: Surroundings) -> None:
    hearer = toy(HEARER, around)
    async with alive(hearer):
        await publish(hearer, "case-a", 3)
        await publish(hearer, "case-a", 2)
        await eventually(lambda: parked(around, 2))
        assert await counted(hearer, "case-a") == 0

        await publish(hearer, "case-a", 1)
        await eventually(lambda: reached(hearer, "case-a", 3))
        assert await parked(around, 0)


async def publish(process: ServiceProcess, entity: str, version: int, consent: str = "CN-2") -> None:
    heading = Heading(
        id=f"{entity}-{version}",
        kind="intake.consent_recorded",
        entity=entity,
        at=SystemClock().now(),
        version=version,
        correlation=entity,
    )
    fact = ConsentRecorded(consent=consent, by="x")
    assert process.nc is not None
    await process.nc.jetstream().publish(
        fact.subject(heading), fact.model_dump_json().encode(), headers=heading.headers()
    )


async def parked(around: Surroundings, number: int) -> bool:
    return len(await rows(around, "select 1 from dispatch.parked")) == number


async def test_a_poison_message_stops_only_its_own_entity(around: Surroundings) -> None:
    hearer = toy(HEARER, around)
    async with alive(hearer):
        await publish(hearer, "case-bad", 1, consent="poison")
        await publish(hearer, "case-bad", 2)
        await publish(hearer, "case-good", 1)

        await eventually(lambda: reached(hearer, "case-good", 1))
        await eventually(lambda: parked(around, 1))
        (dead,) = await rows(around, "select entity, version, reason from dispatch.dead_letters")
        assert (dead.entity, dead.version) == ("case-bad", 1)
        assert "poison" in dead.reason
        assert await counted(hearer, "case-bad") == 0


@pytest.mark.parametrize(
    ("headers", "body", "reason"),
    [
        pytest.param({}, b"{}", "no headers", id="without headers"),
        pytest.param({"ce-id": "x"}, b"{}", "missing", id="with half an envelope"),
        pytest.param(None, b"not json", "json", id="not JSON"),
        pytest.param(None, b'{"consent": 3}', "field", id="JSON of the wrong shape"),
    ],
)
async def test_an_unreadable_message_is_buried_with_its_reason(
    around: Surroundings, headers: dict[str, str] | None, body: bytes, reason: str
) -> None:
    hearer = toy(HEARER, around)
    async with alive(hearer):
        whole = Heading("id-1", "intake.consent_recorded", "case-x", SystemClock().now(), 1, "case-x").headers()
        assert hearer.nc is not None
        await hearer.nc.jetstream().publish(
            "ev.intake.consent_recorded.case-x", body, headers=whole if headers is None else headers
        )
        await publish(hearer, "case-good", 1)

        await eventually(lambda: reached(hearer, "case-good", 1))
        dead = await eventually(lambda: rows(around, "select reason from dispatch.dead_letters"))
        assert reason in dead[0].reason.lower()


async def test_a_repeated_key_gets_the_same_answer_and_changes_nothing(around: Surroundings) -> None:
    speaker = toy(SPEAKER, around)
    async with alive(speaker):
        first = await speaker.desk.ask(ask("case-a", key="k", digest="d"), rendered)
        again = await speaker.desk.ask(ask("case-a", key="k", digest="d"), rendered)
        other = await speaker.desk.ask(ask("case-a", key="k", digest="e"), rendered)

        assert (first.answer, first.repeated) == (again.answer, False)
        assert again.repeated
        assert isinstance(other.answer, Refusal)
        assert other.answer.why == "key_reused"
        assert await counted(speaker, "case-a") == 1


async def test_the_same_key_twice_in_one_batch_counts_once(around: Surroundings) -> None:
    speaker = toy(SPEAKER, around)
    submissions = [Submission(ask("case-a", key="k", digest="d"), rendered) for _ in range(2)]
    await speaker.engine.obey(submissions)
    assert [s.answer for s in submissions] == [b'{"version": 1}'] * 2
    assert await counted(speaker, "case-a") == 1


async def test_a_stale_if_match_is_refused_with_the_current_version(around: Surroundings) -> None:
    speaker = toy(SPEAKER, around)
    async with alive(speaker):
        await speaker.desk.ask(ask("case-a"), rendered)
        refused = await speaker.desk.ask(ask("case-a", if_match=0), rendered)
        assert isinstance(refused.answer, Refusal)
        assert refused.answer.status == 412
        accepted = await speaker.desk.ask(ask("case-a", if_match=1), rendered)
        assert accepted.answer == b'{"version": 2}'


async def test_a_due_step_fires_at_its_true_instant(around: Surroundings) -> None:
    speaker = toy(SPEAKER, around)
    long_ago = datetime(2025, 3, 4, 10, tzinfo=UTC)
    async with alive(speaker):
        await speaker.engine.obey([Submission(ask("case-a", Count(fuse=True), at=long_ago), rendered)])
        fired = await eventually(
            lambda: rows(around, "select headers from intake.outbox where subject like '%withdrawn%'")
        )
        assert json.loads(fired[0].headers)["ce-time"] == (long_ago + FUSE).isoformat()
        assert not await rows(around, "select 1 from intake.timers")


async def test_an_act_exactly_at_the_due_instant_comes_before_the_step(around: Surroundings) -> None:
    speaker = toy(SPEAKER, around)
    start = datetime(2025, 3, 4, 10, tzinfo=UTC)
    await speaker.engine.obey([Submission(ask("case-a", Count(fuse=True), at=start), rendered)])
    await speaker.engine.obey([Submission(ask("case-a", at=start + FUSE), rendered)])
    await speaker.engine.obey([Submission(ask("case-a", at=start + FUSE + timedelta(microseconds=1)), rendered)])

    said = await rows(around, "select subject from intake.outbox order by (headers::jsonb ->> 'version')::int")
    assert [row.subject.split(".")[2] for row in said] == [
        "consent_recorded",
        "consent_recorded",
        "request_withdrawn",
        "consent_recorded",
    ]


async def test_two_replicas_share_timers_without_firing_twice(around: Surroundings) -> None:
    one, two = toy(SPEAKER, around), toy(SPEAKER, replace(around, replica="two"))
    past = datetime(2025, 3, 4, 10, tzinfo=UTC)
    await one.engine.obey([Submission(ask(f"case-{n}", Count(fuse=True), at=past), rendered) for n in range(300)])
    async with alive(one, two):
        await eventually(lambda: no_timers(around))
    fired = await rows(around, "select 1 from intake.outbox where subject like '%withdrawn%'")
    assert len(fired) == 300


async def no_timers(around: Surroundings) -> bool:
    return not await rows(around, "select 1 from intake.timers")


async def test_what_a_crash_left_in_the_outbox_is_relayed(around: Surroundings) -> None:
    speaker = toy(SPEAKER, around)
    await speaker.engine.obey([Submission(ask("case-a"), rendered)])  # not connected: committed, never published
    hearer = toy(HEARER, around)
    async with alive(speaker, hearer):
        await eventually(lambda: reached(hearer, "case-a", 1), patience=15)


async def test_a_batch_of_forty_leaves_as_one_atomic_batch_and_arrives_whole(around: Surroundings) -> None:
    speaker, hearer = toy(SPEAKER, around), toy(HEARER, around)
    async with alive(speaker, hearer):
        await speaker.engine.obey([Submission(ask(f"case-{n}"), rendered) for n in range(40)])
        await eventually(lambda: heard_of(around, 40))


async def heard_of(around: Surroundings, number: int) -> bool:
    return len(await rows(around, "select 1 from dispatch.entities where heard is not null")) == number


async def test_a_refused_command_leaves_nothing_behind(around: Surroundings) -> None:
    speaker = toy(SPEAKER, around)
    for _ in range(100):
        await speaker.engine.obey([Submission(ask("case-a"), rendered)])
    submission = Submission(ask("case-a", key="k"), rendered)
    await speaker.engine.obey([submission])
    assert isinstance(submission.answer, Refusal)
    assert await counted(speaker, "case-a") == 100
    assert not await rows(around, "select 1 from intake.idempotency")


async def test_a_durable_ahead_of_its_database_is_taken_back(around: Surroundings) -> None:
    speaker, hearer = toy(SPEAKER, around), toy(HEARER, around)
    async with alive(speaker, hearer):
        await speaker.desk.ask(ask("case-a"), rendered)
        await eventually(lambda: reached(hearer, "case-a", 1))
        await eventually(lambda: acknowledged(hearer))
    async with around.db.begin() as conn:
        for table in ("entities", "positions", "outbox"):
            await conn.execute(text(f"truncate dispatch.{table}"))
    restored = toy(HEARER, around)
    async with alive(restored):
        await eventually(lambda: reached(restored, "case-a", 1))


async def acknowledged(process: ServiceProcess) -> bool:
    assert process.nc is not None
    info = await process.nc.jetstream().consumer_info("EV", process.folds.service)
    return bool(info.ack_floor and info.ack_floor.stream_seq > 0)


def test_a_chain_depends_on_order() -> None:
    assert chained(chained(0, "a"), "b") != chained(chained(0, "b"), "a")
