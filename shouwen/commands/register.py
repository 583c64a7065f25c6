"""``shouwen register``: a register of a site, or totals over many, into a file."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
import uvloop
from rich.console import Console

from shouwen.commands.import_ import Data, Token, Url
from shouwen.commands.reaching import Where, plainly, reached
from shouwen.door import refused
from shouwen.words import Refused

TOTALS = "totals"
FORMS = ("json", "csv", "xlsx")
AGAIN = "\n已中断。 Interrupted."

Register = Annotated[str, typer.Argument(help="表册编号如 R-01，或 totals / id such as R-01, or totals")]
Site = Annotated[str | None, typer.Option("--site", help="项目编号 / site id")]
Month = Annotated[
    str | None,
    typer.Option(
        "--month", help="月份；按周、按季的表册为周、季 / YYYY-MM; 2025-W10 by the week, 2025-Q1 by the quarter"
    ),
]
Window = Annotated[str, typer.Option("--window", help="own 或 calendar / by its own cut-off, or by calendar month")]
Group = Annotated[str, typer.Option("--group", help="totals 的分组 / groups of totals")]
Source = Annotated[str | None, typer.Option("--source", help="只计某一导入来源 / only one imported source, for totals")]
Form = Annotated[str | None, typer.Option("--format", help="json、csv 或 xlsx / by default from --out, else json")]
Out = Annotated[Path | None, typer.Option("--out", help="写入的文件，缺省为屏幕 / file to write, else the screen")]


def register(  # noqa: PLR0913, PLR0917  an option each
    register: Register,
    site: Site = None,
    month: Month = None,
    window: Window = "own",
    group: Group = "site,month,category",
    source: Source = None,
    form: Form = None,
    out: Out = None,
    data: Data = Path(".shouwen"),
    url: Url = None,
    token: Token = None,
) -> None:
    """导出表册或合计 / write a register of a site, or totals over every site."""
    query = {"month": month, "site": site, "format": form_of(form, out)}
    query |= {"group": group, "source": source} if register == TOTALS else {"window": window}
    with plainly(AGAIN), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        check(register, query, out)
        content = runner.run(_fetch(Where(data, url, token), register, query))
    if out is None:
        typer.echo(content.decode("utf-8-sig"))
        return
    out.write_bytes(content)
    Console(highlight=False, soft_wrap=True).print(f"{out}  {len(content):,} B", markup=False)


def form_of(form: str | None, out: Path | None) -> str:
    """The form asked for, else what the name of the file says, else JSON."""
    named = out.suffix.lstrip(".").lower() if out is not None else ""
    return form or (named if named in FORMS else "json")


def check(register: str, query: dict[str, str | None], out: Path | None) -> None:
    """Refuse what cannot be answered before anything is started.

    Raises:
        Refused: Names the option.
    """
    if register != TOTALS and query["site"] is None:
        raise Refused("请用 --site 写明项目。", "Name the site with --site.")
    if query["format"] not in FORMS:
        raise Refused(f"--format 应为 {'、'.join(FORMS)}。", f"--format is one of {', '.join(FORMS)}.")
    if query["format"] == "xlsx" and out is None:
        raise Refused("XLSX 需要 --out 文件名。", "An XLSX needs --out, the file to write.")
    if query["format"] == "xlsx" and register == TOTALS:
        raise Refused("合计只有 json 与 csv。", "Totals come as json or csv.")


async def _fetch(where: Where, register: str, query: dict[str, str | None]) -> bytes:
    path = f"/api/reporting/registers/{register}"
    async with reached(where) as door:
        answer = await door.get(path, **{name: value for name, value in query.items() if value is not None})
        if answer.is_error:
            raise refused(path, answer)
        return answer.content
