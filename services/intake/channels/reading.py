"""A file of strangers is read in a process of its own: with little memory, for a limited time, without our secrets."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec

from services.intake.policy.masters.findings import Finding
from services.intake.policy.masters.records import Matter
from services.intake.ports.loads import Asked, Read, Told, Unreadable

READ_WITHIN = 900.0
HANDED_ON = frozenset({"PATH", "LANG", "LC_ALL", "PYTHONPATH", "TMPDIR", "VIRTUAL_ENV"})
"""Variables of ours the process gets; what is secret is not among them."""
COMMAND = (sys.executable, "-m", "services.intake")


class SheetReader:
    """Starts ``python -m services.intake`` on a folder and gathers what it leaves there."""

    def __init__(self, within: float = READ_WITHIN) -> None:
        """Give up after *within* seconds."""
        self._within = within

    async def read(self, folder: Path, asked: Asked, told: Told) -> Read:
        """What the file in *folder* holds.

        Raises:
            Unreadable: The process ended by itself, was ended, or took too long.
        """
        await asyncio.to_thread((folder / "asked.json").write_bytes, msgspec.json.encode(asked))
        try:
            async with asyncio.timeout(self._within):
                last = await _last_word(folder, told)
        except TimeoutError:
            raise Unreadable("too_slow") from None
        if "trouble" in last:
            raise Unreadable(str(last["trouble"]))
        return await asyncio.to_thread(_gathered, folder, last["wrong"])


async def _last_word(folder: Path, told: Told) -> dict[str, Any]:
    last: dict[str, Any] = {"trouble": "killed"}
    async for line in _lines_of(folder):
        said: dict[str, Any] = msgspec.json.decode(line)
        if "done" in said:
            told(said["done"], said["total"])
        else:
            last = said
    return last


async def _lines_of(folder: Path) -> AsyncIterator[bytes]:
    """What the process says; its standard input stays open, for when that ends the process knows that we are gone."""
    environment = {name: value for name, value in os.environ.items() if name in HANDED_ON}
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *COMMAND, str(folder), stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL, env=environment
    )
    assert process.stdout is not None
    try:
        async for line in process.stdout:
            yield line
        await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def _gathered(folder: Path, wrong: dict[str, int]) -> Read:
    findings = [msgspec.json.decode(line, type=Finding) for line in _lines(folder / "findings.jsonl")]
    matters = [msgspec.json.decode(line, type=Matter) for line in _lines(folder / "matters.jsonl")]
    return Read(folder / "rows.copy", wrong, findings, matters)


def _lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines()
