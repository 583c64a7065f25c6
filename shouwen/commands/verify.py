"""``shouwen verify``: do the log, the services and the registers agree? ``--repair`` mends what the log can mend."""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
import uvloop
from rich.console import Console
from rich.status import Status

from shouwen.commands.import_ import Data, Token, Url
from shouwen.commands.reaching import Where, plainly, reached
from shouwen.commands.tables import plain
from shouwen.verifying.curing import Outcome, cured
from shouwen.verifying.flow import Verdict, verify_system
from shouwen.verifying.log import log_at
from shouwen.words import Refused

DIFFERENT = 1
Nats = Annotated[str | None, typer.Option("--nats", envvar="SHOUWEN_NATS_URL", help="日志的网址 / address of the log")]
Repair = Annotated[bool, typer.Option("--repair", help="修复日志能够证明的 / mend what the log can prove")]
AGAIN = "\n已中断；可以重新执行。 Interrupted; run it again."


@dataclass(frozen=True, slots=True)
class Telling:
    """Where the lines go, and the one that moves."""

    console: Console
    status: Status

    def progress(self, what: str, count: int) -> None:
        """Show how far the reading is."""
        self.status.update(f"{what} {count:,}")

    def differences(self, verdict: Verdict) -> None:
        """One line each."""
        for difference in verdict.differences:
            self.console.print(plain(f"{difference.entity}  {difference.where}  {difference.words}"))

    def outcome(self, outcome: Outcome) -> None:
        """What became of one entity."""
        mark = "修复 mended" if outcome.mended else "未修 left"
        self.console.print(plain(f"{mark}  {outcome.entity}  {outcome.service}  {outcome.words}"))


def verify(
    data: Data = Path(".shouwen"),
    url: Url = None,
    token: Token = None,
    nats: Nats = None,
    repair: Repair = False,  # noqa: FBT002  a typer option
) -> None:
    """核对日志与各服务 / compare the log with every service; exits with 1 when they differ."""
    console = Console(highlight=False, markup=False, soft_wrap=True)
    began = time.perf_counter()
    with plainly(AGAIN), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner, console.status("EV") as status:
        verdict = runner.run(_verify(Where(data, url, token, nats), Telling(console, status), repair=repair))
    console.print(summary(verdict, time.perf_counter() - began))
    if verdict.differences:
        raise typer.Exit(DIFFERENT)


async def _verify(where: Where, telling: Telling, *, repair: bool) -> Verdict:
    async with reached(where) as door:
        if door.nats_url is None:
            raise Refused("--url 需要 --nats（日志的网址）。", "--url needs --nats, the address of the log.")
        async with log_at(door.nats_url) as reader:
            verdict = await verify_system(door, reader, telling.progress)
            telling.differences(verdict)
            if not repair or not verdict.differences:
                return verdict
            telling.console.print("\n修复经过 / what is done about it:")
            after = await cured(door, reader, verdict, telling.outcome, telling.progress)
            telling.console.print("\n修复之后 / what is left:" if after.differences else "")
            telling.differences(after)
            return after


def summary(verdict: Verdict, seconds: float) -> str:
    """One line: what was compared and what came of it."""
    counts = f"{verdict.messages:,} 条消息 / messages, {verdict.entities:,} 个实体 / entities, {seconds:.1f} s"
    aged = (
        ""
        if verdict.complete
        else "\n日志较早部分已过期，只比对版本。 The log has forgotten its beginning; versions only there."
    )
    if verdict.given_up:
        n = verdict.given_up
        aged += f"\n另有 {n} 条已由人放弃，见 shouwen dlq list --settled。 Given up by people besides: {n}."
    if not verdict.differences:
        return f"一致。 All agree. {counts}{aged}"
    return f"{len(verdict.differences):,} 处不一致 / differences. {counts}{aged}"
