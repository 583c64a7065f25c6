"""``shouwen up``: everything on one machine, in one process, with embedded servers."""

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
import uvloop
from rich.console import Console

from shared.process.connecting import CannotStart
from shared.process.logs import configure
from shouwen.commands.preparing import Adopt
from shouwen.composition import Servers, System, assembled, embedded, keep_running
from shouwen.demo import load
from shouwen.demo.loading import sample_group
from shouwen.embedded import StartRefused, require_free
from shouwen.hosting import NotReady
from shouwen.stopping import stop_signals

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

SAMPLE = {
    "site": "haijing",
    "case_type": "complaint",
    "category": "engineering",
    "severity": "minor",
    "channel": "phone",
    "unit": "1-101",
    "caller": {"name": "赵文", "phone": "13900000001"},
    "content": "楼上漏水 / water through the ceiling",
    "demand": "今晚有人来 / somebody tonight",
}

Data = Annotated[Path, typer.Option("--data", help="数据目录 / data directory")]
Port = Annotated[
    int, typer.Option("--port", min=0, max=65535, help="端口，0 为任一空闲端口 / port, 0 for any free one")
]
Demo = Annotated[bool, typer.Option("--demo/--no-demo", help="首次启动时载入示例集团 / sample group on first start")]


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for at the prompt."""

    port: int
    demo: bool
    adopt: bool


def up(data: Data = Path(".shouwen"), port: Port = 8080, demo: Demo = True, adopt: Adopt = False) -> None:  # noqa: FBT002  typer options
    """启动整个系统 / start the whole system; Ctrl-C 停止 / stops it."""
    configure("warning", as_json=False)
    try:
        if port:
            require_free(port)
        with embedded(data) as servers, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_run(servers, Options(port, demo, adopt)))
    except StartRefused as refused:
        err.print(f"[red]{refused.chinese}[/]\n{refused.english}")
        raise typer.Exit(1) from None
    except (NotReady, CannotStart) as trouble:
        err.print(f"[red]{trouble}[/]")
        raise typer.Exit(1) from None


async def _run(servers: Servers, options: Options) -> None:
    stop = stop_signals()
    async with assembled(servers, options.port, adopt=options.adopt) as system:
        if options.demo and system.first_start:
            await load(system.url, token=system.token, password=system.keys.password)
        out.print(welcome(system, servers.directory.path))
        await keep_running(servers, stop)
        out.print("\n正在停止… / stopping…")
    out.print("已停止，数据保留。 / Stopped; your data is kept.")


def welcome(system: System, data: Path) -> str:
    """Where to go, how to sign in, and one request to copy."""
    accounts = "\n".join(f"    {name:<10} {zh} / {en}" for name, zh, en in _accounts())
    body = json.dumps(SAMPLE, ensure_ascii=False)
    return f"""
首问 Shouwen 已就绪 / is ready
  网址 / address   {system.url}
  登录 / sign in   admin 或以下示例账号 / or a sample account, 密码 / password: {system.keys.password}
{accounts}
  数据 / data      {data}
  记一件事 / log a request:

curl -sS {system.url}/api/intake/requests -H 'Authorization: Bearer {system.token}' \\
  -H 'Content-Type: application/json' -d '{body}'

Ctrl-C 停止 / stops everything
"""


def _accounts() -> list[tuple[str, str, str]]:
    return [(a["username"], a["means"]["zh"], a["means"]["en"]) for a in sample_group()["accounts"]]
