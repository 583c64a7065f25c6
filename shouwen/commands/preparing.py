"""``shouwen provision``, ``migrate`` and ``administrator``: what is done once before services are started."""

from typing import Annotated

import typer

from services.directory.app import First, bootstrap
from shared.process.service import surroundings
from shared.process.settings import RuntimeSettings
from shouwen.commands.starting import read_settings, refuse, run
from shouwen.hosting import hosting
from shouwen.places import SERVICES
from shouwen.preparing import bring_up_to_date, prepare

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
        typer.echo(line)


async def _prepare(settings: RuntimeSettings, *, adopt: bool) -> list[str]:
    around = surroundings(settings, replica="provision", patient=True)
    try:
        return await prepare(settings, around, adopt=adopt)
    finally:
        await around.db.dispose()


def migrate() -> None:
    """更新数据库结构 / bring every schema up to date."""
    for line in run(_migrate(read_settings())):
        typer.echo(line)


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
        refuse("已有账号；请由管理员添加。 Accounts exist already; ask an administrator to add one.")
    typer.echo(first.token)


async def _administrator(settings: RuntimeSettings, username: str, password: str) -> First | None:
    async with hosting(settings, ["directory"], gateway_url="") as hosted:
        return await bootstrap(hosted.processes["directory"], username=username, password=password)
