"""``shouwen scenario run``: rows of a manual, played against the services with a hand clock."""

import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from shared.rules.model import Pack
from shouwen.commands.reaching import plainly
from shouwen.commands.tables import plain, terminal
from shouwen.scenarios.documenting import vocabulary
from shouwen.scenarios.finding import files_in
from shouwen.scenarios.findings import FileWrong
from shouwen.scenarios.model import Scenario
from shouwen.scenarios.parsing import load
from shouwen.scenarios.running import Verdict, run
from shouwen.scenarios.telling import failed, summary, timeline
from shouwen.words import Refused

FAILED, UNREADABLE = 1, 2
AGAIN = "\n已中断。 Interrupted."
FINDINGS_MOST = 200

app = typer.Typer(
    name="scenario",
    help="场景：制度条文的可执行样例 / scenarios: rows of a manual that can be run",
    no_args_is_help=True,
)
Files = Annotated[list[Path], typer.Argument(help="场景文件或文件夹 / files or folders of scenarios")]
Only = Annotated[list[str] | None, typer.Option("--only", help="只运行这些 id / only these ids")]
Verbose = Annotated[bool, typer.Option("-v", "--verbose", help="也显示经过 / show what happened, too")]


@app.command("run")
def run_files(files: Files, only: Only = None, verbose: Verbose = False) -> None:  # noqa: FBT002  a typer option
    """运行场景 / run scenarios; exits with 1 when one fails, 2 when a file cannot be read."""
    with plainly(AGAIN):
        raise typer.Exit(played(files_in(files), terminal(), only=only or (), verbose=verbose))


@app.command("words")
def words() -> None:
    """列出全部动作与检查 / list every act and check with its fields."""
    for line in vocabulary():
        typer.echo(line)


def played(
    files: Iterable[Path],
    console: Console,
    *,
    only: Sequence[str] = (),
    verbose: bool = False,
    tested: Pack | None = None,
) -> int:
    """Run the scenarios of *files* and tell how they went.

    Returns:
        The exit code.
    """
    began = time.perf_counter()
    scenarios, wrong = _read(files, tested)
    for finding in wrong[:FINDINGS_MOST]:
        console.print(plain(finding))
    if wrong:
        console.print(f"{len(wrong)} 处写法有误，未运行。 {len(wrong)} mistakes in the files; nothing was run.")
        return UNREADABLE
    verdicts = [_told(console, run(one), verbose=verbose) for one in _chosen(scenarios, only)]
    console.print(summary(verdicts, time.perf_counter() - began))
    return FAILED if any(not verdict.passed for verdict in verdicts) else 0


def _read(files: Iterable[Path], tested: Pack | None) -> tuple[list[Scenario], list[str]]:
    scenarios: list[Scenario] = []
    wrong: list[str] = []
    for file in files:
        try:
            scenarios += load(file, tested)
        except FileWrong as refused:
            wrong += [str(finding) for finding in refused.findings]
    return scenarios, wrong


def _chosen(scenarios: Sequence[Scenario], only: Sequence[str]) -> Sequence[Scenario]:
    known = {one.id for one in scenarios}
    for id_ in only:
        if id_ not in known:
            raise Refused(f"没有场景 {id_}。", f"no scenario {id_}; there are {', '.join(sorted(known)[:40])}")
    if not scenarios:
        raise Refused("没有可运行的场景。", "There is no scenario to run.")
    return [one for one in scenarios if not only or one.id in only]


def _told(console: Console, verdict: Verdict, *, verbose: bool) -> Verdict:
    one = verdict.scenario
    mark = "符合 ok    " if verdict.passed else "不符 FAILED"
    console.print(plain(f"{mark}  {one.id}  {one.name}"))
    for line in failed(verdict) if not verdict.passed else timeline(verdict) if verbose else ():
        console.print(plain(line))
    return verdict
