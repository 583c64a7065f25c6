"""``shouwen master``: residents, units, equipment and the rest by file: checked first, then all or nothing."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import typer
import uvloop
from rich.console import Console

from shouwen.commands.import_ import Data, Token, Url
from shouwen.commands.reaching import Where, plainly, reached
from shouwen.commands.tables import plain, table
from shouwen.door import Door
from shouwen.mastering import loads, telling
from shouwen.mastering.loads import Job, Leavers
from shouwen.mastering.watching import Watching
from shouwen.words import Refused, Words

T = TypeVar("T")
NOT_APPLIED = 1
FORMS = ("xlsx", "csv")
ALL = "all"
SHOWN = 20
UPLOADING = Words("上传", "uploading")
COMPARED_AGAIN = "核对之后资料有变化，已重新核对。 The register changed since; it was compared again."
ASKING_MOST = 5
FIFTH = 0.2
AGAIN = (
    "\n已中断。尚未写入的不会写入；shouwen master status 可查看。"
    "\nInterrupted. What was not applied will not be; see `shouwen master status`."
)

app = typer.Typer(
    name="master",
    help="基础资料 / master data by file: residents, units, buildings, equipment, keys, deposits, open matters.",
    no_args_is_help=True,
)

Kind = Annotated[str, typer.Argument(help="表：residents、units …，缺省为全部 / which sheet, else all of them")]
Out = Annotated[Path, typer.Option("--out", "-o", help="写入的文件，xlsx 或 csv / file to write", dir_okay=False)]
Language = Annotated[Literal["zh", "en"], typer.Option("--language", help="zh 或 en / of headings and explanations")]
SiteMaybe = Annotated[str | None, typer.Option("--site", help="项目编号或代码 / id or code of the site")]
Site = Annotated[str, typer.Option("--site", help="项目编号或代码 / id or code of the site")]
File = Annotated[Path, typer.Argument(help="XLSX 或 CSV / sheets as filled in", exists=True, dir_okay=False)]
Left = Annotated[Leavers, typer.Option("--leavers", help="end 或 keep / residents the file lacks: end them, or keep")]
Apply = Annotated[bool, typer.Option("--apply", help="核对无误即写入，不询问 / apply without asking what was checked")]
Yes = Annotated[bool, typer.Option("--yes", help="一切询问都答是 / answer every question with yes")]
Report = Annotated[
    Path | None, typer.Option("--report", help="错误清单，xlsx 或 csv / save the findings", dir_okay=False)
]
JobId = Annotated[str, typer.Argument(help="status 给出的编号 / as status names it")]


@dataclass(frozen=True, slots=True)
class Wish:
    """How a load is wanted.

    Attributes:
        apply: What was checked is applied unasked.
        yes: So it is even where many residents would be ended.
    """

    file: Path
    site: str
    leavers: Leavers
    apply: bool
    yes: bool
    report: Path | None


@app.command()
def template(
    out: Out,
    kind: Kind = ALL,
    site: SiteMaybe = None,
    language: Language = "zh",
    data: Data = Path(".shouwen"),
    url: Url = None,
    token: Token = None,
) -> None:
    """下载模板 / write a sheet to fill in, with drop-downs and an example."""

    async def work(door: Door) -> int:
        query = {"language": language} | ({"site": await loads.site_named(door, site)} if site else {})
        path = f"{loads.TEMPLATES}/{kind_named(kind)}.{form_of(out)}"
        return await loads.fetch(door, path, out, **query)

    size = _talk(Where(data, url, token), work)
    _console().print(f"{out}  {size:,} B")


@app.command()
def load(  # noqa: PLR0913, PLR0917  an option each
    file: File,
    site: Site,
    leavers: Left = "end",
    apply: Apply = False,  # noqa: FBT002  a flag
    yes: Yes = False,  # noqa: FBT002  a flag
    report: Report = None,
    data: Data = Path(".shouwen"),
    url: Url = None,
    token: Token = None,
) -> None:
    """载入 / check a file, say what it would change, and apply it if told so; exits with 1 where it cannot be."""

    async def work(door: Door) -> bool:
        if report is not None:
            form_of(report)
        return await carried_out(door, Wish(file, site, leavers, apply or yes, yes, report), _console())

    if not _talk(Where(data, url, token), work):
        raise typer.Exit(NOT_APPLIED)


@app.command()
def undo(job: JobId, data: Data = Path(".shouwen"), url: Url = None, token: Token = None) -> None:
    """撤销 / put back what a load has changed; refused where the same records were changed since."""

    async def work(door: Door) -> bool:
        console = _console()
        with Watching(console) as watching:
            done = await loads.watched(door, await loads.undo(door, job), watching.look)
        _say_end(console, done)
        return bool(done["state"] == "undone")

    if not _talk(Where(data, url, token), work):
        raise typer.Exit(NOT_APPLIED)


@app.command()
def status(site: Site, data: Data = Path(".shouwen"), url: Url = None, token: Token = None) -> None:
    """列出 / list the loads of a site, newest first."""

    async def work(door: Door) -> list[Job]:
        listed: list[Job] = (await door.read(loads.FILES, site=await loads.site_named(door, site)))["items"]
        return listed

    for line in telling.loads(_talk(Where(data, url, token), work)):
        _console().print(plain(line))


async def carried_out(door: Door, wish: Wish, console: Console) -> bool:
    """Take one file from the upload to its end; False when it has findings, or was to be applied and is not.

    Raises:
        Refused: The system says no.
    """
    job = await _checked(door, wish, console)
    for _ in range(ASKING_MOST):
        if not await _sound(door, job, wish, console):
            return False
        if not job["changes"]:
            await loads.discard(door, job)
            console.print("没有任何变化。 Nothing changes.")
            return True
        if not _agreed(job, wish, console):
            return not wish.apply
        if (applying := await loads.apply(door, job, end_many=_many(job))) is not None:
            return await _ended(door, applying, console)
        console.print(COMPARED_AGAIN)
        job = await _watched(door, await door.read(f"{loads.FILES}/{job['job']}"), console)
    return False


async def _checked(door: Door, wish: Wish, console: Console) -> Job:
    site, size = await loads.site_named(door, wish.site), wish.file.stat().st_size
    with Watching(console) as watching:
        job = await loads.upload(door, wish.file, site, wish.leavers, lambda done: watching.at(UPLOADING, done, size))
    return await _watched(door, job, console)


async def _watched(door: Door, job: Job, console: Console) -> Job:
    with Watching(console) as watching:
        return await loads.watched(door, job, watching.look)


async def _sound(door: Door, job: Job, wish: Wish, console: Console) -> bool:
    """Say what a checked load would change and what is wrong with it; True when it may be applied."""
    console.print(table(*telling.counts(job)))
    if job["findings_total"]:
        for line in telling.findings(await loads.findings(door, job, SHOWN), job["findings_total"]):
            console.print(plain(line))
        if wish.report is not None:
            path = f"{loads.FILES}/{job['job']}/findings.{form_of(wish.report)}"
            await loads.fetch(door, path, wish.report)
            console.print(f"错误清单 / findings  {wish.report}")
    if job["state"] == "checked":
        return True
    _say_end(console, job)
    return False


def _agreed(job: Job, wish: Wish, console: Console) -> bool:
    """Whether what was checked is to be applied; asked where nobody has said so."""
    words = telling.summary(job)
    console.print(plain(words.zh))
    console.print(plain(words.en))
    if _many(job):
        console.print(
            f"这会终止现有 {job['living']} 位住户中的五分之一以上。 It ends more than a fifth of the residents."
        )
    if wish.yes or (wish.apply and not _many(job)):
        return True
    if not sys.stdin.isatty():
        console.print(f"未写入。加 --{'yes' if _many(job) else 'apply'} 即写入。 Not applied; say so with the option.")
        return False
    return typer.confirm("写入吗？ Apply this?")


async def _ended(door: Door, job: Job, console: Console) -> bool:
    done = await _watched(door, job, console)
    _say_end(console, done)
    return bool(done["state"] == "applied")


def _say_end(console: Console, job: Job) -> None:
    console.print(plain(f"{telling.STATES[job['state']]}  {job['job']}  {telling.trouble(job)}".rstrip()))


def _many(job: Job) -> bool:
    return bool(job["counts"].get("residents", {}).get("ended", 0) > job["living"] * FIFTH)


def kind_named(word: str) -> str:
    """The sheet called *word* in either language, or all.

    Raises:
        Refused: There is none; names those there are.
    """
    found = [kind for kind, words in telling.KINDS.items() if word in (kind, words.zh, words.en)]
    if word != ALL and not found:
        known = ", ".join(f"{kind} {words.zh}" for kind, words in telling.KINDS.items())
        raise Refused(f"没有这种表：{word}。可以是：{known}。", f"There is no sheet {word}; one of: {known}.")
    return found[0] if found else ALL


def form_of(out: Path) -> str:
    """The form a file's name asks for.

    Raises:
        Refused: It asks for another one.
    """
    form = out.suffix.lstrip(".").lower()
    if form not in FORMS:
        raise Refused(f"文件名应以 .xlsx 或 .csv 结尾：{out}。", f"{out} should end with .xlsx or .csv.")
    return form


def _console() -> Console:
    return Console(highlight=False, markup=False, soft_wrap=True)


def _talk(where: Where, work: Callable[[Door], Awaitable[T]]) -> T:
    async def reach() -> T:
        async with reached(where) as door:
            return await work(door)

    with plainly(AGAIN), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(reach())
