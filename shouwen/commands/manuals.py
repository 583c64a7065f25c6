"""``shouwen pack list|show|lint|diff``: manuals read, checked and compared without a running system."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from shared.packs.findings import PackInvalid
from shared.packs.loader import builtin, load_pack
from shared.rules.model import Pack
from shouwen.changing.flow import estates
from shouwen.commands.dlq import talk
from shouwen.commands.import_ import Data, Token, Url
from shouwen.commands.reaching import Where, plainly
from shouwen.commands.tables import plain, terminal
from shouwen.door import Door
from shouwen.manuals.differing import differences
from shouwen.manuals.phrases import both
from shouwen.manuals.showing import Parameters, shown
from shouwen.scenarios.finding import ENDINGS
from shouwen.words import Refused

FOUND, AGAIN = 1, "\n已中断。 Interrupted."
Named = Annotated[str, typer.Argument(metavar="PACK", help="制度编号或文件 / id of a built-in pack, or a file")]
Site = Annotated[str | None, typer.Option("--site", help="项目代码或编号 / code or id of a site, as it runs there")]
Files = Annotated[list[str], typer.Argument(metavar="FILE...", help="制度编号或文件 / ids or files")]
Beside = Annotated[
    list[str] | None, typer.Option("--beside", help="同一项目并用的制度 / packs one site would run beside it")
]


def listed() -> None:
    """列出内置制度 / the packs that come with the product."""
    for pack in builtin():
        terminal().print(plain(f"{pack.id:<9} v{pack.version}  {both(pack.name)}（{len(pack.case_types)}）"))


def show(
    pack: Named, *, site: Site = None, data: Data = Path(".shouwen"), url: Url = None, token: Token = None
) -> None:
    """把制度印成可读的页面 / a manual as readable pages, Markdown; with --site its own values beside the manual's."""
    with plainly(AGAIN):
        chosen = one_pack(pack)
    own = talk(Where(data, url, token), lambda door: _parameters(door, site), AGAIN) if site else {}
    with plainly(AGAIN):
        for line in shown(chosen, own):
            typer.echo(line)


async def _parameters(door: Door, site: str) -> Parameters:
    (estate,) = await estates(door, [site])
    found: Parameters = (await door.read(f"/api/directory/records/site/{estate.id}"))["body"]["parameters"]
    return found


def lint(packs: Files, *, beside: Beside = None) -> None:
    """检查制度文件 / everything wrong with pack files: line, place, what is wrong, what would be right."""
    with plainly(AGAIN):
        others = [one_pack(name) for name in beside or []]
        codes = [_checked(name, others) for name in packs]
        raise typer.Exit(max(codes))


def diff(old: Named, new: Named) -> None:
    """用文字说明两版制度的不同 / what changed from one pack to another, in words; + new, - gone, ~ changed."""
    with plainly(AGAIN):
        changes = differences(one_pack(old), one_pack(new))
        for change in changes:
            terminal().print(plain(str(change)))
        if not changes:
            terminal().print(plain("没有不同。 No difference."))


def one_pack(named: str) -> Pack:
    """The built-in pack of that id, or the one in that file.

    Raises:
        Refused: There is none, or the file is wrong; the words name every finding.
    """
    if Path(named).suffix not in ENDINGS:
        return _built_in(named)
    try:
        return load_pack(Path(named))
    except PackInvalid as wrong:
        lines = "\n".join(placed(Path(named), wrong))
        raise Refused(f"制度文件有误：\n{lines}", f"{named} is not a pack that may be used") from wrong
    except (OSError, UnicodeDecodeError) as trouble:
        raise Refused(f"制度文件无法读取：{named}", f"the pack file cannot be read: {named} ({trouble})") from trouble


def _built_in(named: str) -> Pack:
    known = {pack.id: pack for pack in builtin()}
    if named not in known:
        raise Refused(f"没有内置制度 {named}。", f"no built-in pack {named}; there are {', '.join(known)}")
    return known[named]


def _checked(named: str, others: Iterable[Pack]) -> int:
    if Path(named).suffix in ENDINGS and Path(named).is_file():
        try:
            pack = load_pack(Path(named))
        except PackInvalid as wrong:
            for line in placed(Path(named), wrong):
                terminal().print(plain(line))
            return FOUND
    else:
        pack = one_pack(named)
    clashes = [line for other in others for line in _clashes(pack, other)]
    for line in clashes:
        terminal().print(plain(line))
    if not clashes:
        terminal().print(plain(f"{named}: 没有问题。 Nothing wrong. {pack.id} v{pack.version}"))
    return FOUND if clashes else 0


def _clashes(pack: Pack, other: Pack) -> Iterable[str]:
    for id_ in pack.case_types.keys() & other.case_types.keys():
        yield (
            f"{pack.id} 与 {other.id} 都定义了事项类型 {id_}；同一项目只用在前的一个，请改名或删去其一。 "
            f"Both define the case type {id_}; a site uses the first only: rename or drop one."
        )


def placed(file: Path, wrong: PackInvalid) -> Iterable[str]:
    """Every finding behind its file and line."""
    return [f"{file}:{finding.line or 1}: {finding}" for finding in wrong.findings]
