"""``shouwen parked``: which entities wait, since when and for what."""

from pathlib import Path
from typing import Annotated, Any

import typer

from shouwen.commands.dlq import AsJson, Service, services, talk
from shouwen.commands.import_ import Data, Token, Url
from shouwen.commands.reaching import Where
from shouwen.commands.tables import as_json, instant, listing, terminal
from shouwen.door import Door

HEADINGS = (
    "服务\nservice",
    "实体\nentity",
    "说话者\nspeaker",
    "条数\nletters",
    "已听到\nheard",
    "自\nsince",
    "等什么\nfor",
)
Most = Annotated[int, typer.Option("--most", min=1, max=500, help="每个服务最多列出 / at most, of each service")]


def parked(
    service: Service = None,
    most: Most = 100,
    *,
    json: AsJson = False,
    data: Data = Path(".shouwen"),
    url: Url = None,
    token: Token = None,
) -> None:
    """列出等待中的消息 / list entities whose messages wait, the longest first, and for what they wait."""

    async def read(door: Door) -> dict[str, Any]:
        return {name: await door.read(f"/api/{name}/parked", limit=most) for name in services(service)}

    found = talk(Where(data, url, token), read)
    if json:
        typer.echo(as_json(found))
        return
    screen = terminal()
    rows = [
        (name, one["entity"], one["speaker"], one["letters"], one["heard"], instant(one["since"]), reason_of(one))
        for name, told in found.items()
        for one in told["waiting"]
    ]
    if rows:
        listing(screen, HEADINGS, rows)
    letters = sum(told["letters"] for told in found.values())
    screen.print(f"{letters} 条消息在等待。 {letters} messages wait." if letters else "没有消息在等待。 Nothing waits.")


def reason_of(lane: dict[str, Any]) -> str:
    """For what a lane waits."""
    if lane["because"] == "dead_letter":
        return f"死信 dead letter {lane['dead_letter']}"
    if lane["because"] == "directory":
        return "目录里还没有它提到的项目或制度版本 a site or pack the directory does not know yet"
    return f"第 {lane['heard'] + 1} 版尚未到达 version {lane['heard'] + 1} has not arrived"
