"""``shouwen parked``: which entities wait, since when and for what; and a way out where that never comes."""

from pathlib import Path
from typing import Annotated, Any

import typer

from shouwen.commands.dlq import AsJson, Service, Why, Yes, known, services, talk
from shouwen.commands.import_ import Data, Token, Url
from shouwen.commands.reaching import Where
from shouwen.commands.tables import as_json, instant, listing, plain, terminal
from shouwen.door import Door
from shouwen.giving_up import Gap, gap_at, give_up

HEADINGS = (
    "服务\nservice",
    "实体\nentity",
    "说话者\nspeaker",
    "条数\nletters",
    "已听到\nheard",
    "自\nsince",
    "等什么\nfor",
)
app = typer.Typer(
    name="parked",
    help="列出等待中的消息 / list entities whose messages wait, the longest first, and for what they wait.",
    invoke_without_command=True,
)
Waits = Annotated[
    tuple[str, str, str],
    typer.Argument(metavar="SERVICE ENTITY SPEAKER", help="服务、实体、说话者，如列表所示 / as the list names them"),
]
Lost = Annotated[
    bool,
    typer.Option("--lost", help="说过而再也找不到的，算作已听到 / what was said and is lost for good counts as heard"),
]
Most = Annotated[int, typer.Option("--most", min=1, max=500, help="每个服务最多列出 / at most, of each service")]


@app.callback()
def parked(
    context: typer.Context,
    service: Service = None,
    most: Most = 100,
    *,
    json: AsJson = False,
    data: Data = Path(".shouwen"),
    url: Url = None,
    token: Token = None,
) -> None:
    """列出等待中的消息 / list entities whose messages wait, the longest first, and for what they wait."""
    if context.invoked_subcommand is not None:
        return

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


@app.command("give-up")
def give_up_gap(
    lane: Waits,
    why: Why,
    *,
    lost: Lost = False,
    yes: Yes = False,
    data: Data = Path(".shouwen"),
    url: Url = None,
    token: Token = None,
) -> None:
    """放弃永远等不到的 / give up waiting for a version that will never come; refused while it still can."""
    service, entity, speaker = lane
    (hearer,), _ = known(service), known(speaker)

    async def look(door: Door) -> Gap:
        gap = await gap_at(door, hearer, entity, speaker)
        gap.require_hopeless(lost=lost)
        return gap

    where = Where(data, url, token)
    gap = talk(where, look)
    if not yes:
        terminal().print(plain(gap.foretold()))
        typer.confirm("放弃后不能恢复。继续？ This cannot be undone. Go on?", abort=True)
    count = talk(where, lambda door: give_up(door, gap, why))
    terminal().print(
        plain(f"{entity}  已放弃 {count} 条；shouwen dlq list --settled 可查。 Given up: {count}, kept there.")
    )


def reason_of(lane: dict[str, Any]) -> str:
    """For what a lane waits."""
    if lane["because"] == "dead_letter":
        return f"死信 dead letter {lane['dead_letter']}"
    if lane["because"] == "directory":
        return "目录里还没有它提到的项目或制度版本 a site or pack the directory does not know yet"
    return f"第 {lane['heard'] + 1} 版尚未到达 version {lane['heard'] + 1} has not arrived"
