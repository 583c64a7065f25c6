"""Planted damage is named with what stands and what should stand, and mended where the log can prove it.

Source: issue "Nothing is lost", `shouwen verify`.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
import pytest_asyncio

from services.dispatch.policy.standing import SiteState
from shared.rules.rolls import Listed
from shouwen.verifying.comparing import Difference
from shouwen.verifying.curing import Outcome, cured
from shouwen.verifying.flow import verify_system
from tests.e2e.damages import (
    COUNTING,
    DAMAGES,
    STRANGER,
    Damage,
    at_rest,
    behind,
    looking,
    numbered,
    recounted,
    run,
    sql,
    unsent,
)
from tests.e2e.damages_of_notices import DAMAGES_OF_NOTICES
from tests.e2e.story import Story, story

pytestmark = pytest.mark.asyncio(loop_scope="module")

MORNING = datetime.fromisoformat("2025-03-04T10:00:00+08:00")
SETTLE = 0.2
EVERY = (*DAMAGES, *DAMAGES_OF_NOTICES)


@dataclass(frozen=True)
class Repaired:
    """What was found, what was left, and what became of each."""

    found: tuple[Difference, ...]
    left: tuple[Difference, ...]
    outcomes: list[Outcome]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house() -> AsyncIterator[Story]:
    async with story(MORNING) as told:
        yield told


@pytest_asyncio.fixture(loop_scope="module")
async def case(house: Story) -> str:
    """A case everybody has heard of."""
    found = await house.log()
    await at_rest(house)
    return found


async def repaired(house: Story) -> Repaired:
    outcomes: list[Outcome] = []
    async with looking(house) as (door, reader):
        verdict = await verify_system(door, reader, settle=SETTLE)
        after = await cured(door, reader, verdict, outcomes.append, settle=SETTLE)
    return Repaired(verdict.differences, after.differences, outcomes)


@dataclass
class Ward:
    """All damages planted at once, each in a case of its own, and all mended by one command.

    Attributes:
        cases: By the id of the damage.
        rows: Of the register, before and after.
    """

    cases: dict[str, str]
    rows: tuple[dict[str, Any], dict[str, Any]]
    repaired: Repaired


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ward(house: Story) -> Ward:
    cases = {damage.id: await house.log() for damage in EVERY}
    await at_rest(house)
    before = await rows_of(house)
    for damage in EVERY:
        await damage.plant(house, cases[damage.id])
    done = await repaired(house)
    return Ward(cases, (before, await rows_of(house)), done)


async def rows_of(house: Story) -> dict[str, Any]:
    return {row.case_id: row for row in await run(house, "select * from reporting.cases")}


@pytest.mark.parametrize("damage", [pytest.param(damage, id=damage.id) for damage in EVERY])
async def test_damage_is_named_and_mended(ward: Ward, damage: Damage) -> None:
    case = ward.cases[damage.id]
    found = {(d.where, d.words.en) for d in ward.repaired.found if d.entity in (case, STRANGER)}
    assert any(place == damage.where and damage.words in told for place, told in found), found

    outcomes = [o for o in ward.repaired.outcomes if o.entity in (case, STRANGER)]
    assert outcomes
    assert all(outcome.mended for outcome in outcomes), outcomes
    before, after = ward.rows
    if damage.plant not in (behind, unsent):
        assert after[case] == before[case]


async def test_a_second_look_finds_nothing(ward: Ward) -> None:
    assert ward.repaired.left == ()
    assert STRANGER not in ward.rows[1]


REFUSED = [
    pytest.param("intake", "delete from intake.entities where id = :case", "a person's act", id="what a person logged"),
    pytest.param(
        "dispatch", "update dispatch.entities set said = said + 1 where id = :case", "neither log", id="a fact lost"
    ),
    pytest.param(
        "reporting",
        """insert into reporting.dead_letters (id, entity, speaker, version, subject, headers, body, reason, died_at)
        values ('planted', :case, 'intake', 9, '', '{}', '', 'planted', now())""",
        "shouwen dlq",
        id="a dead letter",
    ),
]


@pytest.mark.parametrize(("service", "plant", "why"), REFUSED)
async def test_what_cannot_be_proved_is_named_and_left_alone(
    house: Story, case: str, service: str, plant: str, why: str
) -> None:
    [kept] = await run(house, f"select * from {service}.entities where id = :case", case=case)
    await sql(plant)(house, case)
    damaged = await run(house, f"select * from {service}.entities where id = :case", case=case)

    done = await repaired(house)

    assert {d.entity for d in done.left} == {case}
    assert any(o.service == service and not o.mended and why in o.words.en for o in done.outcomes), done
    assert await run(house, f"select * from {service}.entities where id = :case", case=case) == damaged
    await run(house, f"delete from {service}.entities where id = :case", case=case)
    await run(house, f"delete from {service}.dead_letters where id = 'planted'")
    names = kept._fields
    values = ", ".join(f":{name}" for name in names)
    await run(house, f"insert into {service}.entities ({', '.join(names)}) values ({values})", **kept._mapping)


async def test_an_order_a_person_has_worked_on_is_not_made_up(house: Story, case: str) -> None:
    """The log holds that it was accepted, not the act itself; folding the request again would forget it."""
    await house.act(case, "accept")
    await at_rest(house)
    [kept] = await run(house, "select * from dispatch.entities where id = :case", case=case)
    await run(house, "update dispatch.entities set state = '\\x00' where id = :case", case=case)

    done = await repaired(house)

    assert [(o.mended, "version 2 came of a person's act" in o.words.en) for o in done.outcomes] == [(False, True)]
    await run(house, "update dispatch.entities set state = :state where id = :case", case=case, state=kept.state)


async def command(house: Story, *options: str) -> tuple[int | None, str]:
    """`shouwen verify` as a process of its own: its exit code and what it prints."""
    settings, system = house.system.settings, house.system
    where = ("--url", system.url, "--token", system.token, "--nats", settings.nats_url)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from shouwen.cli import app; app()", "verify", *where, *options),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode, said.decode()


async def test_the_command_names_mends_and_is_content_afterwards(house: Story, case: str) -> None:
    await run(house, "update reporting.cases set category = 'greening' where case_id = :case", case=case)

    code, said = await command(house)
    assert (code, "category=greening" in said, "1 处不一致 / differences" in said) == (1, True, True)
    code, said = await command(house, "--repair")
    assert (code, f"修复 mended  {case}  reporting" in said) == (0, True)
    code, said = await command(house)
    assert (code, "一致。 All agree." in said) == (0, True)


@pytest.mark.parametrize(
    ("entity", "damage", "words"),
    [
        pytest.param(
            "record-department-haijing-engineering_dept",
            "delete from directory.records where record = 'department' and key = 'haijing-engineering_dept'",
            "record directory.department.haijing-engineering_dept is gone",
            id="gone",
        ),
        pytest.param(
            "record-site-haijing",
            """update directory.records set body = jsonb_set(body, '{phone}', '"1"')
            where record = 'site' and key = 'haijing'""",
            "record directory.site.haijing is not what was written",
            id="altered",
        ),
        pytest.param(
            "record-pack-P000-3",
            "update directory.records set sites = '{}' where record = 'pack' and key = 'P000' and version = 3",
            "record directory.pack.P000.3 is not what was written",
            id="a pack of nobody",
        ),
    ],
)
async def test_a_record_of_the_directory_is_written_again_as_it_was_said(
    house: Story, entity: str, damage: str, words: str
) -> None:
    everything = "select * from directory.records order by record, key, version"
    kept = await run(house, everything)
    await run(house, damage)
    assert await run(house, everything) != kept

    done = await repaired(house)

    assert [(d.entity, d.where) for d in done.found] == [(entity, "directory record")]
    assert words in done.found[0].words.en
    assert [(o.entity, o.mended) for o in done.outcomes] == [(entity, True)]
    assert done.left == ()
    assert await run(house, everything) == kept


async def test_a_record_the_directory_knows_nothing_of_is_for_a_person(house: Story) -> None:
    record = "'roster', 'planted', 0, '{*}', '{}', now(), 'nobody'"
    await run(house, f"insert into directory.records values ({record})")

    done = await repaired(house)

    assert [(d.entity, d.where) for d in done.left] == [("record-roster-planted", "directory record")]
    assert [o.mended for o in done.outcomes] == [False]
    await run(house, "delete from directory.records where key = 'planted'")


FALSE = Listed("陌生人", STRANGER, "YS-0", "bar", "nobody", MORNING)
SERIES = "GS-YS-2025-{number}"


@pytest.mark.parametrize(
    ("plant", "words"),
    [
        pytest.param(lambda _: SiteState(serials={SERIES: 1}), f'"{SERIES}" at 1, its steps lead to 2', id="a number"),
        pytest.param(lambda _: SiteState(), f'"{SERIES}" at 0, its steps lead to 2', id="everything"),
        pytest.param(
            lambda kept: SiteState({"barred": (FALSE,)}, kept.serials),
            '"barred" at 1 (YS-0), its steps lead to 0',
            id="a name nobody barred",
        ),
    ],
)
async def test_what_a_site_keeps_is_held_against_its_steps_and_told_again(
    house: Story, plant: Callable[[SiteState], SiteState], words: str
) -> None:
    while not (kept := (await house.get("/api/dispatch/sites/yunshan/standing"))["serials"]).get(SERIES, 0) >= 2:
        await numbered(house)
    await at_rest(house)
    await recounted(house, plant)

    done = await repaired(house)

    assert [(d.entity, d.where) for d in done.found] == [(COUNTING, "dispatch standing")]
    assert words in done.found[0].words.en
    assert [(o.entity, o.mended) for o in done.outcomes] == [(COUNTING, True)]
    assert done.left == ()
    assert (await house.get("/api/dispatch/sites/yunshan/standing")) == {"rolls": {}, "serials": kept}


async def test_a_site_whose_state_cannot_be_read_is_told_again_and_not_wiped(house: Story) -> None:
    await numbered(house)
    kept = await house.get("/api/dispatch/sites/yunshan/standing")
    await at_rest(house)
    await run(house, "update dispatch.entities set state = '\\x00' where id = :case", case=COUNTING)

    done = await repaired(house)

    assert {d.entity for d in done.found} == {COUNTING}
    assert [(o.entity, o.mended) for o in done.outcomes] == [(COUNTING, True)]
    assert done.left == ()
    assert await house.get("/api/dispatch/sites/yunshan/standing") == kept
