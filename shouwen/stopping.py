"""How a process is asked to stop."""

import asyncio
import signal


def stop_signals() -> asyncio.Event:
    """From now on SIGINT and SIGTERM set the event returned; a second one cancels the running task.

    Called before anything is announced, so that no signal finds nobody listening.
    """
    loop, task, stop = asyncio.get_running_loop(), asyncio.current_task(), asyncio.Event()

    def asked_to_stop() -> None:
        if stop.is_set() and task is not None:
            task.cancel()
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, asked_to_stop)
    return stop
