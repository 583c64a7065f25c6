"""``shouwen dlq``: dead letters listed, shown, replayed and discarded."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
import uvloop

from shouwen.commands.import_ import Data, Token, Url
from shouwen.commands.reaching import Where, plainly, reached
from shouwen.commands.tables import as_json, instant, lines, listing, plain, terminal
from shouwen.dead_letters import Letters, foretold, sentence_of
from shouwen.door import Door, SaidNo, refused
from shouwen.verifying.hearing import who_hears
from shouwen.words import Refused

T = TypeVar("T")
AGAIN = "\n已中断。 Interrupted; every letter is either settled or as it was."
NOT_ALL = 1
NOT_STOPPED = "它没有停下。 It has not stopped."

app = typer.Typer(
    name="dlq",
    help="死信 / dead letters: messages no retry can help, and what waits behind them.",
    no_args_is_help=True,
)

Service = Annotated[str | None, typer.Option("--service", help="只看这个服务 / only this service")]
AsJson = Annotated[bool, typer.Option("--json", help="以 JSON 输出 / for programs")]
Settled = Annotated[bool, typer.Option("--settled", help="也列出已处理的 / those settled before, too")]
Id = Annotated[str, typer.Argument(help="list 给出的编号 / as list names it")]
Ids = Annotated[list[str] | None, typer.Argument(help="list 给出的编号 / as list names them")]
All = Annotated[bool, typer.Option("--all", help="全部未处理的，先死的先来 / all of them, the oldest first")]
Private = Annotated[bool, typer.Option("--private", help="连同个人信息 / with names, phones and what people wrote")]
Why = Annotated[str, typer.Option("--why", help="原因，随死信保存 / the reason, kept with it")]
Yes = Annotated[bool, typer.Option("--yes", help="不再询问 / do not ask")]
HEADINGS = (
    "编号\nid",
    "服务\nservice",
    "实体\nentity",
    "消息\nmessage",
    "死亡时间\ndied",
    "等待\nwaiting",
    "原因\nwhy",
)


def talk(where: Where, work: Callable[[Door], Awaitable[T]], again: str = AGAIN) -> T:
    """Carry out *work* at the system's door; what cannot be done is said in words, an interruption in *again*."""

    async def reach() -> T:
        async with reached(where) as door:
            return await work(door)

    with plainly(again), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(reach())


def services(only: str | None) -> list[str]:
    """The services that hear, or the one named.

    Raises:
        Refused: There is no such service.
    """
    every = list(who_hears())
    if only is not None and only not in every:
        raise Refused(f"没有这个服务：{only}。", f"No such service; there are {', '.join(every)}.")
    return [only] if only is not None else every


def known(service: str) -> list[str]:
    """The same before anything is asked; ends with words when there is none."""
    with plainly(AGAIN):
        return services(service)


@app.command("list")
def list_letters(
    service: Service = None,
    *,
    settled: Settled = False,
    json: AsJson = False,
    data: Data = Path(".shouwen"),
    url: Url = None,
    token: Token = None,
) -> None:
    """列出死信 / list dead letters, the oldest first, with how many messages wait behind each."""

    async def read(door: Door) -> Letters:
        return await Letters.read(door, services(service), settled=settled)

    found = talk(Where(data, url, token), read)
    if json:
        typer.echo(as_json(found.told()))
        return
    screen = terminal()
    rows = [
        (
            one["id"],
            one["service"],
            one["entity"],
            f"{one['kind']} v{one['version']}",
            instant(one["died_at"]),
            one["waiting"],
            sentence_of(one),
        )
        for one in found.letters
    ]
    if rows:
        listing(screen, HEADINGS, rows)
    for line in found.summary():
        screen.print(plain(line))


@app.command()
def show(
    name: Id,
    *,
    private: Private = False,
    json: AsJson = False,
    data: Data = Path(".shouwen"),
    url: Url = None,
    token: Token = None,
) -> None:
    """显示一封死信 / show one letter as it came, and what replaying or discarding it would do."""

    async def read(door: Door) -> dict[str, Any]:
        service, letter = await found_at(door, name, private=private)
        return {"service": service} | letter

    letter = talk(Where(data, url, token), read)
    if json:
        typer.echo(as_json(letter))
        return
    screen = terminal()
    for key in ("id", "service", "entity", "speaker", "version", "subject", "bytes", "settled", "headers", "body"):
        value = letter[key]
        screen.print(f"{key:8} {plain(value) if isinstance(value, str | int) else lines(value)}")
    if letter["body"] is None and not private:
        screen.print("正文可能含个人信息，--private 才显示。 The body may be personal; --private shows it.")
    for line in foretold(letter):
        screen.print(plain(line))


