"""Waiting for a consequence: look again until it is there or the patience is gone."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def eventually(look: Callable[[], Awaitable[T]], *, patience: float = 10.0, every: float = 0.02) -> T:
    """The first truthy answer of *look*; the last answer is shown when none comes within *patience* seconds."""
    deadline = asyncio.get_running_loop().time() + patience
    while True:
        answer = await look()
        if answer:
            return answer
        assert asyncio.get_running_loop().time() < deadline, f"still {answer!r} after {patience} s"
        await asyncio.sleep(every)
