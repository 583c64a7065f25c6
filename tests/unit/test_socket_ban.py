import asyncio
import socket

import pytest


def test_a_pure_test_that_calls_somebody_fails() -> None:
    with socket.socket() as line, pytest.raises(pytest.fail.Exception, match="no sockets"):
        line.connect(("127.0.0.1", 9))


async def test_the_event_loop_itself_still_works() -> None:
    assert await asyncio.to_thread(lambda: 7) == 7
