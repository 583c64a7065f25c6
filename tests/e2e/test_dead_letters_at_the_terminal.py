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


async def the_letter(system: System) -> str:
    """The id of the one dead letter, once the next fact waits behind it."""
    letters = json.loads((await run(system, "dlq", "list", "--json")).output)["letters"]
    return letters[0]["id"] if letters and letters[0]["waiting"] else ""


async def run(system: System, *words: str, answer: str | None = None) -> Result:
    """One command, as it would run in a terminal beside the system."""
    options = ["--url", system.url, "--token", system.token]
    begin = partial(CliRunner().invoke, app, [*words, *options], input=answer, env={"COLUMNS": "200"})
    return await asyncio.to_thread(begin)


async def say(system: System, kind: str, version: int, changes: dict[str, Any]) -> None:
    heading = Heading(f"by-hand-{version}", kind, CASE, NOW, version, CASE)
    body = encoded(samples()[kind]["body"] | changes)
    nc = await nats.connect(system.settings.nats_url)
    await nc.jetstream().publish(f"ev.{kind}.{CASE}", body, headers=heading.headers())
    await nc.close()
