"""The loads of master data as the system tells of them, and what may be asked of it.

Source: docs/master-data.md.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, Literal

import httpx2

from shouwen.door import Door, refused
from shouwen.importing.founding import records_of
from shouwen.words import Refused

FILES = "/api/intake/master-files"
TEMPLATES = "/api/intake/master-templates"
LOOK_EVERY = 0.25
PART = 256 * 1024
UNDER_WAY = frozenset({"reading", "applying"})
CONFLICT = 409
PAGE = 500

Job = dict[str, Any]
Leavers = Literal["end", "keep"]


async def site_named(door: Door, word: str) -> str:
    """The id of the site whose code or id *word* is.

    Raises:
        Refused: There is none; names those there are.
    """
    sites = await records_of(door, "site")
    found = [key for key, body in sites.items() if word in (key, body["code"])]
    if not found:
        known = ", ".join(sorted(f"{body['code']} ({key})" for key, body in sites.items())[:20])
        raise Refused(f"没有这个项目：{word}。现有：{known}。", f"There is no site {word}. There are: {known}.")
    return found[0]


async def upload(door: Door, file: Path, site: str, leavers: Leavers, sent: Callable[[int], None]) -> Job:
    """Hand the file in, part by part; it is read and checked, and changes nothing yet.

    Raises:
        Refused: The system does not take it.
    """
    query = {"site": site, "name": file.name, "leavers": leavers}
    try:
        answer = await door.client.post(FILES, params=query, content=_parts(file, sent), timeout=None)
    except httpx2.TransportError as lost:
        why = str(lost) or type(lost).__name__
        raise Refused(f"上传中断：{why}。请重新执行本命令。", f"The upload broke off: {why}. Run this again.") from None
    return _told(FILES, answer)


async def _parts(file: Path, sent: Callable[[int], None]) -> AsyncIterator[bytes]:
    done = 0
    with file.open("rb") as opened:
        while part := await asyncio.to_thread(opened.read, PART):
            yield part
            done += len(part)
            sent(done)


async def watched(door: Door, job: Job, look: Callable[[Job], None]) -> Job:
    """Wait until nothing is done with the load any more, telling how far it is."""
    shown = job
    while shown["state"] in UNDER_WAY:
        await asyncio.sleep(LOOK_EVERY)
        shown = await door.read(f"{FILES}/{job['job']}")
        look(shown)
    return shown


async def apply(door: Door, job: Job, *, end_many: bool) -> Job | None:
    """Ask for what was checked to be written; None when the register changed since and is compared again.

    Raises:
        Refused: It cannot be applied.
    """
    path = f"{FILES}/{job['job']}/apply"
    answer = await door.client.post(path, json={"end_many": end_many}, headers={"Accept-Language": "zh"})
    if answer.status_code == CONFLICT and answer.json().get("why") == "register_changed":
        return None
    return _told(path, answer)


async def undo(door: Door, job: str) -> Job:
    """Ask for what a load changed to be put back.

    Raises:
        Refused: It cannot be undone.
    """
    path = f"{FILES}/{job}/undo"
    return _told(path, await door.client.post(path, headers={"Accept-Language": "zh"}))


async def discard(door: Door, job: Job) -> None:
    """Throw away a load nothing came of; what is not there any more is as good."""
    await door.client.delete(f"{FILES}/{job['job']}")


async def findings(door: Door, job: Job, most: int) -> list[dict[str, Any]]:
    """The first findings of a load."""
    page = await door.read(f"{FILES}/{job['job']}/findings", limit=min(most, PAGE))
    found: list[dict[str, Any]] = page["items"]
    return found


async def fetch(door: Door, path: str, out: Path, **query: str) -> int:
    """Write the file at *path* to *out*; answers its size in bytes.

    Raises:
        Refused: The system does not give it, or *out* cannot be written.
    """
    answer = await door.get(path, **query)
    if answer.is_error:
        raise refused(path, answer)
    try:
        await asyncio.to_thread(out.write_bytes, answer.content)
    except OSError as trouble:
        raise Refused(f"写不进 {out}：{trouble.strerror}。", f"{out} cannot be written: {trouble.strerror}.") from None
    return len(answer.content)


def _told(path: str, answer: httpx2.Response) -> Job:
    if answer.is_error:
        raise refused(path, answer)
    told: Job = answer.json()
    return told
