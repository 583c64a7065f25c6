"""A letter that can only wait is given up by a person, or what it waits for is; refused while that can still come."""

import json

import pytest

from shared.storage.slots import decode_heard
from tests.support.dying import Json, Ward, ward
from tests.support.toying import Place
from tests.support.waiting import eventually

NEVER = "case-never"


def asked(missing: int, said: int, *, lost: bool = False, entity: str = NEVER) -> Json:
    return {"entity": entity, "speaker": "intake", "missing": missing, "said": said, "why": "试", "lost": lost}


async def waiting(one: Ward, entity: str, *versions: int) -> None:
    for version in versions:
        await one.say(entity, version)
    await eventually(lambda: has_parked(one, len(versions)))


async def has_parked(one: Ward, letters: int) -> bool:
    return bool((await one.get("/parked"))["letters"] == letters)


async def lane(one: Ward, entity: str = NEVER) -> Json:
    return await one.get("/parked/lane", entity=entity, speaker="intake")


async def test_letters_beyond_everything_said_are_laid_aside_and_the_entity_is_as_before(toy_place: Place) -> None:
    async with ward(toy_place) as one:
        await waiting(one, NEVER, 7, 8)
        told = {"heard": 0, "waiting": [7, 8], "missing": 6, "dead_letter": None, "in_log": []}
        assert await lane(one) == told

        answer = await one.ask("POST", "/parked/give-up", json=asked(1, 0))

        assert answer.json() == {"given_up": 2}
        assert await one.lanes() == []
        assert await toy_place.rows("select 1 from dispatch.entities") == []
        kept = await toy_place.rows("select version, settled, body from dispatch.dead_letters order by version")
        assert [(row.version, json.loads(row.settled)["how"]) for row in kept] == [(7, "given_up"), (8, "given_up")]
        assert all(row.body for row in kept)
        assert await one.dead() == []
        await one.say(NEVER, 1)
        await eventually(lambda: one.counted(NEVER, 1))


async def test_the_speakers_own_letters_that_wait_are_kept(toy_place: Place) -> None:
    async with ward(toy_place) as one:
        await waiting(one, NEVER, 3, 9)
        assert (await one.ask("POST", "/parked/give-up", json=asked(1, 4))).json() == {"given_up": 1}
        assert (await lane(one))["waiting"] == [3]
        await one.say(NEVER, 1)
        await one.say(NEVER, 2)
        await eventually(lambda: one.counted(NEVER, 3))
        assert [row.waiting for row in await toy_place.rows("select waiting from dispatch.entities")] == [0]


async def test_what_is_lost_for_good_counts_as_heard_and_what_waits_goes_on(toy_place: Place) -> None:
    async with ward(toy_place) as one:
        await one.say("case-a", 1)
        await eventually(lambda: one.counted("case-a", 1))
        await waiting(one, "case-a", 4, 5)

        answer = await one.ask("POST", "/parked/give-up", json=asked(2, 5, lost=True, entity="case-a"))

        assert answer.json() == {"given_up": 2}
        assert await one.count("case-a") == 3
        (row,) = await toy_place.rows("select heard, waiting from dispatch.entities where id = 'case-a'")
        assert (decode_heard(row.heard)["intake"][0], row.waiting) == (5, 0)
        kept: list[Json] = (await one.ask("GET", "/parked/given-up")).json()
        assert [(each["version"], each["lost"]) for each in kept] == [(2, True), (3, True)]


async def test_it_is_refused_while_the_log_holds_what_is_missing(toy_place: Place) -> None:
    async with ward(toy_place) as one:
        await one.say("case-a", 1)
        await eventually(lambda: one.counted("case-a", 1))
    async with toy_place.around.db.begin() as conn:
        await conn.exec_driver_sql("truncate dispatch.entities")
    async with ward(toy_place) as one:
        await waiting(one, "case-a", 2)
        assert (await lane(one, "case-a"))["in_log"] == [1]
        refused = await one.ask("POST", "/parked/give-up", json=asked(1, 0, entity="case-a"))
        assert refused.status_code == 409
        assert await has_parked(one, 1)


@pytest.mark.parametrize(
    ("missing", "said", "lost"),
    [
        pytest.param(2, 0, False, id="another version is missing by now"),
        pytest.param(1, 9, False, id="the speaker has said all of them"),
        pytest.param(1, 0, True, id="nothing was said that could be lost"),
    ],
)
async def test_what_was_seen_otherwise_is_refused_and_changes_nothing(
    toy_place: Place,
    missing: int,
    said: int,
    lost: bool,  # noqa: FBT001  a parameter of the test
) -> None:
    async with ward(toy_place) as one:
        await waiting(one, NEVER, 7)
        before = await toy_place.rows("select * from dispatch.entities")
        answer = await one.ask("POST", "/parked/give-up", json=asked(missing, said, lost=lost))
        assert answer.status_code == 409
        assert await has_parked(one, 1)
        assert await toy_place.rows("select * from dispatch.entities") == before
        assert await toy_place.rows("select 1 from dispatch.dead_letters") == []


async def test_what_waits_for_a_dead_letter_is_not_given_up_here(toy_place: Place) -> None:
    async with ward(toy_place) as one:
        await one.say("case-a", 1, "poison")
        (letter,) = await eventually(one.dead)
        await waiting(one, "case-a", 2)
        assert (await lane(one, "case-a"))["dead_letter"] == letter["id"]
        assert (await one.ask("POST", "/parked/give-up", json=asked(1, 0, entity="case-a"))).status_code == 409
        assert await has_parked(one, 1)


async def test_a_speaker_tells_how_far_it_has_spoken_and_what_its_outbox_keeps(toy_place: Place) -> None:
    async with ward(toy_place) as one:
        await one.say("case-a", 1)
        await eventually(lambda: one.counted("case-a", 1))
        assert await one.get("/spoken", entity="case-a") == {"said": 1, "kept": [1]}
        assert await one.get("/spoken", entity=NEVER) == {"said": 0, "kept": []}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/parked/lane?entity=a&speaker=intake"),
        ("GET", "/parked/given-up"),
        ("GET", "/spoken?entity=a"),
        ("POST", "/parked/give-up"),
    ],
)
async def test_only_administrators_give_up(toy_place: Place, method: str, path: str) -> None:
    async with ward(toy_place) as one:
        body = asked(1, 0) if method == "POST" else None
        assert (await one.ask(method, path, "viewer", json=body)).status_code == 403
        assert (await one.client.request(method, path, json=body)).status_code == 401
