"""``shouwen explain``: why the clocks of a case are due when they are, interval by interval, and who would hear."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import quote

import typer

from shouwen.commands.dlq import AsJson, talk
from shouwen.commands.import_ import Data, Token, Url
from shouwen.commands.reaching import Where, plainly
from shouwen.commands.tables import as_json, plain, terminal
from shouwen.door import Door, refused
from shouwen.manuals.proceeding import proceeding_lines
from shouwen.reckonings import Tongue, reckoning_lines
from shouwen.words import Refused

UNKNOWN = 404
AGAIN = "\n已中断。 Interrupted."

Case = Annotated[str, typer.Argument(help="案件编号，如 HJ-261122-101 / id or number of a case")]
Spoken = Annotated[
    Literal["zh", "en", "both"], typer.Option("--language", help="zh、en 或 both / one language, or both")
]
Only = Annotated[str | None, typer.Option("--clock", help="只看这个时限 / only this clock, such as CK-CMP-11")]


def explain(
    case: Case,
    *,
    clock: Only = None,
    language: Spoken = "both",
    json: AsJson = False,
    data: Data = Path(".shouwen"),
    url: Url = None,
    token: Token = None,
) -> None:
    """说明期限怎么算出来、步骤办到哪里 / explain each deadline of a case, its steps and its money."""
    tongues: tuple[Tongue, ...] = ("zh", "en") if language == "both" else (language,)
    told = talk(Where(data, url, token), lambda door: _read(door, case, tongues), AGAIN)
    first = told[tongues[0]]
    with plainly(AGAIN):
        _check(first, clock)
    if json:
        typer.echo(as_json(first))
        return
    for line in _lines(told, clock):
        terminal().print(plain(line))


def _check(told: Mapping[str, Any], clock: str | None) -> None:
    known = [str(one["clock"]) for one in told["clocks"]]
    if clock is not None and clock not in known:
        there = ", ".join(known) or "—"
        raise Refused(f"这个案件没有时限 {clock}，有：{there}。", f"The case has no clock {clock}; it has: {there}.")


async def _read(door: Door, case: str, tongues: tuple[Tongue, ...]) -> dict[Tongue, Any]:
    found = case
    if not case.startswith("case-"):
        found = str((await _told(door, f"/api/reporting/cases/{quote(case, safe='')}", case))["case_id"])
    path = f"/api/escalation/cases/{quote(found, safe='')}/explain"
    work = await _told(door, f"/api/dispatch/cases/{quote(found, safe='')}", case)
    far = {part: work[part] for part in ("steps", "owed", "ledger")}
    return {tongue: await _told(door, path, case, lang=tongue) | far for tongue in tongues}


async def _told(door: Door, path: str, case: str, **query: str) -> dict[str, Any]:
    answer = await door.get(path, **query)
    if answer.status_code == UNKNOWN:
        raise Refused(
            f"没有案件 {case}。请写案件编号（如 HJ-261122-101）或 case- 开头的编号。",
            f"There is no case {case}. Give its number, such as HJ-261122-101, or its id, case-….",
        )
    if answer.is_error:
        raise refused(path, answer)
    told: dict[str, Any] = answer.json()
    return told


def _lines(told: Mapping[Tongue, Any], only: str | None) -> Iterator[str]:
    first = next(iter(told.values()))
    name = " ".join(first["site_name"][tongue] for tongue in told)
    yield f"{first['number']}  {name}  {first['pack']} v{first['pack_version']}  {first['zone']}"
    for place, one in enumerate(first["clocks"]):
        if only in (None, one["clock"]):
            yield ""
            yield from reckoning_lines(
                {tongue: answer["clocks"][place] for tongue, answer in told.items()}, first["zone"]
            )
    if only is None and (lines := list(proceeding_lines(first, tuple(told), first["zone"]))):
        yield from ("", *lines)
