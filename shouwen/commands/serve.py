"""``shouwen serve``: services as separate processes on real servers."""

import socket
from typing import Annotated

import typer

from shared.process.logs import configure
from shared.process.settings import RuntimeSettings
from shouwen.commands.starting import read_settings, refuse, run
from shouwen.hosting import hosting, serving
from shouwen.places import SERVICES
from shouwen.stopping import stop_signals

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
        refuse(f"没有这个服务：{', '.join(unknown)}。 No such service; there are {', '.join(SERVICES)}.")
    settings = read_settings()
    configure(settings.log_level, as_json=settings.log_json)
    run(_serve(settings, services, host, port, gateway))


async def _serve(settings: RuntimeSettings, services: list[str], host: str, port: int, gateway: str) -> None:
    stop = stop_signals()
    try:
        listener = socket.create_server((host, port))
    except OSError as taken:
        refuse(
            f"端口 {port} 无法使用：{taken.strerror}；请换 --port。 Port {port} cannot be used; choose another --port."
        )
    async with hosting(settings, services, gateway_url=gateway) as hosted, serving(hosted, listener):
        typer.echo(f"{', '.join(services)} http://{host}:{listener.getsockname()[1]}")
        await stop.wait()
