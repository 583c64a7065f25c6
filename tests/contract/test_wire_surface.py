"""What `shared/process/wire.py` replaces in nats-py though it is private; an upgrade that moves it fails here."""

import inspect
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from nats.aio.client import Client
from nats.protocol import parser

from shared.process.wire import QuickClient, quickened

BLOCKS = [
    b"ce-id: 1\r\nce-type: intake.request_received\r\n\r\n",
    b"name:value\r\ntab:\t  spaced out \r\n\r\n",
    "reason: 电梯 out of order\r\n\r\n".encode(),
    b"bad \xff: value\r\nbroken: \xff\xfe\r\nno colon here\r\n\r\n",
    b"with space: x\r\n: nameless\r\na:b:c\r\n\r\n",
    b"",
]
HEADERS = [
    {"Nats-Msg-Id": "1", "ce-time": "2026-01-01T00:00:00+00:00", "causation": "x"},
    {"reason": "电梯 out of order"},
    {"forged": "x\r\nNats-Msg-Id: other"},
    {"line": "one\ntwo"},
    {" spaced ": " value "},
    {"": "nameless", "kept": "yes"},
]


class Written(Client):
    """What would be sent, without a connection."""

    sent: list[bytes]

    async def _send_command(self, cmd: bytes, *_: Any) -> None:
        self.sent.append(cmd)


class QuicklyWritten(QuickClient, Written):
    """The same for the quick one."""


async def written(kind: type[Written], headers: dict[str, str] | None) -> list[bytes]:
    client = kind()
    client.sent = []
    await client._send_publish("ev.x", "", b"{}", 2, headers)
    return client.sent


def lines(commands: list[bytes]) -> list[bytes]:
    [command] = commands
    return [line.rstrip() for line in command.split(b"\r\n")[1:]]


@pytest.mark.parametrize("headers", [*HEADERS, None])
async def test_headers_leave_as_the_library_writes_them(headers: dict[str, str] | None) -> None:
    assert lines(await written(QuicklyWritten, headers)) == lines(await written(Written, headers))


async def test_a_name_that_is_no_token_is_refused_as_before() -> None:
    with pytest.raises(Exception, match="bad key"):
        await written(QuicklyWritten, {"bad key": "x"})


@pytest.mark.parametrize("block", BLOCKS)
def test_headers_are_read_as_the_library_reads_them(block: bytes) -> None:
    assert QuickClient._parse_header_lines(block) == Client._parse_header_lines(block)


@pytest.mark.parametrize("method", ["_send_publish", "_send_command", "_flush_pending"])
def test_a_method_in_use_is_a_coroutine(method: str) -> None:
    assert inspect.iscoroutinefunction(getattr(Client, method))


def test_the_replaced_method_takes_what_publishing_gives_it() -> None:
    assert list(inspect.signature(Client._send_publish).parameters) == list(
        inspect.signature(QuickClient._send_publish).parameters
    )


LINES = [
    b"MSG ev.x 12 0\r\n\r\n",
    b"MSG\tev.x  12 _INBOX.a\t2\r\n{}\r\n",
    b"HMSG ev.x 1 r.e 12 14\r\nNATS/1.0\r\n\r\n{}\r\n",
]
NOT_YET = [b"MSG ev.x 1", b"MSG ev.x 1 2", b"HMSG ev.x 1 2 3"]


@pytest.mark.parametrize("line", [*LINES, *NOT_YET])
@pytest.mark.parametrize("name", ["MSG_RE", "HMSG_RE"])
def test_a_message_is_found_where_the_library_finds_it(line: bytes, name: str) -> None:
    ours = getattr(parser, name).match(line)
    source = Path(str(parser.__file__)).read_text("utf-8")
    own = ModuleType("as it came")
    exec(compile(source, "parser.py", "exec"), own.__dict__)
    theirs = getattr(own, name).match(line)
    assert (ours and (ours.groups(), ours.end())) == (theirs and (theirs.groups(), theirs.end()))


@pytest.mark.parametrize(
    ("subject", "told"),
    [
        ("ev.投诉.1".encode("gbk"), "ev.Ͷ\ufffd\ufffd.1"),
        (b"ev.\xff", "ev.\ufffd"),
        ("ev.投诉".encode(), "ev.投诉"),
        (b"e", "e"),
    ],
)
def test_a_subject_of_any_bytes_is_a_message(subject: bytes, told: str) -> None:
    built = QuickClient()._build_message(7, subject, b"reply", b"{}", {"a": "b"})
    assert (built.subject, built.reply, built.data, built.headers) == (told, "reply", b"{}", {"a": "b"})


def test_a_connection_becomes_quick_in_place() -> None:
    nc: Any = Client()
    assert quickened(nc) is nc
    assert isinstance(nc, QuickClient)
