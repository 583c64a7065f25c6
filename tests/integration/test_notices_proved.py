"""Inboxes, effects and tellings held against the facts that asked for them, and told again where rows were damaged."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

import services
from services.notify.app import build
from services.notify.commands import SeeTo
from shared.contracts.directory import Account
from shared.contracts.envelope import Heard
from shared.contracts.escalation import NoticeWanted
from shared.contracts.fold import SYSTEM, Ask, Grant
from shared.process.books import Books
from shared.process.service import ServiceProcess
from shared.runtime.engine import Submission
from shared.schema.migrating import migrate
from tests.support.clock import HandClock
from tests.support.notify_builders import CASE, GROUP, NOON, heard, letter, raised, received, told
from tests.support.organisation import person, site
from tests.support.system import surrounded

NOWHERE = "nats://127.0.0.1:1"
MORNING = NOON + timedelta(hours=20)
WANTED = NoticeWanted(rule="N-27", to=("borrower",), means=("phone",), people=(told("ann"),), zh="请还钥匙", en="Keys")


@pytest.fixture
async def notify(fresh_db: str) -> AsyncIterator[ServiceProcess]:
    """Notify with nobody who carries anything out."""
    async with surrounded(NOWHERE, fresh_db, clock=HandClock(NOON)) as around:
        await migrate(around.db, "notify", Path(services.__path__[0]) / "notify" / "migrations")
        process = build(around)
        process.book.put_site(site())
        process.book.put_person(replace(person("ann"), wecom=GROUP))
        process.accounts.put_account(Account("all", "all", "all", grants=(Grant("*", "admin"),)))
        process.accounts.put_account(Account("some", "some", "some", grants=(Grant("s1", "admin"),)))
        yield process


async def run(process: ServiceProcess, sql: str) -> list[Any]:
    async with process.db.begin() as conn:
        done = await conn.execute(text(sql))
        return list(done) if done.returns_rows else []


async def asked(process: ServiceProcess, method: str, path: str, body: Any = None, who: str = "all") -> httpx2.Response:
    bearer = {"Authorization": f"Bearer {process.accounts.assert_for(who)}"}
    transport = httpx2.ASGITransport(app=process.api)
    async with httpx2.AsyncClient(transport=transport, base_url="http://here", headers=bearer) as client:
        return await client.request(method, path, json=body)


def posted(*facts: Heard) -> list[dict[str, Any]]:
    letters = [letter(fact) for fact in facts]
    return [{"headers": dict(one.headers), "body": one.body.decode()} for one in letters]


async def by_facts(process: ServiceProcess, *facts: Heard) -> list[str]:
    """What is missing by the facts."""
    answer = await asked(process, "POST", "/books/notices", {"letters": posted(*facts)})
    return [one["should"] for one in answer.json()["findings"]]


async def by_books(process: ServiceProcess) -> list[tuple[str, str]]:
    """What is amiss by the service's own tables."""
    found = (await Books(process.engine).scan("", 10))["findings"]
    return [(one["code"], one["should"]) for one in found]


async def mended(process: ServiceProcess, *facts: Heard) -> bool:
    answer = await asked(process, "POST", "/repair/notices", {"entity": CASE, "letters": posted(*facts)})
    return bool(answer.json()["mended"])


async def test_a_message_for_the_morning_without_its_effects_is_named_and_wanted_again(notify: ServiceProcess) -> None:
    facts = (received(), raised(told("ann", MORNING)))
    await notify.engine.hear([letter(fact) for fact in facts])
    wanted = await run(notify, "select * from notify.wanted order by key")
    assert (len(wanted), await by_books(notify)) == (2, [])

    await run(notify, "delete from notify.wanted")

    lost = [("notice", "m1/ann/inbox"), ("notice", "m1/ann/wecom")]
    assert sorted(one for one in await by_books(notify) if "/" in one[1]) == lost
    assert await mended(notify, *facts)
    assert await run(notify, "select * from notify.wanted order by key") == wanted
    assert await by_books(notify) == []


async def test_a_message_nobody_sent_of_which_nothing_is_left_shows_by_its_fact(notify: ServiceProcess) -> None:
    facts = (received(), raised(told("ann")))
    await notify.engine.hear([letter(fact) for fact in facts])
    laid = await run(notify, "select * from notify.inbox")
    assert await by_facts(notify, *facts) == []

    await run(notify, "delete from notify.wanted")
    await run(notify, "delete from notify.inbox")

    assert await by_facts(notify, *facts) == ["m1.ann"]
    assert await mended(notify, *facts)
    assert await run(notify, "select * from notify.inbox") == laid
    # Whether the group had a robot when it was told is not known any more: nothing goes to a group by guess.
    assert [row.key for row in await run(notify, "select key from notify.wanted where settled_at is null")] == [
        "m1/ann/inbox"
    ]
    assert await by_facts(notify, *facts) == []


