"""``shouwen pack test``: a pack and the scenarios it carries."""

from collections.abc import Collection
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from shared.packs.findings import PackInvalid
from shared.packs.loader import builtin, load_pack
from shared.rules.model import Pack
from shouwen.commands import adopting, manuals
from shouwen.commands.explain import explain
from shouwen.commands.manuals import placed
from shouwen.commands.reaching import plainly
from shouwen.commands.scenario import AGAIN, UNREADABLE, Only, Verbose, played
from shouwen.commands.tables import plain, terminal
from shouwen.scenarios.finding import BUILTIN, ENDINGS, beside, files_in, folder_name
from shouwen.scenarios.findings import FileWrong
from shouwen.scenarios.parsing import load
from shouwen.words import Refused

app = typer.Typer(name="pack", help="制度包 / packs", no_args_is_help=True)
Packs = Annotated[
    list[str] | None,
    typer.Argument(help="制度编号或文件，缺省为全部内置 / pack ids or files; all built-in ones by default"),
]


@app.callback()
def packs() -> None:
    """制度包 / packs."""


@app.command("test")
def carried_out(packs: Packs = None, only: Only = None, verbose: Verbose = False) -> None:  # noqa: FBT002  a typer option
    """用制度自带的场景检验制度 / run the scenarios a pack carries; exits as scenario run does."""
    console = terminal()
    with plainly(AGAIN):
        codes = [
            _one(one, console, only=tuple(only or ()), verbose=verbose)
            for one in packs or [pack.id for pack in builtin() if _carries(pack.id, only or ())]
        ]
        if not codes:
            raise Refused("没有这样的场景。", f"no built-in pack carries {', '.join(only or ())}")
        raise typer.Exit(max(codes))


def _one(named: str, console: Console, *, only: tuple[str, ...], verbose: bool) -> int:
    console.print(plain(f"— {named} —"))
    if Path(named).suffix not in ENDINGS:
        known = [pack.id for pack in builtin()]
        folder = BUILTIN / folder_name(named)
        if named not in known:
            raise Refused(f"没有内置制度 {named}。", f"no built-in pack {named}; there are {', '.join(known)}")
        if not _carries(named):
            raise Refused(f"{named} 没有场景。", f"{named} carries no scenarios; they would lie in {folder}")
        return played(files_in([folder]), console, only=only, verbose=verbose)
    pack = _loaded(Path(named), console)
    if pack is None:
        return UNREADABLE
    return played(files_in(_carried(Path(named))), console, only=only, verbose=verbose, tested=pack)


def _carries(pack: str, only: Collection[str] = ()) -> bool:
    """Whether a built-in pack has scenarios; with *only*, one of these."""
    files = sorted((BUILTIN / folder_name(pack)).glob("*.y*ml"))
    try:
        return any(one.id in only for file in files for one in load(file)) if only else bool(files)
    except FileWrong:
        return True  # running it says what is wrong


def _loaded(file: Path, console: Console) -> Pack | None:
    try:
        return load_pack(file)
    except PackInvalid as refused:
        for line in placed(file, refused):
            console.print(plain(line))
        return None
    except (OSError, UnicodeDecodeError) as trouble:
        raise Refused(f"制度文件无法读取：{file}", f"the pack file cannot be read: {file} ({trouble})") from trouble


def _carried(file: Path) -> tuple[Path, ...]:
    found = beside(file)
    if not found:
        stem = file.with_suffix("")
        raise Refused(
            f"没有找到场景：请放在 {stem}.scenarios/ 或 {stem}.scenarios.yaml",
            f"no scenarios found; put them into {stem}.scenarios/ or {stem}.scenarios.yaml",
        )
    return found


app.command("list")(manuals.listed)
for _more in (manuals.show, manuals.lint, manuals.diff, explain, adopting.publish, adopting.use, adopting.drop):
    app.command()(_more)
