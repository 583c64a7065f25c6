"""Group robots of WeCom (企业微信群机器人).

WeCom answers refusals with HTTP 200 and an ``errcode`` in the body: taken means HTTP 2xx *and* errcode 0. The key of a
robot is in its URL, so no URL reaches a log or an evidence.

Source: ecosystem survey §5; WeCom group robot manual (text 2048 bytes, markdown 4096 bytes, 20 messages a minute).
"""

import asyncio
import logging
import re
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import httpx2

from services.notify.channels.rendering import rendered
from services.notify.ports import Message, Robot
from shared.contracts.effects import Outcome, Wanted
from shared.web.wording import Language

MOST_BYTES: Mapping[str, int] = {"text": 2048, "markdown": 4096}
TOO_OFTEN = 45009
BUSY = -1
OFTEN_WAIT = timedelta(seconds=60)
TOO_MANY_REQUESTS = 429
SERVER_AT_FAULT = 500
EVIDENCE_MOST = 200
ELLIPSIS = "…"

# WeCom's markdown knows no escape character, so what could be markup or call everybody becomes its full-width twin.
_HARMLESS = str.maketrans(
    {"<": "＜", ">": "＞", "@": "＠", "[": "［", "]": "］", "*": "＊", "`": "｀", "#": "＃", "\n": " ", "\r": " "}
)
_KEY = re.compile(r"(key=)[^&\s\"']+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Where robots may be, and how long to wait for one.

    Attributes:
        hosts: Reached over https only.
        plain_hosts: Reached over http as well.
        timeout_seconds: For connecting and for answering, each.
        use_proxy_variables: Whether HTTPS_PROXY and its like are heeded.
    """

    hosts: frozenset[str]
    plain_hosts: frozenset[str] = frozenset()
    timeout_seconds: float = 5.0
    use_proxy_variables: bool = False


def harmless(words: str) -> str:
    """*words* without anything WeCom would read as markup, link or mention; one line."""
    return words.translate(_HARMLESS)


def cut(content: str, most: int) -> str:
    """*content* in at most *most* bytes of UTF-8, cut between characters and marked with … where it was cut."""
    encoded = content.encode()
    if len(encoded) <= most:
        return content
    return encoded[: most - len(ELLIPSIS.encode())].decode(errors="ignore") + ELLIPSIS


def redacted(words: str) -> str:
    """*words* without the key of a robot and what no database takes as text, short enough for an evidence."""
    return _KEY.sub(r"\1***", words).replace("\x00", "").encode(errors="replace").decode()[:EVIDENCE_MOST]


def permitted(url: str, reach: Reach) -> bool:
    """Whether a message may go to *url*: a listed host over https, or one listed for plain http."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme == "https":
        return host in reach.hosts | reach.plain_hosts
    return parts.scheme == "http" and host in reach.plain_hosts


def judged(status: int, body: Any) -> Outcome:
    """What an answer of the provider means.

    Args:
        status: HTTP status.
        body: Parsed JSON; None when it was none.
    """
    if status == TOO_MANY_REQUESTS:
        return Outcome(done=False, code=f"http_{status}", again=True, retry_after=OFTEN_WAIT)
    if not httpx2.codes.is_success(status):
        return Outcome(done=False, code=f"http_{status}", again=status >= SERVER_AT_FAULT)
    code = body.get("errcode") if isinstance(body, dict) else None
    if not isinstance(code, int):
        return Outcome(done=False, code="unreadable_answer", again=True)
    evidence = redacted(str(body.get("errmsg", "")))
    if code == TOO_OFTEN:
        return Outcome(done=False, code=str(code), evidence=evidence, again=True, retry_after=OFTEN_WAIT)
    return Outcome(done=code == 0, code=str(code), evidence=evidence, again=code == BUSY)


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()


class WecomRobot:
    """The real robot, over HTTP."""

    def __init__(self, reach: Reach) -> None:
        """Post within the bounds of *reach*."""
        self._reach = reach
        for name in ("httpx2", "httpcore2"):  # their request lines show the whole URL
            logging.getLogger(name).setLevel(logging.WARNING)

    async def send(self, url: str, message: Message) -> Outcome:
        """See :class:`Robot`."""
        if not permitted(url, self._reach):
            return Outcome(done=False, code="robot_not_permitted")
        content = cut(message.content, MOST_BYTES[message.kind])
        try:
            answer = await self._post(url, {"msgtype": message.kind, message.kind: {"content": content}})
        except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError) as trouble:
            return Outcome(done=False, code="unreachable", evidence=type(trouble).__name__, again=True)
        return judged(answer.status_code, _json(answer))

    async def _post(self, url: str, body: dict[str, Any]) -> httpx2.Response:
        timeout = self._reach.timeout_seconds
        trust_env = self._reach.use_proxy_variables
        # The client's own limit counts from byte to byte; an answer that trickles would outlive the sender's lease.
        async with (
            asyncio.timeout(2 * timeout),
            httpx2.AsyncClient(timeout=timeout, verify=_trust(), trust_env=trust_env) as client,
        ):
            return await client.post(url, json=body)


def _json(answer: httpx2.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None


class WecomCarrier:
    """Carries notices to group robots; what one group gets at one time is one message (ESC-6)."""

    def __init__(self, robot: Robot, url_of: Callable[[str], str | None], language: Language) -> None:
        """Post through *robot*; *url_of* answers where an owner's robot is now."""
        self._robot, self._url_of, self._language = robot, url_of, language

    async def carry(self, bundle: Sequence[Wanted]) -> Outcome:
        """Post the bundle as one message."""
        url = next(filter(None, (self._url_of(wanted.payload["robot"]) for wanted in bundle)), None)
        if url is None:
            return Outcome(done=False, code="robot_taken_away")
        return await self._robot.send(url, self._message(bundle))

    def _message(self, bundle: Sequence[Wanted]) -> Message:
        said = (harmless(rendered(wanted.payload, self._language)) for wanted in bundle)
        lines = tuple(dict.fromkeys(said))
        if len(lines) == 1:
            return Message("text", lines[0])
        return Message("markdown", "\n".join(f"> {number}. {line}" for number, line in enumerate(lines, start=1)))
