"""``shouwen serve``, ``provision`` and ``migrate``: the same services as separate processes on real servers."""

import asyncio
import socket
from collections.abc import Coroutine
from typing import Annotated, Any, NoReturn

import typer
import uvloop
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape
from sqlalchemy.exc import DBAPIError

from services.directory.app import First, bootstrap
from shared.process.connecting import CannotStart
from shared.process.logs import configure
from shared.process.service import surroundings
from shared.process.settings import RuntimeSettings
from shared.storage.trouble import is_transient
from shouwen.composition import stop_signals
from shouwen.hosting import NotReady, bring_up_to_date, hosting, prepare, serving
from shouwen.places import SERVICES

TURNED_AWAY = ("28", "3D000", "42501")
"""Beginnings of SQLSTATEs: who comes is not known or not allowed, no such database."""

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

Names = Annotated[list[str], typer.Argument(help=f"服务 / services: {', '.join(SERVICES)}")]
Host = Annotated[str, typer.Option("--host", help="监听地址 / address to listen on")]
Port = Annotated[
    int, typer.Option("--port", min=0, max=65535, help="端口，0 为任一空闲端口 / port, 0 for any free one")
]
Gateway = Annotated[
    str,
    typer.Option(
        "--gateway", envvar="SHOUWEN_GATEWAY_URL", help="网页端访问各服务的网址 / where the console finds the others"
    ),
]


def serve(
    services: Names, host: Host = "127.0.0.1", port: Port = 8080, gateway: Gateway = "http://127.0.0.1:8080"
) -> None:
    """运行指定的服务 / run the services named; servers and secret come from SHOUWEN_… variables."""
    unknown = [name for name in services if name not in SERVICES]
    if unknown:
        _refuse(f"没有这个服务：{', '.join(unknown)}。 No such service; there are {', '.join(SERVICES)}.")
    settings = read_settings()
    configure(settings.log_level, as_json=settings.log_json)
    run(_serve(settings, services, host, port, gateway))


async def _serve(settings: RuntimeSettings, services: list[str], host: str, port: int, gateway: str) -> None:
    stop = stop_signals()
    try:
        listener = socket.create_server((host, port))
    except OSError as taken:
        _refuse(
            f"端口 {port} 无法使用：{taken.strerror}；请换 --port。 Port {port} cannot be used; choose another --port."
        )
    async with hosting(settings, services, gateway_url=gateway) as hosted, serving(hosted, listener):
        out.print(f"{', '.join(services)} http://{host}:{listener.getsockname()[1]}")
        await stop.wait()


Adopt = Annotated[
    bool,
    typer.Option(
        "--adopt",
        help="日志与数据库确属同一系统，重新绑定 / log and database do belong together: bind them anew",
    ),
]


def provision(adopt: Adopt = False) -> None:  # noqa: FBT002  a typer option
    """声明消息流与读者 / declare streams and durables, and bring every schema up to date."""
    settings = read_settings()
    for line in run(_prepare(settings, adopt=adopt)):
        out.print(line)


async def _prepare(settings: RuntimeSettings, *, adopt: bool) -> list[str]:
    around = surroundings(settings, replica="provision", patient=True)
    try:
        return await prepare(settings, around, adopt=adopt)
    finally:
        await around.db.dispose()


def migrate() -> None:
    """更新数据库结构 / bring every schema up to date."""
    for line in run(_migrate(read_settings())):
        out.print(line)


async def _migrate(settings: RuntimeSettings) -> list[str]:
    around = surroundings(settings, replica="migrate", patient=True)
    try:
        applied = {service: await bring_up_to_date(around, service) for service in SERVICES}
    finally:
        await around.db.dispose()
    return [f"{service}: {', '.join(done) or 'up to date'}" for service, done in applied.items()]


Username = Annotated[str, typer.Option("--username", help="登录名 / user name")]
Password = Annotated[
    str,
    typer.Option(
        "--password",
        envvar="SHOUWEN_PASSWORD",
        prompt=True,
        hide_input=True,
        confirmation_prompt=True,
        help="密码 / password",
    ),
]


def administrator(password: Password, username: Username = "admin") -> None:
    """建立第一个管理员，并给出令牌 / make the first administrator and print a token, once."""
    first = run(_administrator(read_settings(), username, password))
    if first is None:
        _refuse("已有账号；请由管理员添加。 Accounts exist already; ask an administrator to add one.")
    out.print(first.token)


async def _administrator(settings: RuntimeSettings, username: str, password: str) -> First | None:
    async with hosting(settings, ["directory"], gateway_url="") as hosted:
        return await bootstrap(hosted.processes["directory"], username=username, password=password)


def read_settings() -> RuntimeSettings:
    """Settings from the environment; exits with what is missing."""
    try:
        return RuntimeSettings()
    except ValidationError as wrong:
        names = ", ".join(f"SHOUWEN_{str(error['loc'][0]).upper()}: {error['msg']}" for error in wrong.errors())
        _refuse(f"缺少或有误的设置 / settings missing or wrong: {names}")


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """Run to the end on uvloop; what cannot start says so and exits with 1."""
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(work)
    except (NotReady, CannotStart) as trouble:
        _refuse(str(trouble))
    except Exception as trouble:
        if told := _turned_away(trouble):
            _refuse(
                f"数据库不接受（{told}），请检查 SHOUWEN_DATABASE_URL 里的用户、密码和库名。"
                f" The database refuses ({told}); see user, password and database name in SHOUWEN_DATABASE_URL."
            )
        if not is_transient(trouble):
            raise
        _refuse(
            f"连不上数据库（{type(trouble).__name__}），请确认它在运行、SHOUWEN_DATABASE_URL 正确。"
            " The database cannot be reached; see that it runs and that SHOUWEN_DATABASE_URL is right."
        )


def _turned_away(trouble: Exception) -> str:
    """What the database says when it does not know who comes, or to which database; empty for other trouble."""
    cause = trouble.orig if isinstance(trouble, DBAPIError) else trouble
    return str(cause) if str(getattr(cause, "sqlstate", "")).startswith(TURNED_AWAY) else ""


def _refuse(sentence: str) -> NoReturn:
    err.print(f"[red]{escape(sentence)}[/]")
    raise typer.Exit(1)
