"""``shouwen dlq`` and ``shouwen parked`` as an administrator meets them: one fact no clock can be found for."""

import asyncio
import json
from datetime import UTC, datetime
from functools import partial
from typing import Any

import nats
from structlog.testing import capture_logs
from typer.testing import CliRunner, Result

from shared.contracts.envelope import Heading
from shouwen.cli import app
from shouwen.composition import System, assembled, embedded
from shouwen.demo import load
from shouwen.door import opened
from shouwen.verifying.flow import Verdict, verify_system
from shouwen.verifying.log import log_at
from shouwen.verifying.settling import settled
from tests.support.poison import encoded, samples
from tests.support.servers import temporary_directory
from tests.support.waiting import eventually

CASE = "case-0195887a3c4f7b21a0c5d6e7f8091aff"
NOW = datetime(2025, 3, 12, 14, 5, tzinfo=UTC)


async def test_from_the_first_sight_to_the_end() -> None:
    # The commands share this process's standard output with the system.
    with capture_logs(), temporary_directory() as path, embedded(path / "data") as servers:
        async with assembled(servers, 0) as system:
            await load(system.url, token=system.token, password=system.keys.password)
            assert "没有死信" in (await run(system, "dlq", "list")).output
            await say(system, "intake.request_received", 1, {"case_type": "no_such_word"})
            await say(system, "intake.request_withdrawn", 2, {})

            name = await eventually(lambda: the_letter(system))
            listed = await run(system, "dlq", "list")
            assert "escalation" in listed.output
            assert "1 封未处理，1 条消息等在后面" in listed.output
            assert name in (await run(system, "parked")).output
            await look_at(system, name)
            await try_again(system, name)
            await give_up(system, name)
            assert "没有消息在等待" in (await run(system, "parked")).output


async def look_at(system: System, name: str) -> None:
    shown = await run(system, "dlq", "show", name)
    assert "Would fail again and change nothing" in shown.output
    assert "messages that follow: 1" in shown.output
    assert "赵文" not in shown.output
    assert "赵文" in (await run(system, "dlq", "show", name, "--private")).output
    assert (await run(system, "dlq", "show", "nobody")).exit_code == 2


async def try_again(system: System, name: str) -> None:
    for choice in ([name], ["--all"]):
        failed = await run(system, "dlq", "replay", *choice)
        assert failed.exit_code == 1
        assert "1 still cannot be applied" in failed.output
    assert (await run(system, "dlq", "replay")).exit_code == 2


async def give_up(system: System, name: str) -> None:
    command = ("dlq", "discard", name, "--why", "一条测试消息")
    asked = await run(system, *command, answer="n\n")
    assert "Go on?" in asked.output
    assert asked.exit_code == 1
    assert await the_letter(system) == name
    assert "what waited behind it went on" in (await run(system, *command, "--yes")).output
    assert "nothing changed" in (await run(system, *command, "--yes")).output
    assert "没有死信" in (await run(system, "dlq", "list")).output
    (kept,) = json.loads((await run(system, "dlq", "list", "--settled", "--json")).output)["letters"]
    assert kept["settled"]["why"] == "一条测试消息"


HEARERS = ("dispatch", "escalation", "notify", "reporting")
STRANGER = "case-0195887a3c4f7b21a0c5d6e7f80900ff"
GIVE_UP = ("parked", "give-up", "escalation", STRANGER, "intake", "--why", "别的程序发的")


async def test_letters_nobody_will_ever_lead_up_to_are_given_up_at_each_service() -> None:
    with capture_logs(), temporary_directory() as path, embedded(path / "data") as servers:
        async with assembled(servers, 0) as system:
            await load(system.url, token=system.token, password=system.keys.password)
            missing = await run(system, *GIVE_UP, "--yes")
            assert (missing.exit_code, "Nothing waits there" in missing.output) == (2, True)
            await say(system, "intake.request_withdrawn", 7, {}, STRANGER)
            await eventually(lambda: parked(system, len(HEARERS)), patience=30)
            assert len((await verified(system)).differences) > 0

            await given_up_with_care(system)

            assert await parked(system, 0)
            verdict = await verified(system)
            assert (verdict.differences, verdict.given_up) == ((), len(HEARERS))
            listed = (await run(system, "dlq", "list", "--settled")).output
            assert "已放弃等待 given up, admin" in listed
            assert "别的程序发的" in listed


async def given_up_with_care(system: System) -> None:
    """Not with the wrong word, not without being asked, and then at every service."""
    wrong = await run(system, *GIVE_UP, "--lost")
    assert (wrong.exit_code, "nothing is lost" in wrong.output) == (2, True)
    asked = await run(system, *GIVE_UP, answer="n\n")
    assert "has spoken up to version 0 only: 1 letters, versions 7 to 7, are laid aside" in asked.output
    assert (asked.exit_code, await parked(system, len(HEARERS))) == (1, True)
    for service in HEARERS:
        done = await run(system, "parked", "give-up", service, *GIVE_UP[3:], "--yes")
        assert (done.exit_code, "Given up: 1" in done.output) == (0, True), done.output


async def parked(system: System, letters: int) -> bool:
    said = json.loads((await run(system, "parked", "--json")).output)
    return bool(sum(told["letters"] for told in said.values()) == letters)


async def verified(system: System) -> Verdict:
    async with opened(system.url, system.token) as door, log_at(system.settings.nats_url) as reader:
        await settled(door, HEARERS, lambda _left: None, stuck_after=3)
        return await verify_system(door, reader, settle=0.2)


async def the_letter(system: System) -> str:
    """The id of the one dead letter, once the next fact waits behind it."""
    letters = json.loads((await run(system, "dlq", "list", "--json")).output)["letters"]
    return letters[0]["id"] if letters and letters[0]["waiting"] else ""


async def run(system: System, *words: str, answer: str | None = None) -> Result:
    """One command, as it would run in a terminal beside the system."""
    options = ["--url", system.url, "--token", system.token]
    begin = partial(CliRunner().invoke, app, [*words, *options], input=answer, env={"COLUMNS": "200"})
    return await asyncio.to_thread(begin)


async def say(system: System, kind: str, version: int, changes: dict[str, Any], case: str = CASE) -> None:
    heading = Heading(f"by-hand-{version}", kind, case, NOW, version, case)
    body = encoded(samples()[kind]["body"] | changes)
    nc = await nats.connect(system.settings.nats_url)
    await nc.jetstream().publish(f"ev.{kind}.{case}", body, headers=heading.headers())
    await nc.close()
