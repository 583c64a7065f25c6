"""Numbers and rolls of a site with several replicas at once, on a real database: no number twice, none left out."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from services.dispatch.commands import entities_of
from services.dispatch.folds import FOLDS
from services.dispatch.policy.standing import SiteState
from services.dispatch.state import CaseState, site_entity
from services.dispatch.store import PostgresIndex
from services.dispatch.tables import tables
from shared.contracts.dispatch import StepTaken
from shared.contracts.envelope import Heading, Heard
from shared.contracts.fold import Ask, Done, Refusal
from shared.contracts.ids import RealIds
from shared.packs.loader import builtin_pack
from shared.process.service import Surroundings
from shared.rules.book import Book
from shared.rules.model import CaseType
from shared.runtime.engine import Engine, Submission
from shared.runtime.publishing import Publisher
from shared.storage.letters import Letter
from tests.support.clock import HandClock
from tests.support.dispatch_builders import SITE, TUESDAY, actor, book_of, request
from tests.support.standing_builders import BAR, ISSUE, SIGN
from tests.support.step_builders import take
from tests.support.system import surrounded

CASES = [f"case-{number:032x}" for number in range(1, 31)]
LEAD = actor("lead")


def rules() -> Book:
    book, pack = book_of(), builtin_pack("P001/3")
    kind: CaseType = replace(pack.case_types["complaint"], steps=(replace(SIGN, repeats=True), BAR, ISSUE))
    book.put_pack(replace(pack, case_types={**pack.case_types, kind.id: kind}))
    return book


def engine_on(around: Surroundings) -> Engine:
    clock, ids = HandClock(TUESDAY), RealIds()
    publisher = Publisher(around.db, "dispatch", clock, ids)
    return Engine(FOLDS, around.db, clock, ids, rules(), publisher, projection=PostgresIndex())


def letter(case: str) -> Letter:
    fact = request()
    heading = Heading(f"m-{case}", fact.wire_kind(), case, TUESDAY, 1, case)
    body = fact.model_dump_json().encode()
    return Letter(heading, fact.subject(heading), heading.headers(), body, Heard(heading, fact))


async def state_of(engine: Engine, entity: str) -> Any:
    async with engine.db.connect() as conn:
        slot = (await engine.unit.peek(conn, [entity])).get(entity)
    return slot.state if slot is not None else None


async def taken(engine: Engine, case: str, command: Any, key: str | None = None) -> Any:
    """What comes of a step at one replica: the form of what was said, or the refusal."""
    state = await state_of(engine, case)
    assert isinstance(state, CaseState)
    entities = entities_of(case, state, command, engine.book)
    ask = Ask(entities=entities, command=command, actor=LEAD, at=engine.clock.now(), right="own", key=key)
    submission = Submission(ask, _form)
    await engine.obey([submission])
    answer = submission.answer
    return answer if isinstance(answer, Refusal) else json.loads(answer or b"{}")


def _form(done: Done) -> bytes:
    return json.dumps(next(fact.form for _, fact in done.facts if isinstance(fact, StepTaken))).encode()


@pytest.fixture
async def engines(fresh_db: str) -> AsyncIterator[tuple[Engine, ...]]:
    async with AsyncExitStack() as open_ones:
        places = [await open_ones.enter_async_context(surrounded("nats://nobody", fresh_db)) for _ in range(3)]
        async with places[0].db.begin() as conn:
            await conn.execute(text("create schema dispatch"))
            await conn.run_sync(tables().create_all)
        made = tuple(engine_on(around) for around in places)
        await made[0].hear([letter(case) for case in CASES])
        yield made


async def test_replicas_give_every_number_once_and_leave_none_out(engines: tuple[Engine, ...]) -> None:
    async def signs(number: int, case: str) -> list[str]:
        """The step with its key at one replica, then the same again at another; between them what is refused."""
        here, there = engines[number % 3], engines[(number + 1) % 3]
        refused = await taken(here, case, take("sign=approved", form={"no": "GS-1"}))
        assert isinstance(refused, Refusal)
        told = [await taken(each, case, take("sign=approved"), f"key-{number}") for each in (here, there)]
        return [one["no"] for one in told]

    pairs = await asyncio.gather(*(signs(number, case) for number, case in enumerate(CASES)))

    assert all(first == again for first, again in pairs)
    assert sorted(first for first, _ in pairs) == [f"GS-SZ1-2025-{number:03}" for number in range(1, 31)]
    assert await state_of(engines[0], site_entity(SITE)) == SiteState(serials={"GS-SZ1-2025-{number}": 30})


async def test_several_steps_of_one_transaction_each_see_what_the_one_before_left(engines: tuple[Engine, ...]) -> None:
    engine, book = engines[0], engines[0].book
    steps = [
        (CASES[0], take("bar", form={"who": "陈工"})),
        (CASES[1], take("issue", form={"workers": "陈工"})),
        (CASES[2], take("sign=approved")),
        (CASES[3], take("sign=approved")),
    ]
    submissions = []
    for case, command in steps:
        entities = entities_of(case, await state_of(engine, case), command, book)
        ask = Ask(entities=entities, command=command, actor=LEAD, at=TUESDAY, right="own")
        submissions.append(Submission(ask, _form))
    await engine.obey(submissions)
    answers = [one.answer for one in submissions]

    assert isinstance(answers[1], Refusal)
    assert answers[1].why == "on_roll"
    assert [json.loads(answer)["no"] for answer in answers[2:] if isinstance(answer, bytes)] == [
        "GS-SZ1-2025-001",
        "GS-SZ1-2025-002",
    ]


async def test_whoever_is_barred_at_one_replica_is_barred_at_all(engines: tuple[Engine, ...]) -> None:
    await taken(engines[0], CASES[0], take("bar", form={"who": "陈工"}))

    verdicts = await asyncio.gather(
        *(
            taken(engines[number % 3], case, take("issue", form={"workers": "陈 工"}))
            for number, case in enumerate(CASES)
        )
    )

    assert {verdict.why for verdict in verdicts if isinstance(verdict, Refusal)} == {"on_roll"}
    assert all(isinstance(verdict, Refusal) for verdict in verdicts)
