"""``shouwen calendar``: check working-time rows, show and change the calendars of sites."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from shouwen.calendars.checking import File, opened
from shouwen.calendars.reading import document_at
from shouwen.calendars.telling import closing_of, findings_of, lines_of
from shouwen.commands import calendar_change
from shouwen.commands.tables import plain, terminal
from shouwen.words import Refused

WRONG, UNREADABLE = 1, 2

app = typer.Typer(
    name="calendar",
    help="工作日历 / working calendars: which hours count.",
    no_args_is_help=True,
)

Files = Annotated[
    list[Path], typer.Argument(metavar="FILE", help="JSON 文件 / files of rows, see docs/working-time.md")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="只显示错的 / only what is wrong")]


@app.command()
def check(files: Files, quiet: Quiet = False) -> None:  # noqa: FBT002  a typer option
    """核对工作时间用例 / check rows of working time; exits with 1 when one is wrong, 2 when a file cannot be read."""
    console = terminal()
    worst = max(_checked(path, console, quiet=quiet, named=len(files) > 1) for path in files)
    if worst:
        raise typer.Exit(worst)


def _checked(path: Path, console: Console, *, quiet: bool, named: bool) -> int:
    if named:
        _say(console, [f"== {path}"])
    try:
        file = opened(document_at(path))
    except Refused as refused:
        _say(console, str(refused).splitlines())
        return UNREADABLE
    return WRONG if _told(file, console, quiet=quiet) else 0


def _told(file: File, console: Console, *, quiet: bool) -> int:
    """Say everything about *file*; returns how much of it is wrong."""
    for finding in file.findings:
        _say(console, findings_of(finding))
    right = wrong = 0
    for verdict in file.verdicts():
        right, wrong = (right + 1, wrong) if verdict.ok else (right, wrong + 1)
        if not (quiet and verdict.ok):
            _say(console, lines_of(verdict))
    _say(console, closing_of(right, wrong, file.left_out, len(file.findings)))
    return wrong + len(file.findings)


def _say(console: Console, lines: Iterable[str]) -> None:
    for line in lines:
        console.print(plain(line))


for _more in (calendar_change.show, calendar_change.status, calendar_change.change):
    app.command()(_more)
