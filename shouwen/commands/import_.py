"""``shouwen import``: history from a file, through the same services as everything else."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
import uvloop
from rich.console import Console
from rich.table import Table

from shared.timekeeping.clock import SystemClock
from shouwen.commands.reaching import Where, plainly, reached
from shouwen.importing.flow import Outcome, Plan, carry_out
from shouwen.importing.mapping import read_mapping
from shouwen.importing.papers import Papers, papers_of, short
from shouwen.importing.reading import Layout
from shouwen.importing.survey import Survey, surveyed
from shouwen.words import Words

BATCH_MOST = 250
BEHIND = 3
SHOWN = 12
TALLIED = {
    "site": Words("项目", "sites"),
    "department": Words("部门", "departments"),
    "category": Words("类别", "categories"),
    "severity": Words("级别", "severities"),
    "channel": Words("渠道", "channels"),
}
AGAIN = (
    "\n已中断。再次执行同一命令即可接着导入，不会重复。"
    "\nInterrupted. Run the same command again: it goes on, and nothing comes twice."
)

File = Annotated[
    Path, typer.Argument(help="CSV 文件，可为 .gz / CSV file, plain or gzipped", exists=True, dir_okay=False)
]
MappingFile = Annotated[Path, typer.Option("--mapping", help="映射文件 / what the columns mean", dir_okay=False)]
Data = Annotated[Path, typer.Option("--data", help="数据目录 / data directory")]
Url = Annotated[str | None, typer.Option("--url", help="运行中系统的网址 / address of a running system")]
Token = Annotated[
    str | None, typer.Option("--token", envvar="SHOUWEN_TOKEN", help="管理员令牌 / token of an administrator")
]
Batch = Annotated[int, typer.Option("--batch", min=1, max=BATCH_MOST, help="每批件数 / cases in one request")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="只读不导入 / read and judge the file, send nothing")]
Out = Annotated[Path | None, typer.Option("--out", help="退回、冲突清单的目录 / folder of rejects and conflicts")]


def import_history(  # noqa: PLR0913, PLR0917  an option each
    file: File,
    mapping: MappingFile,
    data: Data = Path(".shouwen"),
    url: Url = None,
    token: Token = None,
    batch: Batch = 200,
    out: Out = None,
    dry_run: DryRun = False,  # noqa: FBT002  a flag
) -> None:
    """导入历史 / bring history through the services; a second run imports nothing twice."""
    console = Console(highlight=False, markup=False)
    with plainly(AGAIN), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        plan = Plan(file, read_mapping(mapping), papers_of(file, out), SystemClock().now(), batch)
        survey = surveyed(plan.file, plan.mapping, plan.now)
        console.print(preview(survey), soft_wrap=True)
        if dry_run:
            plan.papers.write(survey)
            told_only(console, survey, plan.papers)
            return
        outcome = runner.run(_import(Where(data, url, token, begins=True), plan, survey, console))
    console.print(closing(outcome))
    console.print(lying(plan.papers, outcome.caught_up), soft_wrap=True)
    if not outcome.caught_up:
        raise typer.Exit(BEHIND)


async def _import(where: Where, plan: Plan, survey: Survey, console: Console) -> Outcome:
    async with reached(where) as door:
        return await carry_out(door, plan, survey, console)


def preview(survey: Survey) -> str:
    """What the file holds, before anything is sent."""
    rows, cases, sites = survey.rows, len(survey.cases), len(survey.places)
    read = f"读入 {rows} 行：{cases} 宗，{sites} 个项目。 Read {rows} rows: {cases} cases of {sites} sites."
    return "\n".join([read, *_columns(survey.layout)])


def _columns(layout: Layout) -> list[str]:
    unknown, absent = ", ".join(layout.unknown), ", ".join(layout.absent)
    told = []
    if unknown:
        told.append(f"映射未提到的列，未导入：{unknown}。 Columns the mapping does not name, not imported: {unknown}.")
    if absent:
        told.append(f"文件没有这些列，留空：{absent}。 Columns the file lacks, left empty: {absent}.")
    return told


def told_only(console: Console, survey: Survey, papers: Papers) -> None:
    """The account of a dry run: what the rows would become, and which words the file speaks."""
    console.print(account_of(survey))
    for words, tallied in tallies(survey):
        console.print(f"{words}：{tallied}", soft_wrap=True)
    console.print(lying(papers, caught_up=True), soft_wrap=True)
    console.print("试读完毕，未导入任何内容。 Dry run: nothing was imported.")


def tallies(survey: Survey) -> list[tuple[Words, str]]:
    """How often each word would stand in the cases, the most frequent first."""
    told = []
    for part, words in TALLIED.items():
        counted = Counter(str(case.body[part]) for case in survey.cases if part in case.body)
        named = ", ".join(f"{short(word)} {count}" for word, count in counted.most_common(SHOWN))
        more = f" … +{len(counted) - SHOWN}" if len(counted) > SHOWN else ""
        told.append((words, named + more))
    return [(words, named) for words, named in told if named]


def account_of(survey: Survey) -> Table:
    """Every row of the file in exactly one line: what it would become."""
    rows = (
        ("行数", "rows", survey.rows),
        ("可导入", "cases", len(survey.cases)),
        ("冲突（同号不同内容）", "conflicts (same key, other content)", len(survey.conflicts)),
        ("重复（完全相同）", "exact repeats", len(survey.repeats)),
        ("退回", "rejects", len(survey.rejects)),
        ("导入时的提示", "warnings about these cases", len(survey.warnings)),
        ("未结案", "cases without a usable end", survey.still_open),
    )
    return _table(rows)


def closing(outcome: Outcome) -> Table:
    """The account of an import: every row of the file is in exactly one line of it, cases in one of two."""
    survey, sent = outcome.survey, outcome.sent
    rate = sent.arrived / outcome.seconds if outcome.seconds else 0
    rows = (
        ("行数", "rows", survey.rows),
        ("新导入", "cases imported now", sent.new),
        ("先前已导入", "already there", sent.already),
        ("　其中内容已不同", "  of these, other content now", sent.changed),
        ("冲突（同号不同内容）", "conflicts (same key, other content)", len(survey.conflicts) - sent.changed),
        ("重复（完全相同）", "exact repeats", len(survey.repeats)),
        ("退回", "rejects", len(survey.rejects)),
        ("导入时的提示", "warnings about imported rows", len(survey.warnings)),
        ("未结案", "cases without a usable end", survey.still_open),
        ("新建项目", "sites made", outcome.made.sites),
        ("新建部门", "departments made", outcome.made.departments),
        ("用时（秒）", "seconds, to the last fact heard", f"{outcome.seconds:,.1f}"),
        ("每秒件数", "cases/s, end to end", f"{rate:,.0f}"),
    )
    return _table(rows)


def _table(rows: Sequence[tuple[str, str, int | str]]) -> Table:
    table = Table(show_header=False)
    for chinese, english, value in rows:
        table.add_row(chinese, english, f"{value:,}" if isinstance(value, int) else value)
    return table


def lying(papers: Papers, caught_up: bool) -> str:  # noqa: FBT001  the outcome's own word
    """Where the papers lie, and whether everything was heard."""
    lines = [f"退回 / rejects    {papers.rejects}", f"冲突 / conflicts  {papers.conflicts}"]
    lines.append(f"提示 / warnings   {papers.warnings}")
    if not caught_up:
        lines.append(
            "有服务尚未跟上，请稍后执行 shouwen verify。 A service is still behind; run `shouwen verify` later."
        )
    return "\n".join(lines)
