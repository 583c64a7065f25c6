"""Duties that come round, on a real database: once per site and period, at their true instants, whoever does it."""

import asyncio
import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import event

from services.intake.app import IntakeProcess
from services.intake.ports import Resident
from services.intake.store import EstateRegister, PlanShelf
from shared.organisation.records import Appointment, Person
from tests.support.clock import HandClock
from tests.support.planned import (
    ALL_PLANS,
    APPRAISAL,
    EVER,
    REPORT,
    ROUNDS,
    SURVEY,
    book_with,
    changed,
    local,
    pack_with,
    planned_until_now,
    planning_intake,
    rows,
    site_named,
)

NOW = local("2025-03-04 10:00")
OPENED = "select body from intake.outbox where subject like 'ev.intake.request_received.%' order by id"
STATES = "select period, state, opens_at, due_at from intake.planned where rule = :rule order by opens_at, period"


async def opened(process: IntakeProcess) -> list[dict[str, Any]]:
    return [json.loads(bytes(row.body)) for row in await rows(process, OPENED)]


async def periods(process: IntakeProcess, rule: str = ROUNDS.id) -> list[str]:
    return [one["planned"]["period"] for one in await opened(process) if one["planned"]["rule"] == rule]


def told(process: IntakeProcess) -> list[str]:
    """Every statement the database is told from now on."""
    heard: list[str] = []
    event.listen(process.db.sync_engine, "before_cursor_execute", lambda *about: heard.append(about[2]))
    return heard


class Watched(PlanShelf):
    """Counts the looks for the next duty."""

    looks = 0

    async def next_opening(self) -> datetime | None:
        self.looks += 1
        return await super().next_opening()


def go(process: IntakeProcess, at: datetime) -> None:
    assert isinstance(process.clock, HandClock)
    process.clock.set(at)


async def test_duties_are_written_days_ahead_and_open_at_their_instant(fresh_db: str) -> None:
    async with planning_intake(fresh_db, NOW, book_with([site_named("s1")], pack_with(ROUNDS))) as (intake,):
        await planned_until_now(intake)
        known = await rows(intake, STATES, rule=ROUNDS.id)
        assert known[-1].opens_at > NOW + timedelta(days=7)
        assert await periods(intake) == ["2025-03-04.am"]  # it runs since eight and joins now
        go(intake, local("2025-03-04 12:59"))
        await planned_until_now(intake)
        assert await periods(intake) == ["2025-03-04.am"]
        go(intake, local("2025-03-04 13:00"))
        await planned_until_now(intake)
        (_, second) = await opened(intake)
        assert second["planned"] | {"role": None} == {
            "rule": ROUNDS.id,
            "period": "2025-03-04.pm",
            "due_at": "2025-03-04T16:00:00Z",
            "role": None,
            "remind_at": None,
        }
        assert second["received_at"] == "2025-03-04T05:00:00Z"
        assert (second["registered_by"], second["private"]["content"]) == ("system", "公区巡查")


async def test_where_no_rules_have_changed_nothing_that_waits_is_looked_through(fresh_db: str) -> None:
    async with planning_intake(fresh_db, NOW, book_with([site_named("s1")], pack_with(ROUNDS))) as (intake,):
        heard = told(intake)
        await intake.planner.plan(NOW)
        await intake.planner.plan(NOW + timedelta(days=1))
        assert [one for one in heard if "insert into intake.planned " in one]
        assert not [one for one in heard if "delete from intake.planned " in one]
        changed(intake, site=site_named("s1", zone="Europe/Berlin"))
        await intake.planner.plan(NOW + timedelta(days=1))
        assert [one for one in heard if "delete from intake.planned " in one]


