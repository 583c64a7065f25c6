"""A service away for two hours: each step is recorded at its true instant and told once, as if it had been there.

Source: design.md §2 (late history gives the same result as live running), §11 (a service may be down for hours).
"""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import structs
from sqlalchemy import text

from shared.contracts.envelope import Heard
from shared.contracts.fold import Folds, Moment, Step
from shared.process.pump import BATCH
from shared.process.service import ServiceProcess
from shared.runtime.engine import Submission
from tests.e2e.story import Story, story
from tests.support.delivering import Slow, put, stranger
from tests.support.system import alive
from tests.support.toy import SPEAKER, Count
from tests.support.toy import Counter as Counted
from tests.support.toying import CONSENT, Place, ask, has_said, heading, rendered
from tests.support.waiting import eventually

MORNING = datetime(2025, 3, 4, 2, tzinfo=UTC)  # 10:00 at the site
LIMIT = timedelta(minutes=30)
TWO_HOURS = (10, 20, 40, 60, 120)
"""Minutes after the morning at which something happens or somebody looks."""
HEARERS = ("intake", "dispatch", "escalation", "reporting", "notify")


@asynccontextmanager
async def away(run: Story, service: str) -> AsyncIterator[None]:
    """Stopped like a process that ends, and started again."""
    process = run.system.host.processes[service]
    await process.stop()
    yield
    await process.start()


async def asked(run: Story) -> str:
    """A request with a limit half an hour from now."""
    body = {
        "site": "wanqu",
        "category": "engineering_repair",
        "channel": "phone",
        "caller": {"name": "赵文"},
        "content": "楼上漏水",
        "customer_limit": (run.clock.now() + LIMIT).isoformat(),
    }
    return str((await run.post("/api/intake/requests", body))["entity"])


async def completed(run: Story, case: str) -> None:
    for act, body in (("accept", {}), ("start", {}), ("complete", {"text": "好了"})):
        await run.act(case, act, body)


async def caught_up(run: Story, services: tuple[str, ...]) -> bool:
    """Whether those *services* have heard everything, said everything, and fired everything due by now."""
    for service in services:
        if any((await run.get(f"/api/{service}/backlog")).values()):
            return False
        if await rows(run, f"select 1 from {service}.timers where due_at < :now"):
            return False
    return not await rows(run, "select 1 from notify.wanted where settled_at is null and next_at <= :now")


async def rows(run: Story, sql: str) -> list[Any]:
    async with run.system.host.around.db.connect() as conn:
        return list(await conn.execute(text(sql), {"now": run.clock.now()} if ":now" in sql else {}))


@dataclass(frozen=True)
class Outcome:
    """What two hours have left behind, by the name of the case.

    Attributes:
        said: What escalation said, and of which instant.
        told: Who got a message, and about what.
    """

    said: Counter[tuple[str, str, datetime]]
    told: Counter[tuple[str, str, str]]


async def two_hours(run: Story, hole: AbstractAsyncContextManager[None], present: tuple[str, ...]) -> Outcome:
    """Four cases: left alone, done in time, done too late, and asked in the midst of it."""
    cases = {name: await asked(run) for name in ("left", "done", "late")}
    await eventually(lambda: caught_up(run, HEARERS), patience=30)
    async with hole:
        for minutes in TWO_HOURS:
            await run.until(MORNING + timedelta(minutes=minutes))
            if minutes == 10:
                cases["midst"] = await asked(run)
            if minutes == 20:
                await completed(run, cases["done"])
            if minutes == 40:
                await completed(run, cases["late"])
            await eventually(lambda: caught_up(run, present), patience=30)
    await eventually(lambda: caught_up(run, HEARERS), patience=30)
    return await outcome_of(run, {case: name for name, case in cases.items()})


async def outcome_of(run: Story, names: dict[str, str]) -> Outcome:
    # Nobody is silent about what he could not have heard: climbing on is counted from when people were told.
    facts = await rows(
        run,
        "select entity, kind, at from reporting.facts"
        " where speaker = 'escalation' and public->>'reason' is distinct from 'silence'",
    )
    # Two notices outward about one case are two things to tell the customer: they differ in their words.
    inbox = await rows(
        run,
        "select entity, person, case reason when 'outside' then zh else reason end as reason"
        " from notify.inbox where reason <> 'silence'",
    )
    return Outcome(
        Counter((names[row.entity], row.kind, row.at) for row in facts),
        Counter((names[row.entity], row.person, row.reason) for row in inbox),
    )


async def test_escalation_away_for_two_hours_says_and_tells_what_it_would_have() -> None:
    async with story(MORNING) as run:
        there = await two_hours(run, nullcontext(), HEARERS)
    async with story(MORNING) as run:
        present = tuple(name for name in HEARERS if name != "escalation")
        afterwards = await two_hours(run, away(run, "escalation"), present)

    breached = {name: at for name, kind, at in afterwards.said if kind == "escalation.clock_breached"}
    assert breached == {
        "left": MORNING + LIMIT,
        "late": MORNING + LIMIT,
        "midst": MORNING + timedelta(minutes=10) + LIMIT,
    }
    assert afterwards.said == there.said
    assert afterwards.told == there.told
    assert set(afterwards.said.values()) == set(afterwards.told.values()) == {1}


def _defused(state: Counted | None, heard: Heard, moment: Moment) -> Step:
    """What a stranger says puts the fuse out; the toy hears itself too."""
    del moment
    state = state or Counted()
    return Step(why="heard", state=replace(state, due_at=None) if heard.fact == CONSENT else state)


LISTENER = Folds(
    service="dispatch", hears=("intake",), kinds=tuple(replace(kind, react=_defused) for kind in SPEAKER.kinds)
)


async def test_what_was_said_while_a_service_was_away_is_heard_before_its_steps_fall_due(toy_place: Place) -> None:
    cases = [f"case-{number}" for number in range(2 * BATCH)]
    listener = ServiceProcess(LISTENER, toy_place.around, projection=Slow(seconds=0.3))
    await listener.engine.obey([Submission(ask(case, Count(fuse=True), MORNING), rendered) for case in cases])
    async with stranger(toy_place.nats.url) as nc:
        await put(nc, [structs.replace(heading(case), at=MORNING + timedelta(minutes=59)) for case in cases])
    async with alive(listener):
        await eventually(lambda: heard_of_all(toy_place, len(cases)))
    assert await toy_place.rows("select id from dispatch.entities where said <> 1") == []


async def heard_of_all(place: Place, count: int) -> bool:
    return len(await place.rows("select 1 from dispatch.entities where heard is not null")) == count


async def test_a_fact_that_waits_for_the_directory_holds_no_step_back(toy_place: Place) -> None:
    waiting = replace(LISTENER, ready=lambda heard, _book: heard.heading.entity != "case-waits")
    listener = ServiceProcess(waiting, toy_place.around)
    await listener.engine.obey([Submission(ask("case-due", Count(fuse=True), MORNING), rendered)])
    async with stranger(toy_place.nats.url) as nc:
        await put(nc, [heading("case-waits")])
    async with alive(listener):
        await eventually(lambda: has_said(listener, "case-due", 2), patience=20)
        assert await listener.version_of("case-waits", "intake") == 0
