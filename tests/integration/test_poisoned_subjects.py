"""A subject may hold any bytes but space, tab and line ends: whatever it is, only the letter under it dies."""

import re
from typing import Any

import pytest
from nats.aio.client import Client

from tests.support.delivering import BODY, stranger
from tests.support.dying import Ward, ward
from tests.support.toying import Place, heading, nothing_in_hand
from tests.support.waiting import eventually

ONE_BY_ONE = {
    "GBK": "ev.intake.投诉.case-1".encode("gbk"),
    "no encoding at all": b"ev.intake.consent_recorded.case-\xff\xfe",
    "form feed": b"ev.intake.consent_recorded.case-\x0c1",
    "vertical tab first": b"ev.intake.\x0bx.case-1",
    "NUL": b"ev.intake.consent_recorded.case-\x00\x011",
    "ideographic space": "ev.intake.consent_recorded.case\u30001".encode(),
    "no-break space": "ev.intake.consent_recorded.case\u00a01".encode(),
    "wildcards": b"ev.intake.*.>",
    "longer than any index": b"ev.intake.consent_recorded." + b"c" * 3800,
}
SPEAKABLE = re.compile(r"dlq\.dispatch\.[!-~]+")


async def shout(nc: Client, subject: bytes) -> None:
    """Publish under *subject* as a program would that does not check it; the client library refuses some."""
    head = "".join(f"{name}: {value}\r\n" for name, value in heading("case-stray").headers().items())
    block = f"NATS/1.0\r\n{head}\r\n".encode()
    sizes = f" {len(block)} {len(block) + len(BODY)}\r\n".encode()
    await nc._send_command(b"HPUB " + subject + sizes + block + BODY + b"\r\n")
    await nc.flush()


async def copies(one: Ward) -> list[Any]:
    assert one.process.nc is not None
    js = one.process.nc.jetstream()
    last = (await js.stream_info("DLQ")).state.last_seq
    return [await js.get_msg("DLQ", seq=seq) for seq in range(1, last + 1)]


@pytest.mark.parametrize("subject", [pytest.param(each, id=name) for name, each in ONE_BY_ONE.items()])
async def test_only_the_letter_under_it_dies(toy_place: Place, subject: bytes) -> None:
    async with ward(toy_place) as one, stranger(toy_place.nats.url) as nc:
        await shout(nc, subject)
        await one.say("case-good")
        await eventually(lambda: one.counted("case-good", 1))
        (letter,) = await eventually(one.dead)
        await eventually(lambda: nothing_in_hand(one.process))
        (copy,) = await eventually(lambda: copies(one))
        assert one.process.nc is not None
        assert one.process.nc.stats["reconnects"] == 0
    assert letter["entity"].startswith("unreadable-")
    assert SPEAKABLE.fullmatch(copy.subject), copy.subject
