"""What a service does by itself goes on for ever: each loop outlives trouble and says so."""

import asyncio
from collections.abc import Iterable
from typing import Any

import structlog

from shared.runtime.loops import Bell, Turn

log = structlog.get_logger()

AFTER_TROUBLE = 0.2
AGAIN = 2.0
"""Seconds after which a task that has not ended is asked again: long enough to put a connection back in order."""


async def run_forever(name: str, turn: Turn, bell: Bell | None = None) -> None:
    """Take turns until cancelled.

    Args:
        name: For the log.
        turn: Does what there is to do and answers how many seconds may pass before the next turn; 0 for at once.
        bell: Ends a pause early.
    """
    told = ""
    while True:
        try:
            pause = await turn()
            told = ""
        except Exception as trouble:  # noqa: BLE001  a loop that dies in silence loses deadlines; it logs and goes on
            if (kind := type(trouble).__name__) != told:  # once, not with every try
                log.warning("loop_interrupted", loop=name, trouble=repr(trouble))
            told, pause = kind, AFTER_TROUBLE
        if bell is None or pause == 0:
            await asyncio.sleep(pause)
        else:
            await bell.wait(pause)


async def end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel *tasks* until they have ended; what they ended with is nobody's concern any more.

    Once is not enough: under Python 3.11 ``wait_for`` loses a cancellation that meets the answer it waits for, and
    client libraries wait so. A loop that missed its end would go on for ever, and the process with it.
    """
    ending = tuple(tasks)
    left = {task for task in ending if not task.done()}
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=AGAIN)
    await asyncio.gather(*ending, return_exceptions=True)
