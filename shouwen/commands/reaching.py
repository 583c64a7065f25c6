"""How a command reaches a system: the address it is given, the one that runs on the data directory, or its own."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import typer
from rich.console import Console

from shouwen.composition import found_running, running
from shouwen.door import Door, opened
from shouwen.embedded import StartRefused
from shouwen.embedded.directory import is_used
from shouwen.verifying.hearing import who_hears
from shouwen.words import Refused

INTERRUPTED = 130
UNKNOWN_TOKEN = 401
LOOK_EVERY = 0.05
LOOKS = 200
WRONG = 2


@dataclass(frozen=True, slots=True)
class Where:
    """What the options say about the system.

    Attributes:
        url: Of a running system; its ``token`` belongs to an administrator.
        data: Data directory, used when no ``url`` is given.
        begins: A directory nothing has ever run on is given a system; whoever only looks has mistyped its name.
    """

    data: Path
    url: str | None = None
    token: str | None = None
    nats: str | None = None
    begins: bool = False


@asynccontextmanager
async def reached(where: Where) -> AsyncIterator[Door]:
    """A door to the system; one started for this command ends with it.

    Raises:
        Refused: An address without a token, or a directory without a system.
        StartRefused: The system cannot be started here.
    """
    if where.url is not None:
        if not where.token:
            raise Refused("--url 需要 --token。", "--url needs --token, the token of an administrator.")
        async with opened(where.url, where.token, nats_url=where.nats) as door:
            yield door
        return
    there = found_running(where.data)
    if there is not None:
        async with opened(there.url, there.token, nats_url=there.nats_url) as door:
            yield door
        return
    if not (where.begins or is_used(where.data)):
        raise Refused(
            f"{where.data} 里没有系统。请用 --data 指明数据目录，或用 --url 指明运行中的系统。",
            f"No system has ever run on {where.data}. Name its data directory (--data) or its address (--url).",
        )
    async with (
        running(where.data) as system,
        opened(system.url, system.token, nats_url=system.settings.nats_url) as door,
    ):
        await _welcomed(door)
        yield door


async def _welcomed(door: Door) -> None:
    """Wait until every service has heard of the token: on a first start it was made a moment ago."""
    for service in ("directory", *who_hears()):
        for _ in range(LOOKS):
            if (await door.get(f"/api/{service}/digest", limit=1)).status_code != UNKNOWN_TOKEN:
                break
            await asyncio.sleep(LOOK_EVERY)


@contextmanager
def plainly(again: str) -> Iterator[None]:
    """End a command with words instead of a traceback; *again* says in both languages what a rerun does."""
    console = Console(stderr=True, highlight=False, markup=False)
    try:
        yield
    except (Refused, StartRefused) as refusal:
        console.print(str(refusal), soft_wrap=True)
        raise typer.Exit(WRONG) from None
    except KeyboardInterrupt:
        console.print(again, soft_wrap=True)
        raise typer.Exit(INTERRUPTED) from None
