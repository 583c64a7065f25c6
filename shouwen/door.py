"""The HTTP door of a running system, as the commands use it: patient with a busy one, plain about a refusal."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx2

from shouwen.words import Refused

PATIENCE = 90.0
ANSWER_WITHIN = 60.0
BUSY = 503


@dataclass(frozen=True, slots=True)
class Door:
    """An open connection.

    Attributes:
        nats_url: The broker behind it, where the caller knows it.
    """

    url: str
    client: httpx2.AsyncClient
    nats_url: str | None = None

    async def get(self, path: str, **query: str | int) -> httpx2.Response:
        """Read *path*; what is not there is answered, not raised."""
        return await self._patiently("GET", path, "zh", params=query)

    async def post(self, path: str, body: Any, *, language: str = "zh") -> Any:
        """Send *body* and return the answer's JSON.

        Raises:
            SaidNo: The system said no.
            Refused: It did not answer for a minute and a half.
        """
        answer = await self._patiently("POST", path, language, json=body)
        if answer.is_error:
            raise refused(path, answer)
        return answer.json()

    async def put(self, path: str, body: Any) -> Any:
        """The same as `post`, where the whole of something is written."""
        answer = await self._patiently("PUT", path, "zh", json=body)
        if answer.is_error:
            raise refused(path, answer)
        return answer.json()

    async def read(self, path: str, **query: str | int) -> Any:
        """Read the JSON at *path*, or Refused."""
        answer = await self.get(path, **query)
        if answer.is_error:
            raise refused(path, answer)
        return answer.json()

    async def _patiently(self, method: str, path: str, language: str, **more: Any) -> httpx2.Response:
        """Ask again while the system is busy or starting; safe because every import row has an id of its own."""
        loop = asyncio.get_running_loop()
        deadline, wait = loop.time() + PATIENCE, 0.5
        while True:
            trouble = ""
            try:
                answer = await self.client.request(method, path, headers={"Accept-Language": language}, **more)
                if answer.status_code != BUSY:
                    return answer
                wait = _seconds(answer.headers)
            except httpx2.TransportError as lost:
                trouble = str(lost) or type(lost).__name__
            if loop.time() + wait > deadline:
                raise Refused(
                    f"{self.url} 没有应答。请确认系统在运行（make run），然后重新执行本命令。",
                    f"{self.url} does not answer {trouble}. See that the system runs (make run), then run this again.",
                )
            await asyncio.sleep(wait)
            wait = min(wait * 2, 5.0)


@contextlib.asynccontextmanager
async def opened(url: str, token: str, *, nats_url: str | None = None) -> AsyncIterator[Door]:
    """A door at *url* that shows *token*."""
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx2.AsyncClient(base_url=url, headers=headers, timeout=ANSWER_WITHIN, trust_env=False) as client:
        yield Door(url, client, nats_url)


def _seconds(headers: Mapping[str, str]) -> float:
    try:
        return max(0.1, min(float(headers.get("retry-after", "1")), 30.0))
    except ValueError:
        return 1.0


class SaidNo(Refused):
    """The system has answered, and said no.

    Attributes:
        status: What HTTP calls it; 0 where nobody asked.
    """

    def __init__(self, zh: str, en: str, status: int = 0) -> None:
        super().__init__(zh, en)
        self.status = status


def refused(path: str, answer: httpx2.Response) -> SaidNo:
    """The system's own words for its refusal."""
    try:
        said = answer.json()
        words = " ".join(str(said[name]) for name in ("detail", "hint") if name in said)
    except ValueError:
        words = answer.text[:200]
    return SaidNo(f"{path}：{words}", f"The system refused {path} ({answer.status_code}): {words}", answer.status_code)