@app.command()
def replay(
    names: Ids = None,
    *,
    every: All = False,
    service: Service = None,
    data: Data = Path(".shouwen"),
    url: Url = None,
    token: Token = None,
) -> None:
    """重放死信 / apply letters after all, once program or directory are mended; exits with 1 when one still fails."""

    async def act(door: Door) -> int:
        chosen = await _chosen(door, names or [], every=every, service=service)
        return sum([await _replayed(door, *one) for one in chosen])

    if failed := talk(Where(data, url, token), act):
        terminal().print(f"{failed} 封仍不能处理。 {failed} still cannot be applied; nothing about them has changed.")
        raise typer.Exit(NOT_ALL)


@app.command()
def discard(
    name: Id,
    why: Why,
    *,
    yes: Yes = False,
    data: Data = Path(".shouwen"),
    url: Url = None,
    token: Token = None,
) -> None:
    """放弃一封死信 / give one up for ever: what waits behind it goes on without it."""

    async def look(door: Door) -> tuple[str, dict[str, Any]]:
        return await found_at(door, name)

    def settle(service: str) -> Callable[[Door], Awaitable[Any]]:
        return lambda door: door.post(f"/api/{service}/dead-letters/{name}/discard", {"why": why})

    where = Where(data, url, token)
    service, letter = talk(where, look)
    if not yes:
        for line in foretold(letter, ("discard",)):
            terminal().print(plain(line))
        typer.confirm("放弃后不能恢复。继续？ This cannot be undone. Go on?", abort=True)
    told = talk(where, settle(service))
    terminal().print(f"{name}  {OUTCOMES[told['outcome']]}")


@app.command()
def pardon(
    service: Annotated[str, typer.Argument(help="已停止读取的服务 / the service whose reader has stopped")],
    *,
    yes: Yes = False,
    data: Data = Path(".shouwen"),
    url: Url = None,
    token: Token = None,
) -> None:
    """让停下的读者继续 / let a stopped reader bury what it stopped at: the letters are bad, not the reader."""
    (named,) = known(service)
    where = Where(data, url, token)
    if not yes:
        stopped = talk(where, lambda door: Letters.read(door, [named])).stopped
        terminal().print(plain(stopped.get(named) or NOT_STOPPED))
        typer.confirm(
            "坏的是消息而不是本系统？它们将成为死信。 Are the messages bad, not the system? They become dead letters.",
            abort=True,
        )
    told = talk(where, lambda door: door.post(f"/api/{named}/reader/pardon", {}))
    goes_on = "最多 30 秒后继续。 Goes on within 30 s." if told["stopped"] else NOT_STOPPED
    quiet = told["pardoned"]
    terminal().print(f"{named}  {goes_on} 接下来 {quiet} 条不再报警。 No alarm for the next {quiet} messages.")


OUTCOMES = {
    "applied": "已处理，等在后面的已放行。 Settled; what waited behind it went on.",
    "parked": "已接受，等前一条消息到达。 Settled; it waits for the message before it.",
    "heard_before": "此前已听到，无须处理。 Settled; its version had been heard already.",
    "settled_before": "此前已处理过，未作改动。 It was settled before; nothing changed.",
}


async def found_at(door: Door, name: str, *, private: bool = False) -> tuple[str, dict[str, Any]]:
    """The service that has the letter *name*, and the letter.

    Raises:
        Refused: None has.
    """
    for service in who_hears():
        path = f"/api/{service}/dead-letters/{name}"
        answer = await door.get(path, private=str(private).lower())
        if answer.is_success:
            letter: dict[str, Any] = answer.json()
            return service, letter
        if answer.status_code != 404:  # noqa: PLR2004  not found here
            raise refused(path, answer)
    raise Refused(f"没有死信 {plain(name)}。", "There is no such dead letter; `shouwen dlq list` names them.")


async def _chosen(door: Door, names: list[str], *, every: bool, service: str | None) -> list[tuple[str, str]]:
    if every == bool(names):
        raise Refused("请给出编号，或用 --all。", "Name letters, or say --all.")
    if every:
        found = await Letters.read(door, services(service))
        return [(one["service"], one["id"]) for one in found.letters]
    return [((await found_at(door, name))[0], name) for name in names]


async def _replayed(door: Door, service: str, name: str) -> bool:
    """Replay one and say what came of it; whether it failed."""
    try:
        told = await door.post(f"/api/{service}/dead-letters/{name}/replay", {})
    except SaidNo:
        letter = await door.read(f"/api/{service}/dead-letters/{name}")
        for line in foretold(letter, ("replay",)):
            terminal().print(plain(f"{name}  {line}"))
        return True
    terminal().print(f"{name}  {OUTCOMES[told['outcome']]}")
    return False
