"""Damage done by hand to a running system, for `verify` to find."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import text

from services.dispatch.commands.asked import Accept
from services.dispatch.policy.standing import SiteState
from shared.contracts.fold import SYSTEM, Ask, Done
from shouwen.door import Door, opened
from shouwen.verifying.hearing import who_hears
from shouwen.verifying.log import LogReader, log_at
from shouwen.verifying.settling import settled
from tests.e2e.story import Story

STRANGER = "case-" + "f" * 32
"""A case nobody has ever heard of."""
COUNTING = "site-yunshan"
"""A site that keeps something beside its cases."""
Plant = Callable[[Story, str], Awaitable[None]]


@asynccontextmanager
async def looking(house: Story) -> AsyncIterator[tuple[Door, LogReader]]:
    system = house.system
    async with opened(system.url, system.token) as door, log_at(system.settings.nats_url) as reader:
        yield door, reader


async def at_rest(house: Story) -> None:
    async with looking(house) as (door, _):
        assert await settled(door, who_hears(), lambda _left: None, stuck_after=10)


async def run(house: Story, sql: str, **values: Any) -> list[Any]:
    async with house.system.host.around.db.begin() as conn:
        found = await conn.execute(text(sql), values)
        return list(found) if found.returns_rows else []


def sql(*statements: str) -> Plant:
    async def plant(house: Story, case: str) -> None:
        for statement in statements:
            await run(house, statement.replace(":case", f"'{case}'").replace(":stranger", f"'{STRANGER}'"))

    return plant


async def unsent(house: Story, case: str) -> None:
    """A fact that was committed and never left: what a crash leaves behind when nobody relays."""
    engine = house.system.host.processes["dispatch"].engine
    ask = Ask(entities=(case,), command=Accept(), actor=SYSTEM, at=house.clock.now())
    async with engine.db.begin() as conn:
        work = await engine.unit.load(conn, [case])
        assert isinstance(engine.folding.obey(work, ask, house.clock.now()), Done)
        await engine.write(conn, work)


async def untried(house: Story, case: str) -> None:
    """An effect nobody will ever look at, because its hour was written wrong."""
    await run(
        house,
        """insert into notify.wanted (key, entity, kind, recipient, payload, next_at)
        select 'planted/' || :case, :case, kind, recipient, payload, timestamptz '2199-01-01Z'
        from notify.wanted where entity = :case limit 1""",
        case=case,
    )


async def abandoned(house: Story, case: str) -> None:
    """The same, tried once by a process that died of it."""
    await untried(house, case)
    await run(house, "update notify.wanted set attempts = 1 where key = 'planted/' || :case", case=case)


async def behind(house: Story, case: str) -> None:
    """Reporting as it was before the last act, one of the letters since then parked."""
    [before] = await run(house, "select * from reporting.entities where id = :case", case=case)
    known = [row.id for row in await run(house, "select id from reporting.facts where entity = :case", case=case)]
    await house.act(case, "accept")
    await house.act(case, "start")
    await at_rest(house)
    await run(
        house,
        "update reporting.entities set state = :state, heard = :heard, status = :status, waiting = 1 where id = :case",
        case=case,
        **{name: getattr(before, name) for name in ("state", "heard", "status")},
    )
    await run(
        house,
        """insert into reporting.parked (entity, speaker, version, headers, body, parked_at)
        select :case, 'dispatch', cast(cast(headers as json) ->> 'version' as int), headers, body, created_at
        from dispatch.outbox where subject = 'ev.dispatch.order_started.' || :case""",
        case=case,
    )
    await run(house, "delete from reporting.facts where entity = :case and id <> all(:known)", case=case, known=known)


@dataclass(frozen=True)
class Damage:
    """What is done by hand, and how `verify` names it: where, and part of the sentence."""

    plant: Plant
    where: str
    words: str
    id: str


async def unowed(house: Story, case: str) -> None:
    """A clock gone from the state without a word, its timer with it: the case would never be raised."""
    engine = house.system.host.processes["escalation"].engine
    async with engine.db.begin() as conn:
        work = await engine.unit.load(conn, [case])
        slot = work.slots[case]
        slot.state = replace(slot.state, case=replace(slot.state.case, clocks=()))
        slot.encoded, slot.changed = None, True
        await engine.write(conn, work)


async def numbered(house: Story) -> None:
    """A public notice signed at the second sample site: the site counts its numbers."""
    fields = {"site": "yunshan", "case_type": "notice", "category": "information", "severity": "ordinary"}
    notice = await house.log("group", **fields, form={"kind": "public", "audience": "全体业主"})
    await house.act(notice, "steps/sign", {"outcome": "approved"}, "group")


async def recounted(house: Story, change: Callable[[SiteState], SiteState]) -> None:
    """What the second sample site keeps, made into something else by hand."""
    engine = house.system.host.processes["dispatch"].engine
    async with engine.db.begin() as conn:
        work = await engine.unit.load(conn, [COUNTING])
        slot = work.slots[COUNTING]
        slot.state, slot.encoded, slot.changed = change(slot.state or SiteState()), None, True
        await engine.write(conn, work)


DAMAGES = [
    Damage(
        sql("delete from dispatch.entities where id = :case", "delete from dispatch.cases where id = :case"),
        "dispatch",
        "is in the log, but the service knows nothing of it",
        id="a missing order",
    ),
    Damage(
        sql("delete from escalation.entities where id = :case"),
        "escalation orphan",
        "a timer without its entity",
        id="a clock without its case",
    ),
    Damage(
        sql("delete from reporting.facts where entity = :case"),
        "reporting archive",
        "the archive has —, heard was",
        id="a register row without facts",
    ),
    Damage(
        sql("delete from reporting.cases where case_id = :case"),
        "reporting index",
        "its row has (no row), should have",
        id="facts without a register row",
    ),
    Damage(
        sql("update reporting.cases set category = 'greening' where case_id = :case"),
        "reporting index",
        "its row has category=greening, should have category=engineering",
        id="a row altered by hand",
    ),
    Damage(
        sql(
            """update reporting.facts set public = jsonb_set(public, '{category}', '"greening"')
            where entity = :case and kind = 'intake.request_received'"""
        ),
        "reporting fold",
        "is not what the archive folds to",
        id="an archived fact altered by hand",
    ),
    Damage(
        sql(
            *(
                f"delete from reporting.{table} where {key} = :case"
                for table, key in (("entities", "id"), ("facts", "entity"), ("cases", "case_id"))
            )
        ),
        "intake > reporting",
        "said up to version 1, heard up to 0",
        id="a case reporting has never heard of",
    ),
    Damage(behind, "reporting parked", "parked since", id="a hearer behind, a letter parked"),
    Damage(unsent, "dispatch unsent", "has not been sent since", id="an outbox row never sent"),
    Damage(untried, "notify untried", "never tried", id="a wanted effect never tried"),
    Damage(abandoned, "notify abandoned", "tried without an outcome", id="a wanted effect tried and forgotten"),
    Damage(unowed, "escalation ledger", "does not run here, runs until 2025-03", id="a ledger that does not balance"),
    Damage(
        sql("delete from escalation.timers where entity = :case"),
        "escalation timer",
        "timer at —, should be at 2025-03",
        id="a timer missing",
    ),
    Damage(
        sql("update escalation.timers set due_at = due_at + interval '1 day' where entity = :case"),
        "escalation timer",
        "should be at 2025-03",
        id="a timer at another instant",
    ),
    Damage(
        sql("update escalation.entities set state = '\\x00' where id = :case"),
        "escalation state",
        "its state is lost or cannot be read",
        id="a state that cannot be read",
    ),
    Damage(
        sql("update dispatch.entities set state = null where id = :case"),
        "dispatch state",
        "its state is lost or cannot be read",
        id="a state that is gone",
    ),
    Damage(
        sql("update dispatch.entities set site = 'elsewhere' where id = :case"),
        "dispatch columns",
        "index columns are elsewhere",
        id="a column altered by hand",
    ),
    Damage(
        sql("update dispatch.cases set department = 'nobody' where id = :case"),
        "dispatch index",
        "its row has department=nobody",
        id="the index of orders altered by hand",
    ),
    Damage(
        sql("update dispatch.entities set said = 0, said_chain = 0 where id = :case"),
        "dispatch",
        "said up to version 0, the log has up to 1",
        id="a speaker behind the log",
    ),
    Damage(
        sql("update escalation.entities set waiting = 3 where id = :case"),
        "escalation waiting",
        "3 parked by its row, 0 are there",
        id="a count of parked letters that is wrong",
    ),
    Damage(
        sql(
            "delete from escalation.entities where id = :case",
            "update escalation.timers set due_at = timestamptz '2020-01-01Z' where entity = :case",
        ),
        "escalation orphan",
        "a timer without its entity",
        id="a timer long due, its case gone",
    ),
    Damage(
        sql(f"insert into escalation.timers (entity, due_at) select '{STRANGER}', timestamptz '2199-01-01Z'"),
        "escalation orphan",
        "a timer without its entity",
        id="a timer of nobody",
    ),
    Damage(
        sql(f"insert into reporting.cases (case_id, site) values ('{STRANGER}', 'haijing')"),
        "reporting orphan",
        "a row without its entity",
        id="a row of nobody",
    ),
]
