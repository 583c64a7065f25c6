"""``shouwen pack publish|use|drop``: a pack into the running system, and into force at sites."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from shared.packs.schema import to_wire
from shared.timekeeping.clock import SystemClock
from shouwen.changing.flow import estates
from shouwen.commands.dlq import talk
from shouwen.commands.import_ import Data, Token, Url
from shouwen.commands.manuals import AGAIN, Named, one_pack
from shouwen.commands.reaching import Where, plainly
from shouwen.commands.tables import plain, terminal
from shouwen.door import Door, SaidNo
from shouwen.words import Refused

RECORDS = "/api/directory/records"
_NOT_THERE = 404
Sites = Annotated[list[str], typer.Argument(metavar="SITE...", help="项目代码或编号 / codes or ids of sites")]
Version = Annotated[int | None, typer.Option("--version", help="缺省为最新 / the newest by default")]
Since = Annotated[
    datetime | None,
    typer.Option("--since", formats=["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M%z"], help="缺省为此刻 / now by default"),
]
Beside = Annotated[bool, typer.Option("--profile", help="作为附加制度 / beside the base pack, as a profile")]
Pack = Annotated[str, typer.Option("--pack", help="制度编号 / id of the pack")]


def publish(pack: Named, *, data: Data = Path(".shouwen"), url: Url = None, token: Token = None) -> None:
    """发布制度的一个版本 / put one version of a pack into the running system; no site uses it yet."""
    with plainly(AGAIN):
        chosen = one_pack(pack)
    record = {"record": "pack", "key": chosen.id, "body": to_wire(chosen)}
    told = talk(Where(data, url, token), lambda door: _posted(door, record), AGAIN)
    words = "已发布 Published" if told.get("written") else "已经在系统中 Already there"
    terminal().print(plain(f"{words}: {chosen.id} v{chosen.version}"))


def use(  # noqa: PLR0913  an option each
    sites: Sites,
    *,
    pack: Pack,
    version: Version = None,
    since: Since = None,
    profile: Beside = False,
    data: Data = Path(".shouwen"),
    url: Url = None,
    token: Token = None,
) -> None:
    """让项目启用制度，只管新事项 / let sites run a pack; cases that are open keep theirs."""
    begins = (since or SystemClock().now()).astimezone(UTC).isoformat()

    async def go(door: Door) -> list[str]:
        found = await _published(door, pack, version)
        entry = {"pack": pack, "version": found["body"]["version"], "since": begins}
        return [
            await _put(door, site.id, entry, "profiles" if profile else "packs") for site in await estates(door, sites)
        ]

    for code in talk(Where(data, url, token), go, AGAIN):
        terminal().print(plain(f"{code}: {pack} 自 {begins} 起用于新事项。 In force for new cases."))


def drop(
    sites: Sites,
    *,
    pack: Pack,
    since: Since = None,
    data: Data = Path(".shouwen"),
    url: Url = None,
    token: Token = None,
) -> None:
    """停用附加制度，未结事项不变 / end a profile at sites; cases that are open keep it."""
    ends = (since or SystemClock().now()).astimezone(UTC).isoformat()

    async def go(door: Door) -> list[str]:
        return [await _end(door, site.id, pack, ends) for site in await estates(door, sites)]

    for code in talk(Where(data, url, token), go, AGAIN):
        terminal().print(plain(f"{code}: {pack} 已停用。 Ended for new cases."))


async def _published(door: Door, pack: str, version: int | None) -> Any:
    try:
        return await door.read(f"{RECORDS}/pack/{pack}", **({"version": version} if version else {}))
    except SaidNo as said:
        if said.status != _NOT_THERE:
            raise
        named = f"{pack} v{version}" if version else pack
        raise Refused(
            f"系统中没有制度 {named}；请先用 shouwen pack publish 发布。",
            f"The system has no pack {named}; publish it first: shouwen pack publish FILE",
        ) from said


async def _put(door: Door, site: str, entry: dict[str, Any], where: str) -> str:
    body = await _site(door, site)
    body[where] = [*(one for one in body.get(where) or [] if _other(one, entry)), entry]
    return await _write(door, site, body)


async def _end(door: Door, site: str, pack: str, ends: str) -> str:
    body = await _site(door, site)
    running = [one for one in body.get("profiles") or [] if one["pack"] == pack and not one.get("until")]
    if not running:
        raise Refused(f"项目 {body['code']} 没有附加制度 {pack}。", f"Site {body['code']} runs no profile {pack}.")
    for one in running:
        one["until"] = ends
    return await _write(door, site, body)


def _other(one: dict[str, Any], entry: dict[str, Any]) -> bool:
    return (one["pack"], one["version"]) != (entry["pack"], entry["version"]) or bool(one.get("until"))


async def _site(door: Door, site: str) -> dict[str, Any]:
    found: dict[str, Any] = (await door.read(f"{RECORDS}/site/{site}"))["body"]
    return found


async def _write(door: Door, site: str, body: dict[str, Any]) -> str:
    await _posted(door, {"record": "site", "key": site, "body": body})
    return str(body["code"])


async def _posted(door: Door, record: dict[str, Any]) -> Any:
    """Write the record; what is refused changed nothing, so it is asked again for its words in English."""
    body = {"records": [record]}
    try:
        return await door.post(RECORDS, body)
    except SaidNo as chinese:
        try:
            return await door.post(RECORDS, body, language="en")
        except SaidNo as english:
            raise SaidNo(chinese.words.zh, english.words.en) from english
