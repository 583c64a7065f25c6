"""A toy hearer whose defect can be mended while it runs, and its administrator's view of what died."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from httpx2 import ASGITransport, AsyncClient, Response

from shared.contracts.directory import Account
from shared.contracts.envelope import Heard
from shared.contracts.fold import Folds, Grant, Kind, Moment, Step
from shared.contracts.intake import ConsentRecorded
from shared.process.service import ServiceProcess
from shared.rules.book import Book
from tests.support.system import alive, toy
from tests.support.toy import HEARER, Counter
from tests.support.toying import Place, heading

Json = dict[str, Any]
Headers = Mapping[str, str]
NONE: Headers = {}


@dataclass
class Defect:
    """What is wrong with the hearer now.

    Attributes:
        kills: Facts with this ``by`` cannot be folded; everything when it is ``*``.
        unknown: Facts with this ``by`` name what the directory does not know.
    """

    kills: str = "poison"
    unknown: str = "nowhere"

    def react(self, state: Counter | None, heard: Heard, moment: Moment) -> Step:
        """As the toy does, unless the defect bites."""
        if self.kills in ("*", by_of(heard)):
            raise RuntimeError("this message is poison")
        return HEARER.kinds[0].react(state, heard, moment)

    def ready(self, heard: Heard, _book: Book) -> bool:
        """Whether what the fact names is known."""
        return by_of(heard) != self.unknown

    def folds(self) -> Folds:
        """The hearer with this defect."""
        kind: Kind[Counter] = replace(HEARER.kinds[0], react=self.react)
        return replace(HEARER, kinds=(kind,), ready=self.ready)


def by_of(heard: Heard) -> str:
    assert isinstance(heard.fact, ConsentRecorded)
    return heard.fact.by


@dataclass
class Ward:
    """A running hearer with a defect, and the doors to it."""

    place: Place
    defect: Defect
    process: ServiceProcess
    client: AsyncClient

    async def say(self, entity: str, version: int = 1, by: str = "x", headers: Headers = NONE) -> None:
        """One fact of intake about *entity*."""
        await self.send(entity, ConsentRecorded(consent="c", by=by).model_dump_json().encode(), version, headers)

    async def send(self, entity: str, body: bytes, version: int = 1, headers: Headers = NONE) -> None:
        """Any body under a good envelope, changed by *headers*."""
        assert self.process.nc is not None
        envelope = heading(entity, version=version).headers() | dict(headers)
        subject = f"ev.intake.consent_recorded.{entity}"
        await self.process.nc.jetstream().publish(subject, body, headers=envelope)

    async def count(self, entity: str) -> int:
        """How much the hearer has counted for *entity*."""
        async with self.process.db.connect() as conn:
            slot = (await self.process.engine.unit.peek(conn, [entity])).get(entity)
        return slot.state.count if slot is not None and slot.state is not None else 0

    async def counted(self, entity: str, count: int) -> bool:
        """Whether it has counted that far."""
        return await self.count(entity) >= count

    async def ask(self, method: str, path: str, who: str = "admin", **more: Any) -> Response:
        """One request on behalf of an account."""
        headers = {"authorization": f"Bearer {self.process.accounts.assert_for(who)}"}
        return await self.client.request(method, path, headers=headers, **more)

    async def get(self, path: str, **query: Any) -> Json:
        """A successful read by an administrator."""
        answer = await self.ask("GET", path, params=query)
        assert answer.status_code == 200, answer.text
        told: Json = answer.json()
        return told

    async def dead(self, number: int = 1) -> list[Json]:
        """The unsettled letters, once there are *number*."""
        letters: list[Json] = (await self.get("/dead-letters"))["letters"]
        return letters if len(letters) >= number else []

    async def lanes(self, number: int = 1) -> list[Json]:
        """The parked lanes, once there are *number*."""
        waiting: list[Json] = (await self.get("/parked"))["waiting"]
        return waiting if len(waiting) >= number else []


@asynccontextmanager
async def ward(place: Place, defect: Defect | None = None) -> AsyncIterator[Ward]:
    """A hearer that runs, with an administrator, a viewer of everything and a viewer of one site."""
    defect = defect or Defect()
    process = toy(defect.folds(), place.around)
    for name, grant in (("admin", Grant("*", "admin")), ("viewer", Grant("*", "view")), ("one", Grant("a", "lead"))):
        process.accounts.put_account(Account(name, name, name, grants=(grant,)))
    async with (
        alive(process),
        AsyncClient(transport=ASGITransport(process.api), base_url="http://x", timeout=20) as client,
    ):
        yield Ward(place, defect, process, client)
