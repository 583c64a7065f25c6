"""What a service does by itself goes on for ever: each loop outlives trouble and says so."""

import asyncio

import structlog

from shared.runtime.loops import Bell, Turn

log = structlog.get_logger()

AFTER_TROUBLE = 0.2


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
