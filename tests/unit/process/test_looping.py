"""Loops end when they are asked to, also where the first asking is lost."""

import asyncio

from shared.process.looping import end, run_forever


async def deaf(times: int) -> str:
    """Loses that many cancellations, as an answer that arrives with one does."""
    for _ in range(times):
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            continue
    await asyncio.Event().wait()
    return "never"


async def nothing() -> float:
    return 60


async def broken() -> None:
    raise ValueError("ended by itself")


async def test_every_task_ends_also_one_that_loses_a_cancellation() -> None:
    tasks = [
        asyncio.create_task(deaf(0)),
        asyncio.create_task(deaf(1)),
        asyncio.create_task(run_forever("nothing", nothing)),
        asyncio.create_task(broken()),
    ]
    await asyncio.sleep(0)
    async with asyncio.timeout(10):
        await end(tasks)
    assert all(task.done() for task in tasks)
    assert [task.cancelled() for task in tasks] == [True, True, True, False]


async def test_no_task_is_nothing_to_wait_for() -> None:
    await end(())
