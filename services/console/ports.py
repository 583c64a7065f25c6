"""What the pages need of the outside: the services, sessions, templates, the printer, the live log."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from shared.web.wording import Language, Voice

Params = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Caller:
    """For whom, and in which language, a service is asked."""

    account: str
    language: Language


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered."""

    status: int
    body: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether it did what was asked."""
        return self.status < 400  # noqa: PLR2004  HTTP


@dataclass(frozen=True, slots=True)
class Download:
    """A file a service renders, part by part."""

    status: int
    headers: Mapping[str, str]
    parts: AsyncIterator[bytes]


class Gateway(Protocol):
    """The services over HTTP."""

    async def get(self, caller: Caller, path: str, params: Params | None = None) -> Answer:
        """Ask; a service that cannot be reached answers 503."""
        ...

    async def post(self, caller: Caller, path: str, body: Any, *, key: str | None = None) -> Answer:
        """Do; *key* makes a repeat harmless."""
        ...

    async def put(self, caller: Caller, path: str, body: Any) -> Answer:
        """Write the whole of something; a repeat changes nothing."""
        ...

    async def delete(self, caller: Caller, path: str) -> Answer:
        """Throw something away."""
        ...

    async def upload(self, caller: Caller, path: str, params: Params, parts: AsyncIterator[bytes]) -> Answer:
        """Send a file without holding it whole."""
        ...

    async def download(self, caller: Caller, path: str, params: Params) -> Download:
        """Fetch a file without holding it whole."""
        ...


class Sessions(Protocol):
    """Who is signed in."""

    async def begin(self, account: str, now: datetime, /) -> str:
        """Open a session; the answer is the secret of its cookie."""
        ...

    async def find(self, secret: str, now: datetime, /) -> str | None:
        """The account of a session that has not ended; its idle time starts anew."""
        ...

    async def end(self, secret: str, /) -> None:
        """Sign out."""
        ...


class Pages(Protocol):
    """Templates."""

    def render(self, name: str, voice: Voice, context: Mapping[str, Any]) -> str:
        """A page or a fragment; every value of *context* is escaped."""
        ...


@dataclass(frozen=True, slots=True)
class Sheet:
    """One order as it is printed: plain texts, already in the reader's language.

    Attributes:
        address: Of the case's page, for the QR code.
        fields: Label and value, in order.
        words: Longer texts, label and value.
    """

    title: str
    number: str
    site: str
    address: str
    copies: Sequence[str]
    fields: Sequence[tuple[str, str]]
    words: Sequence[tuple[str, str]]
    signatures: Sequence[str]
    scan: str
    missing: str
    foot: str


class Printer(Protocol):
    """Prints orders."""

    def lacks(self, *texts: str) -> tuple[str, ...]:
        """Characters the font cannot show, each once."""
        ...

    async def order(self, sheet: Sheet) -> bytes:
        """The triplicate order as PDF, one A4 page."""
        ...


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of news: something was said about a case.

    Attributes:
        at: ``<speaker>:<version>``, for ``at_least``.
        site: Where the fact itself names it; None otherwise.
    """

    case: str
    kind: str
    at: str
    site: str | None = None

    def wire(self) -> str:
        """As the browser reads it."""
        return json.dumps({"case": self.case, "kind": self.kind, "at": self.at})


class Listener(Protocol):
    """One open page's share of the news."""

    async def next(self, within: float) -> Piece | str | None:
        """The next piece; ``resync`` after an overflow, ``closed`` at the end, None after *within* quiet seconds."""
        ...


class News(Protocol):
    """The log, live."""

    def listen(self) -> AbstractContextManager[Listener]:
        """Hear everything said from now on."""
        ...

    def site_of(self, case: str) -> str | None:
        """Where a case is, as far as known here."""
        ...

    def learn(self, case: str, site: str) -> None:
        """Remember where a case is."""
        ...