async def test_facts_that_told_nobody_here_are_not_missed(notify: ServiceProcess) -> None:
    drill, later = received(drill=True), raised(told("ann"))
    await notify.engine.hear([letter(drill)])
    assert await by_facts(notify, later) == []  # said, and not heard yet
    await notify.engine.hear([letter(later)])
    assert await by_facts(notify, drill, later) == []  # heard, and a drill


async def test_a_fact_people_have_given_up_is_not_missed(notify: ServiceProcess) -> None:
    facts = (received(), raised(told("ann")))
    await notify.engine.hear([letter(fact) for fact in facts])
    await run(notify, "delete from notify.wanted")
    await run(notify, "delete from notify.inbox")
    await run(
        notify,
        f"""insert into notify.dead_letters
        (id, entity, speaker, version, subject, headers, body, reason, died_at, settled)
        values ('x', '{CASE}', 'escalation', 1, '', '{{}}', '', '', now(), '{{"how": "discarded"}}')""",
    )
    assert await by_facts(notify, *facts) == []


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param("delete from notify.outward where id = 'm1'", id="gone"),
        pytest.param(
            "update notify.outward set due_at = due_at + interval '1 day' where id = 'm1'", id="at another hour"
        ),
        pytest.param("update notify.outward set seen_at = now(), outcome = 'told' where id = 'm1'", id="ticked off"),
        pytest.param(
            """insert into notify.outward select 'm9', entity, site, number, rule, audience, means, people, zh, en,
            wanted_at, not_before, due_at, usual from notify.outward""",
            id="asked for by nobody",
        ),
    ],
)
async def test_a_telling_that_is_not_what_its_case_owes_is_named_and_written_again(
    notify: ServiceProcess, damage: str
) -> None:
    facts = (received(), heard(WANTED))
    await notify.engine.hear([letter(fact) for fact in facts])
    kept = await run(notify, "select * from notify.outward")
    assert (len(kept), await by_books(notify)) == (1, [])

    await run(notify, damage)

    assert [code for code, _ in await by_books(notify)] == ["notice"]
    assert await mended(notify, *facts)
    assert await run(notify, "select * from notify.outward") == kept
    assert await by_books(notify) == []


async def test_what_staff_did_about_a_telling_is_written_again_from_what_was_said_of_it(notify: ServiceProcess) -> None:
    facts = [received(), heard(WANTED)]
    await notify.engine.hear([letter(fact) for fact in facts])
    facts.append(await seen_to(notify))
    kept = await run(notify, "select * from notify.outward")
    assert await by_facts(notify, *facts) == []

    await run(notify, "update notify.outward set used = 'visit', by = 'somebody'")
    assert await by_facts(notify, *facts) == ["m1 told"]
    assert await mended(notify, *facts)
    assert await run(notify, "select * from notify.outward") == kept

    await run(notify, "delete from notify.outward")
    assert await by_books(notify) == [("notice", "seen to")]
    assert await mended(notify, *facts)
    assert await run(notify, "select * from notify.outward") == kept


async def seen_to(notify: ServiceProcess) -> Heard:
    ask = Ask(entities=(CASE,), command=SeeTo(notice="m1"), actor=SYSTEM, at=NOON + timedelta(hours=1))
    said: list[Heard] = []

    def rendered(done: Any) -> bytes:
        said.extend(Heard(*each) for each in done.facts)
        return b""

    await notify.engine.obey([Submission(ask, rendered)])
    return said[0]


async def test_a_case_that_is_not_there_is_not_made_up(notify: ServiceProcess) -> None:
    assert not await mended(notify, received(), raised(told("ann")))
    assert await run(notify, "select 1 from notify.entities") == []
    assert await run(notify, "select 1 from notify.inbox") == []


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/books/notices", None),
        ("POST", "/books/notices", {"letters": []}),
        ("POST", "/repair/notices", {"entity": CASE, "letters": []}),
    ],
)
async def test_only_administrators_of_everything_look_and_mend(
    notify: ServiceProcess, method: str, path: str, body: Any
) -> None:
    assert (await asked(notify, method, path, body, who="some")).status_code == 404
    assert (await asked(notify, method, path, body)).status_code == 200
