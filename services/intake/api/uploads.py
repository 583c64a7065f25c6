"""A large body written to disk as it comes, never held whole."""

import asyncio
import hashlib
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from services.intake.ports.loads import FOLDER
from shared.contracts.wording import text
from shared.web.problems import refuse
from shared.web.surface import BODY_ALLOWED

FILE_MOST = 200 * 1024 * 1024
WRITTEN_AT_ONCE = 1024 * 1024


@asynccontextmanager
async def folder_for() -> AsyncIterator[Path]:
    """A folder only we may read; it stays when the block ends well."""
    folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix=FOLDER))
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)  # without waiting: whoever asked may be gone
        raise


async def taken(request: Request, path: Path) -> str:
    """Write the body to *path* as it comes; answers its SHA-256.

    Raises:
        Problem: 413 for more than :data:`FILE_MOST` bytes, 422 for none.
        HTTPException: The caller went away in the middle.
    """
    request.scope[BODY_ALLOWED] = FILE_MOST
    copy, waiting = _Copy(path), bytearray()
    try:
        async for chunk in request.stream():
            waiting += chunk
            if len(waiting) >= WRITTEN_AT_ONCE:
                await asyncio.to_thread(copy.write, bytes(waiting))
                waiting.clear()
        await asyncio.to_thread(copy.write, bytes(waiting))
    except ClientDisconnect:
        raise HTTPException(400) from None
    finally:
        copy.close()
    if not copy.size:
        raise refuse("empty", text("文件是空的"), status=422, hint=text("请选择填好的表"))
    return copy.fingerprint


class _Copy:
    """The file on disk, readable by its owner only."""

    def __init__(self, path: Path) -> None:
        self._file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        self._digest = hashlib.sha256()
        self.size = 0

    @property
    def fingerprint(self) -> str:
        return self._digest.hexdigest()

    def write(self, part: bytes) -> None:
        self._digest.update(part)
        self._file.write(part)
        self.size += len(part)

    def close(self) -> None:
        self._file.close()
