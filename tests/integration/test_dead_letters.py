"""What becomes of dead letters: replayed or given up once, and what waits behind them goes on."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from shared.contracts.fold import Folds
from shared.process.burials import KEPT, Aged, Burials, StillDead
from shared.process.service import ServiceProcess
from shared.storage.graves import COPY_MOST
from shared.storage.slots import chained, decode_heard
from tests.support.clock import HandClock
from tests.support.dying import Defect, Json, Ward, ward
from tests.support.system import alive
from tests.support.toying import Place, nothing_in_hand
from tests.support.waiting import eventually

REPLAY, DISCARD = "replay", "discard"
WHY = {"why": "a test message"}


async def poisoned(one: Ward, *, behind: int = 2) -> Json:
    """A case whose first fact is dead and *behind* more wait for it."""
    await one.say("case-a", 1, by="poison")
    for version in range(2, 2 + behind):
        await one.say("case-a", version)
    (letter,) = await eventually(one.dead)
    await eventually(lambda: nothing_in_hand(one.process))
    return letter


async def settle(one: Ward, letter: Json, act: str) -> Any:
    body = WHY if act == DISCARD else {}
    return await one.ask("POST", f"/dead-letters/{letter['id']}/{act}", json=body)


async def test_a_letter_is_listed_with_what_waits_behind_it(toy_place: Place) -> None:
    async with ward(toy_place) as one:
        await poisoned(one)
        (letter,) = await one.dead()
        (lane,) = await one.lanes()
    assert (letter["entity"], letter["speaker"], letter["version"]) == ("case-a", "intake", 1)
    assert (letter["kind"], letter["waiting"]) == ("intake.consent_recorded", 2)
    assert "poison" in letter["reason"]
    assert (lane["because"], lane["dead_letter"], lane["letters"]) == ("dead_letter", letter["id"], 2)


async def test_a_replay_after_the_cure_applies_the_letter_and_what_waits(toy_place: Place) -> None:
    async with ward(toy_place) as one:
        letter = await poisoned(one)
        one.defect.kills = "nothing"
        answer = await settle(one, letter, REPLAY)
        assert answer.json() == {"id": letter["id"], "outcome": "applied"}
        assert await one.count("case-a") == 3
        assert await one.dead() == []
        assert await one.lanes() == []


async def test_a_replay_that_fails_again_says_why_and_changes_nothing(toy_place: Place) -> None:
    async with ward(toy_place) as one:
        letter = await poisoned(one)
        before = await snapshot(one)
        answer = await settle(one, letter, REPLAY)
        assert answer.status_code == 409
        assert "this message is poison" in answer.json()["detail"]
        assert await snapshot(one) == before


@pytest.mark.parametrize(
    ("act", "left"), [(REPLAY, []), (DISCARD, [(b"", True)])], ids=["replayed it goes", "given up its mark stays"]
)
async def test_after_ninety_days_nothing_is_left_of_what_a_settled_letter_said(
    toy_place: Place, act: str, left: list[Any]
) -> None:
    async with ward(toy_place) as one:
        letter = await poisoned(one)
        one.defect.kills = "nothing"
        await settle(one, letter, act)
        await one.say("case-b", by="x")
        one.defect.kills = "poison"
        await one.say("case-c", by="poison")
        await eventually(one.dead)
        engine = one.process.engine

        await Aged(engine).turn()
        assert len(await toy_place.rows("select 1 from dispatch.dead_letters where body <> ''")) == 2
        engine.clock = HandClock(engine.clock.now() + KEPT + timedelta(minutes=1))
        await Aged(engine).turn()

        rows = await toy_place.rows("select entity, body, settled from dispatch.dead_letters order by entity")
        assert [(bytes(row.body), row.settled is not None) for row in rows if row.entity == "case-a"] == left
        assert [bytes(row.body) != b"" for row in rows if row.entity == "case-c"] == [True]


async def snapshot(one: Ward) -> list[Any]:
    tables = ("entities", "parked", "dead_letters", "outbox")
    return [sorted(map(repr, await one.place.rows(f"select * from dispatch.{table}"))) for table in tables]


async def test_a_discard_counts_the_version_and_nothing_else(toy_place: Place) -> None:
    async with ward(toy_place) as one:
        letter = await poisoned(one)
        answer = await settle(one, letter, DISCARD)
        assert answer.json()["outcome"] == "applied"
        assert await one.count("case-a") == 2  # the two behind it, not the letter itself
        (row,) = await toy_place.rows("select heard from dispatch.entities where id = 'case-a'")
        (kept,) = await toy_place.rows("select settled from dispatch.dead_letters")
    chain = 0
    for version in (1, 2, 3):
        chain = chained(chain, f"case-a-{version}")
    assert decode_heard(row.heard)["intake"] == (3, chain)
    assert json.loads(kept.settled) | {"at": ""} == {"how": "discarded", "by": "admin", "at": ""} | WHY


@pytest.mark.parametrize("act", [REPLAY, DISCARD])
async def test_settling_twice_changes_nothing(toy_place: Place, act: str) -> None:
    async with ward(toy_place) as one:
        letter = await poisoned(one)
        one.defect.kills = "nothing"
        await settle(one, letter, act)
        before = await snapshot(one)
        for again in (REPLAY, DISCARD):
            assert (await settle(one, letter, again)).json()["outcome"] == "settled_before"
        assert [rows for number, rows in enumerate(await snapshot(one)) if number != 3] == before[:3]


async def test_a_discard_ahead_of_its_turn_waits_for_its_predecessor(toy_place: Place) -> None:
    async with ward(toy_place) as one:
        letter = await poisoned(one, behind=0)
        await toy_place_version(one, letter, 3)
        answer = await settle(one, letter, DISCARD)
        assert answer.json()["outcome"] == "parked"
        one.defect.kills = "nothing"
        for version in (1, 2):
            await one.say("case-b", version, headers={"Nats-Msg-Id": f"other-{version}"})
        await eventually(lambda: one.counted("case-b", 2))
        assert await one.process.version_of("case-b", "intake") == 3


async def toy_place_version(one: Ward, letter: Json, version: int) -> None:
    """The same letter as one of another case, further on."""
    headers = (await one.get(f"/dead-letters/{letter['id']}"))["headers"]
    headers |= {"version": str(version), "ce-subject": "case-b"}
    async with one.process.db.begin() as conn:
        changed = text("update dispatch.dead_letters set headers = :headers, subject = :subject")
        subject = "ev.intake.consent_recorded.case-b"
        await conn.execute(changed, {"headers": json.dumps(headers), "subject": subject})


async def test_a_letter_without_an_envelope_can_only_be_discarded(toy_place: Place) -> None:
    async with ward(toy_place) as one:
        assert one.process.nc is not None
        await one.process.nc.jetstream().publish("ev.intake.x.y", b"hello")
        (letter,) = await eventually(one.dead)
        shown = await one.get(f"/dead-letters/{letter['id']}")
        assert (shown["replay"]["would"], shown["discard"]["would"]) == ("die", "end")
        assert (await settle(one, letter, REPLAY)).status_code == 409
        assert (await settle(one, letter, DISCARD)).json()["outcome"] == "applied"
        assert await one.dead() == []
        assert await toy_place.rows("select 1 from dispatch.entities") == []


async def test_showing_a_letter_foretells_and_touches_nothing(toy_place: Place) -> None:
    async with ward(toy_place) as one:
        letter = await poisoned(one)
        before = await snapshot(one)
        sick = await one.get(f"/dead-letters/{letter['id']}")
        one.defect.kills = "nothing"
        cured = await one.get(f"/dead-letters/{letter['id']}")
        assert await snapshot(one) == before
    assert (sick["replay"]["would"], sick["discard"]["drains"]) == ("die", 2)
    assert (cured["replay"]["would"], cured["replay"]["reaches"], cured["replay"]["drains"]) == ("apply", 3, 2)
    assert cured["replay"]["says"] == ["dispatch.order_started"] * 3


async def test_personal_data_is_shown_only_when_asked_for(toy_place: Place) -> None:
    async with ward(toy_place) as one:
        await one.send("case-a", b'{"consent": 3, "private": {"name": "\xe8\xb5\xb5"}}')
        (letter,) = await eventually(one.dead)
        path = f"/dead-letters/{letter['id']}"
        assert (await one.get(path))["body"] == {"consent": 3}
        assert (await one.get(path, private=True))["body"]["private"] == {"name": "赵"}
        await one.send("case-b", b"not JSON, who knows what")
        (_, other) = await eventually(lambda: one.dead(2))
        assert (await one.get(f"/dead-letters/{other['id']}"))["body"] is None


async def test_the_log_keeps_who_settled_what(toy_place: Place) -> None:
    async with ward(toy_place) as one:
        letter = await poisoned(one)
        with capture_logs() as logs:
            await settle(one, letter, DISCARD)
            await one.ask("POST", "/reader/pardon", json={})
    assert [(each["event"], each["by"]) for each in logs if "by" in each] == [
        ("dead_letter_discarded", "admin"),
        ("reader_pardoned", "admin"),
    ]


@pytest.mark.parametrize("who", ["viewer", "one"])
async def test_only_administrators_see_and_settle(toy_place: Place, who: str) -> None:
    async with ward(toy_place) as one:
        for method, path in (
            ("GET", "/dead-letters"),
            ("GET", "/dead-letters/x"),
            ("POST", "/dead-letters/x/replay"),
            ("POST", "/reader/pardon"),
            ("GET", "/parked"),
        ):
            assert (await one.ask(method, path, who)).status_code == 403, path
        assert (await one.ask("POST", "/dead-letters/x/discard", who, json=WHY)).status_code == 403
        assert (await one.client.get("/dead-letters")).status_code == 401


async def copies(one: Ward, number: int) -> list[Any]:
    assert one.process.nc is not None
    js = one.process.nc.jetstream()
    last = (await js.stream_info("DLQ")).state.last_seq
    return [await js.get_msg("DLQ", seq=seq) for seq in range(1, last + 1)] if last >= number else []


async def test_a_copy_reaches_the_dlq_stream_without_what_commands_the_broker(toy_place: Place) -> None:
    async with ward(toy_place) as one:
        await one.send("case-a", b'{"consent": 3}', 1, {"Nats-Expected-Stream": "EV"})
        (copy,) = await eventually(lambda: copies(one, 1))
        (letter,) = await one.dead()
    assert copy.subject == "dlq.dispatch.ev.intake.consent_recorded.case-a"
    assert copy.data == b'{"consent": 3}'
    assert copy.headers["Nats-Msg-Id"] == f"dlq-{letter['id']}"
    assert "Input should be a valid string" in copy.headers["reason"]
    assert "Nats-Expected-Stream" not in copy.headers


async def test_the_largest_letter_is_kept_whole_and_copied_without_its_body(toy_place: Place) -> None:
    async with ward(toy_place) as one:
        body = b"x" * (1024 * 1024 - 600)
        await one.send("case-a", body)
        (copy,) = await eventually(lambda: copies(one, 1))
        (kept,) = await toy_place.rows("select octet_length(body) as length from dispatch.dead_letters")
    assert kept.length == len(body) > COPY_MOST
    assert not copy.data
    assert copy.headers["bytes"] == str(len(body))


async def test_many_dead_of_one_batch_reach_the_dlq_stream(toy_place: Place) -> None:
    async with ward(toy_place) as one:
        one.process.engine.toll.pardoned = 1000
        for number in range(60):
            await one.say(f"case-{number}", by="poison")
        assert len(await eventually(lambda: copies(one, 60))) == 60


async def test_the_same_letter_dies_once_however_often_it_comes(toy_place: Place) -> None:
    async with ward(toy_place) as one:
        await one.say("case-a", by="poison")
        await eventually(one.dead)
        await one.say("case-a", 1, "poison", {"Nats-Msg-Id": "again"})
        await one.say("case-good")
        await eventually(lambda: one.counted("case-good", 1))
        assert len(await one.dead()) == 1


class NoNul:
    """A projection that cannot hold a NUL."""

    async def project(self, conn: Any, work: Any) -> None:
        for heard in work.applied:
            await conn.execute(text("select cast(:by as text)"), {"by": heard.fact.by})


async def test_a_letter_does_not_die_of_its_successors_fault(toy_place: Place) -> None:
    folds: Folds = Defect().folds()
    process = ServiceProcess(folds, toy_place.around, projection=NoNul())
    async with alive(process):
        one = Ward(toy_place, Defect(), process, None)  # type: ignore[arg-type]  # nothing is asked over HTTP here
        await one.say("case-a", 2, by="a\x00b")
        await eventually(lambda: toy_place.rows("select 1 from dispatch.parked"))
        await one.say("case-a", 1)
        (dead,) = await eventually(lambda: toy_place.rows("select version from dispatch.dead_letters"))
        assert dead.version == 2
        assert await toy_place.rows("select 1 from dispatch.parked") == []
        assert [row.waiting for row in await toy_place.rows("select waiting from dispatch.entities")] == [0]
        assert await process.version_of("case-a", "intake") == 1
        (name,) = await toy_place.rows("select id from dispatch.dead_letters")
        burials = Burials(process.engine)
        burial = await burials.find(name.id)
        assert burial is not None
        with pytest.raises(StillDead, match="0x00"):
            await burials.replay(burial, "admin")
        assert await burials.discard(burial, "admin", "why not") == "applied"
        assert await process.version_of("case-a", "intake") == 2
        assert await toy_place.rows("select 1 from dispatch.parked") == []
