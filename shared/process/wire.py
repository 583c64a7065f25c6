"""Headers written and read as the client library does, without its checks of every character of every name.

Those cost more than anything else the client does with a message. It replaces two private methods of nats-py;
`tests/contract/test_wire_surface.py` pins them and compares the answers.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from nats.aio.client import Client
from nats.protocol.command import hpub_cmd

_END = "\r\n"
_BLANKS = " \t\n\r\x0b\x0c"


class QuickClient(Client):
    """A connection that spends less on headers; made by :func:`quickened`."""

    async def _send_publish(
        self, subject: str, reply: str, payload: bytes, payload_size: int, headers: Mapping[str, Any] | None
    ) -> None:
        block = _block(headers) if headers and subject else None
        if block is None:
            await super()._send_publish(subject, reply, payload, payload_size, dict(headers) if headers else None)
            return
        self.stats["out_msgs"] += 1
        self.stats["out_bytes"] += payload_size
        await self._send_command(hpub_cmd(subject, reply, block, payload))
        if self._flush_queue is not None and self._flush_queue.empty():
            await self._flush_pending()

    @staticmethod
    def _parse_header_lines(raw: bytes) -> dict[str, str]:
        headers = {}
        for line in raw.decode("utf-8", "replace").split(_END):
            given, separator, value = line.partition(":")
            if separator and (name := _name(given)) is not None:
                headers[name] = value.strip(_BLANKS)
        return headers


def quickened(nc: Client) -> Client:
    """Turn a connection into a quick one."""
    nc.__class__ = QuickClient
    return nc


def _block(headers: Mapping[str, str]) -> bytes | None:
    """The header block; None where a name or value needs the library's own care."""
    lines = [f"{name}: {value}" for name, value in headers.items() if _is_name(name)]
    block = _END.join(["NATS/1.0", *lines, _END])
    ours = len(lines) + 2
    return block.encode() if len(lines) == len(headers) and block.count("\r") == block.count("\n") == ours else None


@lru_cache(maxsize=1024)
def _is_name(name: str) -> bool:
    return name.isascii() and name.replace("-", "").replace("_", "").isalnum()


@lru_cache(maxsize=1024)
def _name(given: str) -> str | None:
    if not given.isascii():
        return None
    name = given.strip(_BLANKS)
    return None if any(character.isspace() for character in name) else name
