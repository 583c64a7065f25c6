"""A service's own books, looked into while nobody works on them: what waits is found, and who may look is checked."""

from datetime import timedelta

import httpx2
import pytest
from sqlalchemy import text

from shared.contracts.directory import Account
from shared.contracts.fold import Grant
from shared.process.books import Books
from shared.process.repairs import Repairs
from shared.runtime.engine import Submission
from shared.timekeeping.clock import SystemClock
from tests.support.clock import HandClock
from tests.support.system import create_tables, surrounded, toy
from tests.support.toy import SPEAKER, Count
from tests.support.toying import ask, rendered

NOWHERE = "nats://127.0.0.1:1"


@pytest.fixture
def clock() -> HandClock:
    return HandClock(SystemClock().now())


async def test_what_waits_is_found_by_its_sort(fresh_db: str, clock: HandClock) -> None:
    async with surrounded(NOWHERE, fresh_db, clock=clock) as around:
        await create_tables(around, ["intake"])
        process = toy(SPEAKER, around)
        await process.engine.obey([Submission(ask("case-a", Count(fuse=True, want=True)), rendered)])
        books = Books(process.engine)
        assert {found.code for found in await books.pending(10)} == {"unsent", "untried"}
        clock.advance(timedelta(hours=2))
        assert {found.code for found in await books.pending(10)} == {"unsent", "untried", "overdue"}
        assert {found.entity for found in await books.pending(10)} == {"case-a"}

        async with around.db.begin() as conn:
            in_work = text("update intake.wanted set attempts = 1, next_at = :lease")
            await conn.execute(in_work, {"lease": clock.now() + timedelta(minutes=1)})
            await conn.execute(text("update intake.outbox set published_at = now()"))
        await process.engine.tick()
        assert {found.code for found in await books.pending(10)} == {"unsent"}
        clock.advance(timedelta(minutes=3))
        assert {found.code for found in await books.pending(10)} == {"unsent", "abandoned"}


async def test_a_scan_goes_page_by_page_and_finds_what_does_not_follow(fresh_db: str, clock: HandClock) -> None:
    async with surrounded(NOWHERE, fresh_db, clock=clock) as around:
        await create_tables(around, ["intake"])
        process = toy(SPEAKER, around)
        asks = [Submission(ask(f"case-{letter}", Count(fuse=True)), rendered) for letter in "abcde"]
        await process.engine.obey(asks)
        async with around.db.begin() as conn:
            await conn.execute(text("delete from intake.timers where entity = 'case-d'"))
            await conn.execute(text("insert into intake.timers (entity, due_at) values ('case-bb', now())"))
        books, pages, after = Books(process.engine), [], ""
        while (page := await books.scan(after, 2))["upto"] is not None:
            pages.append(page)
            after = page["upto"]
        pages.append(page)

        assert [page["entities"] for page in pages] == [2, 2, 1]
        found = [(one["entity"], one["code"]) for page in pages for one in page["findings"]]
        assert found == [("case-d", "timer"), ("case-bb", "orphan")]

        await Repairs(process.engine).rewrite(["case-d", "case-bb"])
        assert (await books.scan("", 10))["findings"] == []
        async with around.db.connect() as conn:
            timers = await conn.execute(text("select entity from intake.timers order by entity"))
            assert [row.entity for row in timers] == [f"case-{letter}" for letter in "abcde"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        pytest.param("GET", "/books", None, id="books"),
        pytest.param("GET", "/books/pending", None, id="pending"),
        *(pytest.param("POST", f"/repair/{name}", {"ids": []}, id=name) for name in ("outbox", "effects", "entities")),
        pytest.param("POST", "/repair/letters", {"letters": []}, id="letters"),
        pytest.param("POST", "/repair/rebuild", {"entity": "case-a", "letters": []}, id="rebuild"),
    ],
)
async def test_only_administrators_look_and_mend(fresh_db: str, method: str, path: str, body: object) -> None:
    async with surrounded(NOWHERE, fresh_db) as around:
        process = toy(SPEAKER, around)
        process.accounts.put_account(Account("some", "some", "some", grants=(Grant("a", "admin"),)))
        bearer = {"Authorization": f"Bearer {process.accounts.assert_for('some')}"}
        transport = httpx2.ASGITransport(app=process.api)
        async with httpx2.AsyncClient(transport=transport, base_url="http://here", headers=bearer) as client:
            assert (await client.request(method, path, json=body)).status_code == 403


@pytest.mark.parametrize(
    ("path", "body", "place"),
    [
        pytest.param("/repair/letters", {"letters": [{"headers": {}, "body": "{}"}]}, "/letters/0", id="no letter"),
        pytest.param("/repair/rebuild", {"entity": "", "letters": []}, "/entity", id="no name"),
        pytest.param("/repair/rebuild", {"entity": "a\x00", "letters": []}, "/entity", id="a name no entity has"),
    ],
)
async def test_what_is_no_letter_and_no_entity_is_refused_with_its_place(
    fresh_db: str, path: str, body: object, place: str
) -> None:
    async with surrounded(NOWHERE, fresh_db) as around:
        process = toy(SPEAKER, around)
        process.accounts.put_account(Account("all", "all", "all", grants=(Grant("*", "admin"),)))
        bearer = {"Authorization": f"Bearer {process.accounts.assert_for('all')}"}
        transport = httpx2.ASGITransport(app=process.api)
        async with httpx2.AsyncClient(transport=transport, base_url="http://here", headers=bearer) as client:
            refused = await client.post(path, json=body)
    assert refused.status_code == 422
    assert place in refused.text
