"""Headers written and read as the client library does, without its checks of every character of every name.

Those cost more than anything else the client does with a message. Besides, a subject may hold any bytes but space, tab
and line ends: the library stops reading, for good, at one that is no UTF-8, and gives the line up at a form feed. It
replaces three private methods of nats-py and two patterns of its parser; `tests/contract/test_wire_surface.py` pins
them and compares the answers.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.protocol import parser
from nats.protocol.command import hpub_cmd

_WORD, _GAP = rb"([^ \t\r\n]+)", rb"[ \t]+"
_MSG = _WORD + _GAP + _WORD + _GAP + rb"(" + _WORD + _GAP + rb")?"
parser.MSG_RE = re.compile(rb"\AMSG" + _GAP + _MSG + rb"(\d+)\r\n")
parser.HMSG_RE = re.compile(rb"\AHMSG" + _GAP + _MSG + rb"(\d+)" + _GAP + rb"(\d+)\r\n")
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

    def _build_message(
        self, sid: int, subject: bytes, reply: bytes, data: bytes, headers: dict[str, str] | None
    ) -> Msg:
        told = subject if subject.isascii() else subject.decode(errors="replace").encode()
        built: Msg = super()._build_message(sid, told, reply, data, headers)
        return built

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
