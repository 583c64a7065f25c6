"""Matters that come back and steps that make another case necessary, on a real database: once, whoever notices."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.intake.app import IntakeProcess
from services.intake.channels.opener import report
from services.intake.commands import Amend, Classify, ImportCase, LogRequest, Numbered, Withdraw
from shared.contracts.dispatch import StepTaken
from shared.contracts.effects import Wanted
from shared.contracts.envelope import Fact, Heading, Heard
from shared.contracts.fold import SYSTEM, Ask
from shared.contracts.history import History
from shared.runtime.engine import Submission
from shared.runtime.sending import Sender
from shared.storage.letters import Letter
from tests.support.clock import HandClock
from tests.support.planned import TWICE, book_with, local, pack_with, planning_intake, rows, site_named

NOW = local("2025-03-04 10:00")
SAID = "select headers, body from intake.outbox where subject like :subject order by id"


@pytest.fixture
async def replicas(fresh_db: str) -> AsyncIterator[list[IntakeProcess]]:
    book = book_with([site_named("s1"), site_named("s2")], pack_with(recurrences=(TWICE,)))
    async with planning_intake(fresh_db, NOW, book, replicas=3) as built:
        yield built


async def asked(intake: IntakeProcess, entity: str, command: Any) -> None:
    now = intake.clock.now()
    ask = Ask(entities=(entity,), command=command, actor=SYSTEM, at=now, right="admin")
    submission = Submission(ask, lambda _done: b"")
    await intake.engine.obey([submission])
    assert isinstance(submission.answer, bytes), submission.answer


async def logged(intake: IntakeProcess, number: int, **fields: Any) -> str:
    entity = f"case-{number:032x}"
    given = {"site": "s1", "category": "other", "content": "漏水", "unit": "1-1", "form": {}} | fields
    await asked(intake, entity, Numbered(LogRequest.model_validate(given), number))
    return entity


async def settled(intake: IntakeProcess) -> None:
    """Let intake do what it does by itself."""
    while await intake.counting.turn() == 0:
        pass
    await sent(intake)


async def sent(intake: IntakeProcess) -> None:
    sender = Sender(intake.engine, intake.replica.carriers, report)
    while await sender.turn() == 0:
        pass


async def said(intake: IntakeProcess, kind: str) -> list[dict[str, Any]]:
    found = await rows(intake, SAID, subject=f"ev.intake.{kind}.%")
    return [json.loads(bytes(row.body)) | {"entity": json.loads(row.headers)["ce-subject"]} for row in found]


async def studies(intake: IntakeProcess) -> list[dict[str, Any]]:
    return [one for one in await said(intake, "request_received") if one["opened_by"] is not None]


async def test_the_second_of_a_month_is_said_once_and_opens_one_case_that_names_both(
    replicas: list[IntakeProcess],
) -> None:
    intake = replicas[0]
    first = await logged(intake, 1)
    await settled(intake)
    assert await said(intake, "matter_recurred") == []
    second = await logged(intake, 2)
    third = await logged(intake, 3)
    await settled(intake)
    await logged(intake, 4)
    await settled(intake)
    (recurred,) = await said(intake, "matter_recurred")
    assert (recurred["entity"], recurred["cases"], recurred["count"]) == (second, [first, second], 2)
    assert (recurred["window"], recurred["same"]) == ("2025-03", ["category=other", "unit=1-1"])
    (study,) = await studies(intake)
    assert study["opened_by"] == {"rule": "UP-6", "cases": [first, second]}
    assert (study["case_type"], study["split_from"], study["unit"]) == ("study", second, "1-1")
    assert study["private"]["content"] == "书面分析"
    assert third not in recurred["cases"]


@pytest.mark.parametrize(
    "second",
    [
        pytest.param({"unit": "1-2"}, id="another unit"),
        pytest.param({"category": "noise"}, id="another category"),
        pytest.param({"site": "s2"}, id="another site"),
        pytest.param({"unit": None}, id="nowhere"),
        pytest.param({"drill": True}, id="a drill"),
        pytest.param({"case_type": "study"}, id="a type nobody counts"),
    ],
)
async def test_what_is_not_the_same_is_not_counted(replicas: list[IntakeProcess], second: dict[str, Any]) -> None:
    await logged(replicas[0], 1)
    await logged(replicas[0], 2, **second)
    await settled(replicas[0])
    assert await said(replicas[0], "matter_recurred") == []


async def test_places_in_words_are_compared_and_never_told(replicas: list[IntakeProcess]) -> None:
    for number, place in enumerate(("3栋 电梯", "3栋电梯 "), start=1):
        await logged(replicas[0], number, unit=None, place=place)
    await settled(replicas[0])
    (recurred,) = await said(replicas[0], "matter_recurred")
    assert recurred["same"] == ["category=other", "place"]


async def test_another_month_begins_anew_and_raises_again(replicas: list[IntakeProcess]) -> None:
    intake = replicas[0]
    assert isinstance(intake.clock, HandClock)
    for number, at in enumerate(("03-31 23:59", "04-01 00:00", "04-02 00:00"), start=1):
        intake.clock.set(local(f"2025-{at}"))
        await logged(intake, number)
        await settled(intake)
    assert [one["window"] for one in await said(intake, "matter_recurred")] == ["2025-04"]


async def test_a_correction_counts_anew_until_it_was_raised(replicas: list[IntakeProcess]) -> None:
    intake = replicas[0]
    await logged(intake, 1)
    second = await logged(intake, 2, category="noise")
    third = await logged(intake, 3)
    await asked(intake, third, Withdraw(reason="x"))
    await settled(intake)
    assert await said(intake, "matter_recurred") == []
    await asked(intake, second, Classify(category="other", reason="x"))
    await settled(intake)
    assert [one["entity"] for one in await said(intake, "matter_recurred")] == [second]
    await asked(intake, second, Amend(unit="1-9", reason="x"))
    await logged(intake, 4)
    await settled(intake)
    assert len(await said(intake, "matter_recurred")) == 1


async def test_three_replicas_side_by_side_raise_once(replicas: list[IntakeProcess]) -> None:
    await asyncio.gather(*(logged(one, 10 * n + k) for n, one in enumerate(replicas, start=1) for k in range(3)))
    await asyncio.gather(*(one.counting.turn() for one in replicas for _ in range(2)))
    await asyncio.gather(*(sent(one) for one in replicas))
    assert len(await said(replicas[0], "matter_recurred")) == 1
    assert len(await studies(replicas[0])) == 1


async def test_the_past_counts_but_gives_rise_to_nothing_by_itself(replicas: list[IntakeProcess]) -> None:
    intake = replicas[0]
    for number in range(3):
        at = NOW - timedelta(days=1, hours=number)
        past = History(source="old", key=str(number), acts=(), quiet_until=NOW)
        command = ImportCase(site="s1", category="other", unit="1-1", received_at=at, history=past)
        await asked(intake, f"case-{number:032x}", Numbered(command, number))
    await settled(intake)
    assert await said(intake, "matter_recurred") == []
    live = await logged(intake, 9)
    await settled(intake)
    (recurred,) = await said(intake, "matter_recurred")
    assert (recurred["entity"], recurred["count"]) == (live, 4)


async def test_a_step_opens_its_case_once_however_often_it_is_heard(replicas: list[IntakeProcess]) -> None:
    case = await logged(replicas[0], 1)
    heard = [step(case, version, outcome) for version, outcome in enumerate(("pass", "fail", "fail"), start=1)]
    for _ in range(2):
        await asyncio.gather(*(one.engine.hear(heard) for one in replicas))
    await asyncio.gather(*(sent(one) for one in replicas))
    found = await studies(replicas[0])
    assert [one["opened_by"] for one in found] == [{"rule": "inspect", "cases": [case]}] * 2
    assert {one["split_from"] for one in found} == {case}
    assert {one["received_at"] for one in found} == {"2025-03-04T02:02:00Z", "2025-03-04T02:03:00Z"}


async def test_an_effect_carried_out_twice_opens_no_second_case(replicas: list[IntakeProcess]) -> None:
    case = await logged(replicas[0], 1)
    await replicas[0].engine.hear([step(case, 1, "fail")])
    (row,) = await rows(replicas[0], "select * from intake.wanted")
    wanted = Wanted(row.key, row.entity, row.kind, row.recipient, json.loads(row.payload), 1)
    for number, one in enumerate(replicas):  # each believes that the lease is its own
        outcome = await one.replica.carriers[wanted.kind].carry([wanted])
        ask = report(wanted, outcome, 1, NOW)
        await one.engine.obey([Submission(ask, lambda _done: b"")])
        assert len(await studies(one)) == 1, number


def step(case: str, version: int, outcome: str) -> Letter:
    fact: Fact = StepTaken(step="inspect", outcome=outcome, count=version, by="p")
    at: datetime = NOW + timedelta(minutes=version)
    heading = Heading(f"m{version}", "dispatch.step_taken", case, at, version, case)
    return Letter(heading, fact.subject(heading), {}, b"", Heard(heading, fact))
