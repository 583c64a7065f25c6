"""Whether a TCP port of this machine can be had."""

import socket
from contextlib import closing

from shouwen.embedded.refusal import StartRefused

LOOPBACK = "127.0.0.1"


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Whether nobody listens on *port* of *host* at this moment."""
    with closing(socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)) as probe:
        # As every server here does: connections that linger from the last run do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError:
            return False
    return True


def require_free(port: int, host: str = LOOPBACK) -> None:
    """Refuse to go on when *port* of *host* is taken.

    Raises:
        StartRefused: Somebody listens there, or this user may not; the text names the option to change.
    """
    if not is_free(port, host):
        raise StartRefused(
            f"端口 {port} 已被占用或无权使用。请换一个：make run PORT={port + 1}，或 --port {port + 1}。",
            f"Port {port} is taken or not permitted. Choose another: make run PORT={port + 1}, or --port {port + 1}.",
        )


def any_free() -> int:
    """A port that was free a moment ago."""
    with closing(socket.socket(socket.AF_INET)) as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
    return port