async def test_between_two_openings_the_database_is_left_alone_however_the_clock_moves(fresh_db: str) -> None:
    async with planning_intake(fresh_db, NOW, book_with([site_named("s1")], pack_with(ROUNDS))) as (intake,):
        shelf = intake.planner.shelf = Watched(intake.db)
        for _ in range(5):
            await intake.planner.turn()
        looks = shelf.looks
        assert await periods(intake) == ["2025-03-04.am"]
        for _ in range(5):
            await intake.planner.turn()
        assert shelf.looks == looks
        go(intake, local("2025-03-04 13:00"))
        assert await intake.planner.turn() == 0
        assert await periods(intake) == ["2025-03-04.am", "2025-03-04.pm"]


async def test_what_was_missed_while_the_service_was_down_opens_late_at_its_true_instant(fresh_db: str) -> None:
    async with planning_intake(fresh_db, NOW, book_with([site_named("s1")], pack_with(ROUNDS))) as (intake,):
        await planned_until_now(intake)
        go(intake, NOW + timedelta(days=2))
        await planned_until_now(intake)
        found = await opened(intake)
        assert [one["planned"]["period"] for one in found][1:] == [
            "2025-03-04.pm",
            "2025-03-05.am",
            "2025-03-05.pm",
            "2025-03-06.am",
        ]
        assert found[2]["received_at"] == "2025-03-05T00:00:00Z"
        assert found[2]["logged_at"] == "2025-03-06T02:00:00Z"


async def test_a_standstill_longer_than_what_was_known_is_made_up_for_as_far_as_the_site_says(fresh_db: str) -> None:
    sites = [site_named("s1"), site_named("s2", planned_back_days=10)]
    async with planning_intake(fresh_db, NOW, book_with(sites, pack_with(REPORT))) as (intake,):
        await planned_until_now(intake)
        go(intake, local("2025-10-02 10:00"))
        await planned_until_now(intake)
        found = [(one["site"], one["planned"]["period"]) for one in await opened(intake)]
        # Written down for some days; from then on as far back as is made up for: July's opened the day before that.
        assert [period[-2:] for site, period in found if site == "s1"] == ["03", "08", "09", "10"]
        assert [period[-2:] for site, period in found if site == "s2"] == ["03", "10"]


async def test_three_replicas_open_every_duty_once(fresh_db: str) -> None:
    sites = [site_named(f"s{number}") for number in range(40)]
    async with planning_intake(fresh_db, NOW, book_with(sites, pack_with(ROUNDS, REPORT)), replicas=3) as replicas:
        await asyncio.gather(*(one.planner.plan(NOW) for one in replicas))
        go(replicas[0], NOW + timedelta(days=3))
        at = NOW + timedelta(days=3)
        for _ in range(20):
            await asyncio.gather(*(one.planner.open(at, 50) for one in replicas))
        found = [(one["site"], one["planned"]["rule"], one["planned"]["period"]) for one in await opened(replicas[0])]
        numbers = [one["number"] for one in await opened(replicas[0])]
        assert len(found) == len(set(found)) == 40 * (7 + 1)
        assert len(set(numbers)) == len(numbers)


async def test_a_claim_that_dies_after_the_case_was_opened_opens_no_second(fresh_db: str) -> None:
    async with planning_intake(fresh_db, NOW, book_with([site_named("s1")], pack_with(REPORT))) as (intake,):
        await planned_until_now(intake)
        async with intake.db.begin() as conn:  # the claim's own transaction was lost
            await conn.exec_driver_sql("update intake.planned set state = 'waiting' where period = '2025-03'")
        await planned_until_now(intake)
        assert await periods(intake, REPORT.id) == ["2025-03"]
        assert (await rows(intake, STATES, rule=REPORT.id))[0].state == "opened"


