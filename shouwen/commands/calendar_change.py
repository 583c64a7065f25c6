"""``shouwen calendar show|status|change``: the calendars of sites, how they stand, and a change to them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from shared.organisation.records import Site
from shouwen.changing.flow import Draft, Outlook, drafted, estates, followed, foreseen, put_in_force
from shouwen.changing.paper import Paper, read_paper
from shouwen.changing.showing import (
    MOVED,
    as_data,
    calendar_told,
    left_out,
    moved_rows,
    outlook_told,
    standing_told,
    titled,
)
from shouwen.commands.dlq import AsJson, talk
from shouwen.commands.import_ import Data, Token, Url
from shouwen.commands.reaching import Where, plainly
from shouwen.commands.tables import as_json, plain, table, terminal
from shouwen.door import Door
from shouwen.importing.telling import telling
from shouwen.words import Refused, Words

REFUSED = 1
AGAIN = "\n已中断；已批准的项目不受影响，可重新执行。 Interrupted; what was approved holds, run it again for the rest."
STOPPED = "\n已中断。 Interrupted."
DRY = "只是预演，什么也没有改；--approve 使其生效。 A dry run, nothing was changed; --approve puts it in force."
LOOKING = Words("查看未结案件", "looking at open cases")
APPROVING = Words("生效", "putting in force")
MOVING = Words("移动期限", "moving deadlines")

One = Annotated[str, typer.Argument(metavar="SITE", help="项目代码或编号 / code or id of a site")]
Some = Annotated[list[str] | None, typer.Argument(metavar="[SITE]...", help="缺省为全部 / all of them by default")]
File = Annotated[Path, typer.Argument(help="改动文件，见 docs/calendars.md / the change, YAML")]
Sites = Annotated[list[str] | None, typer.Option("--site", help="项目代码，可重复 / code of a site, may be repeated")]
All = Annotated[bool, typer.Option("--all", help="全部项目 / every site")]
Approve = Annotated[bool, typer.Option("--approve", help="批准生效；缺省只预演 / put it in force; else a dry run")]
Yes = Annotated[bool, typer.Option("--yes", help="不再询问 / do not ask")]
Most = Annotated[int, typer.Option("--most", min=0, help="每个项目最多列出，0 为全部 / at most a site, 0 for all")]


def show(site: One, *, data: Data = Path(".shouwen"), url: Url = None, token: Token = None) -> None:
    """显示项目的工作日历 / show a site's week, notices, special days and the versions before."""
    (estate,) = talk(Where(data, url, token), lambda door: estates(door, [site]), STOPPED)
    for line in calendar_told(estate):
        terminal().print(plain(line))


def status(
    sites: Some = None,
    *,
    json: AsJson = False,
    data: Data = Path(".shouwen"),
    url: Url = None,
    token: Token = None,
) -> None:
    """哪些年份已知、警报、期限移动到哪里 / known years, alarms, and how far deadlines have been moved."""

    async def read(door: Door) -> list[tuple[Site, dict[str, Any]]]:
        return [
            (one, await door.read(f"/api/escalation/calendars/{one.id}")) for one in await estates(door, sites or [])
        ]

    found = talk(Where(data, url, token), read, STOPPED)
    if json:
        typer.echo(as_json([told for _, told in found]))
        return
    for site, told in found:
        _say(standing_told(site, told))


def change(  # noqa: PLR0913  an option each
    file: File,
    site: Sites = None,
    *,
    every: All = False,
    approve: Approve = False,
    yes: Yes = False,
    most: Most = 100,
    json: AsJson = False,
    data: Data = Path(".shouwen"),
    url: Url = None,
    token: Token = None,
) -> None:
    """改动工作日历 / change calendars: first what would move, with --approve in force; 1 when a site refuses."""
    with plainly(AGAIN):
        paper = read_paper(file)
        if every == bool(site):
            raise Refused("请用 --site 写明项目，或用 --all。", "Name sites with --site, or say --all.")
    where = Where(data, url, token)
    drafts, outlooks = talk(where, lambda door: _looked_ahead(door, paper, site or []), AGAIN)
    if not approve and json:
        typer.echo(as_json(as_data(drafts, outlooks)))
        return
    if not json:
        _tell_outlook(drafts, outlooks, most)
    if not approve:
        _say([DRY])
        return
    changing = [draft for draft in drafts if draft.changes]
    if changing and not yes:
        typer.confirm("批准并移动以上期限？ Approve, and move these deadlines?", abort=True, err=True)
    refusals, standing = talk(where, lambda door: _approve(door, changing, paper), AGAIN)
    if json:
        typer.echo(as_json([{"site": one, "refused": refusals[one]} | standing.get(one, {}) for one in refusals]))
    else:
        _tell_standing(changing, refusals, standing)
    if any(refusals.values()):
        raise typer.Exit(REFUSED)


async def _looked_ahead(door: Door, paper: Paper, named: Sequence[str]) -> tuple[list[Draft], Mapping[str, Outlook]]:
    drafts = [drafted(site, paper) for site in await estates(door, named)]
    outlooks: dict[str, Outlook] = {}
    with telling(Console(stderr=True), LOOKING, len(drafts)) as teller:
        for done, draft in enumerate(drafts, 1):
            outlooks[draft.site.id] = await foreseen(door, draft) if draft.changes else Outlook()
            teller.at(done, draft.site.code)
    return drafts, outlooks


def _tell_outlook(drafts: Sequence[Draft], outlooks: Mapping[str, Outlook], most: int) -> None:
    for draft in drafts:
        outlook = outlooks[draft.site.id]
        _say(outlook_told(draft, outlook))
        if rows := moved_rows(draft, outlook, most):
            terminal().print(table(MOVED, rows))
        _say(filter(None, [left_out(outlook, most)]))


async def _approve(
    door: Door, drafts: Sequence[Draft], paper: Paper
) -> tuple[dict[str, str], dict[str, dict[str, Any]]]:
    """Put the drafts in force one by one; one that is refused leaves the others."""
    refusals: dict[str, str] = {}
    with telling(Console(stderr=True), APPROVING, len(drafts)) as teller:
        for done, draft in enumerate(drafts, 1):
            refusals[draft.site.id] = await put_in_force(door, draft, paper)
            teller.at(done, draft.site.code)
    taken = [draft for draft in drafts if not refusals[draft.site.id]]
    with telling(Console(stderr=True), MOVING, len(taken)) as teller:
        return refusals, await followed(door, taken, teller)


def _tell_standing(
    drafts: Sequence[Draft], refusals: Mapping[str, str], standing: Mapping[str, Mapping[str, Any]]
) -> None:
    for draft in drafts:
        if refusal := refusals[draft.site.id]:
            _say([f"{titled(draft.site)}  未生效 not in force: {refusal}"])
        else:
            _say(standing_told(draft.site, standing[draft.site.id]))


def _say(lines: Any) -> None:
    for line in lines:
        for part in str(line).splitlines():
            terminal().print(plain(part))