async def test_what_waits_follows_pack_parameter_and_zone_and_what_has_opened_stays(fresh_db: str) -> None:
    async with planning_intake(fresh_db, NOW, book_with([site_named("s1")], pack_with(ROUNDS, REPORT))) as (intake,):
        await planned_until_now(intake)
        go(intake, local("2025-03-26 10:00"))
        await planned_until_now(intake)
        changed(intake, site=site_named("s1", zone="Europe/Berlin"))
        await planned_until_now(intake)
        known = {row.period: row for row in await rows(intake, STATES, rule=ROUNDS.id)}
        assert known["2025-03-30.am"].opens_at == datetime.fromisoformat("2025-03-30T06:00Z")  # summer time has begun
        assert known["2025-03-29.am"].opens_at == datetime.fromisoformat("2025-03-29T07:00Z")
        changed(intake, site=site_named("s1", version=2), pack=pack_with(REPORT, version=2))
        await planned_until_now(intake)
        assert {row.state for row in await rows(intake, STATES, rule=ROUNDS.id)} == {"opened"}
        assert await periods(intake, REPORT.id) == ["2025-03"]  # both versions mean the same duty
        changed(intake, site=site_named("s1", version=2, plans="off"))
        await planned_until_now(intake)
        assert [row.period for row in await rows(intake, STATES, rule=REPORT.id)] == ["2025-03"]


async def test_a_pack_that_begins_later_brings_its_duties_then(fresh_db: str) -> None:
    sites = [site_named("s1", since=local("2025-03-10 09:00"))]
    async with planning_intake(fresh_db, NOW, book_with(sites, pack_with(ROUNDS, REPORT))) as (intake,):
        await planned_until_now(intake)
        assert await opened(intake) == []
        known = await rows(intake, STATES, rule=ROUNDS.id)
        assert (known[0].period, known[0].opens_at) == ("2025-03-10.am", local("2025-03-10 09:00"))
        assert await rows(intake, STATES, rule=REPORT.id) == []  # March's was due on the 5th


async def test_a_duty_of_each_unit_opens_for_those_occupied_when_it_opens(fresh_db: str) -> None:
    async with planning_intake(fresh_db, NOW, book_with([site_named("s1")], pack_with(SURVEY))) as (intake,):
        await intake.planner.plan(NOW)
        estate = EstateRegister(intake.db, intake.clock)
        await estate.put("s1", [Resident(id=f"r{n}", unit=f"1-{n}", name="王") for n in range(3)])
        async with intake.db.begin() as conn:
            await conn.exec_driver_sql(
                "update intake.estate set body = body || '{\"state\": \"vacant\"}' where kind = 'units' and id = '1-2'"
            )
        await planned_until_now(intake)
        await planned_until_now(intake)
        assert sorted(one["unit"] for one in await opened(intake)) == ["1-0", "1-1"]


async def test_a_duty_of_each_holder_of_a_role_opens_for_those_who_hold_it_when_it_opens(fresh_db: str) -> None:
    book = book_with([site_named("s1")], pack_with(APPRAISAL))
    for name, since in (("甲", EVER), ("乙", EVER), ("丙", NOW + timedelta(days=1))):
        post = Appointment(site="s1", role="butler", since=since)
        book.put_person(Person(f"p-{name}", name, appointments=(post,)))
    async with planning_intake(fresh_db, NOW, book, replicas=2) as replicas:
        for one in (*replicas, *replicas):
            await planned_until_now(one)
        found = await opened(replicas[0])
        assert sorted(one["private"]["form"]["butler"] for one in found) == ["乙", "甲"]
        assert {(one["unit"], one["planned"]["period"]) for one in found} == {(None, "2025-Q1")}
        go(replicas[0], local("2025-04-01 10:00"))
        await planned_until_now(replicas[0])
        names = [one["private"]["form"]["butler"] for one in await opened(replicas[0])]
        assert sorted(names) == ["丙", "乙", "乙", "甲", "甲"]


async def test_all_plans_of_a_pack_can_be_planned_together(fresh_db: str) -> None:
    async with planning_intake(fresh_db, NOW, book_with([site_named("s1")], pack_with(*ALL_PLANS))) as (intake,):
        await planned_until_now(intake)
        found = {row.rule for row in await rows(intake, "select distinct rule from intake.planned")}
        assert found == {ROUNDS.id, REPORT.id, SURVEY.id}  # summer waits for its dates
