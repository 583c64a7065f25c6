"""The directory and escalation on real servers, with an administrator who changes calendars."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
from sqlalchemy import text

import services
from services.directory.app import bootstrap
from services.directory.app import build as build_directory
from services.escalation.app import build as build_escalation
from shared.contracts.envelope import Fact, Heading, Heard
from shared.contracts.ids import RealIds
from shared.process.service import ServiceProcess, Surroundings
from shared.schema.migrating import migrate
from shared.storage.letters import Letter
from tests.support.calendar_builders import EVIDENCE, case_id, letter_of_heard, site_records
from tests.support.clock import HandClock
from tests.support.system import alive, provisioned, surrounded
from tests.support.waiting import eventually

TUESDAY = datetime(2026, 12, 29, 2, tzinfo=UTC)  # 10:00 at the site
PASSWORD = "a long enough password"
Json = dict[str, Any]


@dataclass(frozen=True)
class Office:
    """The two services and an administrator at each."""

    around: Surroundings
    directory: ServiceProcess
    escalation: ServiceProcess
    token: str

    def at(self, process: ServiceProcess, bearer: str = "") -> httpx2.AsyncClient:
        headers = {"Authorization": f"Bearer {bearer or self.token}", "Accept-Language": "en"}
        return httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=process.api), base_url="http://here", headers=headers
        )

    async def put(self, calendar: Json, *, replaces: str = "1", site: str = "s1", **changes: Any) -> httpx2.Response:
        body = {"calendar": calendar, "evidence": EVIDENCE, "replaces": replaces} | changes
        async with self.at(self.directory) as http:
            return await http.put(f"/sites/{site}/calendar", json=body)

    async def site(self, site: str = "s1") -> Json:
        async with self.at(self.directory) as http:
            body: Json = (await http.get(f"/records/site/{site}")).json()["body"]
            return body

    async def preview(self, calendar: Json, **more: Any) -> Json:
        async with self.at(self.escalation) as http:
            answer = await http.post("/calendars/preview", json={"site": "s1", "calendar": calendar} | more)
            assert answer.status_code == 200, answer.text
            body: Json = answer.json()
            return body

    async def standing(self, site: str = "s1") -> Json:
        async with self.at(self.escalation) as http:
            body: Json = (await http.get(f"/calendars/{site}")).json()
            return body


@asynccontextmanager
async def opened_office(nats_url: str, dsn: str) -> AsyncIterator[Office]:
    """Two estates under the pack that counts working time, on a Tuesday at ten before New Year."""
    await provisioned(nats_url)
    async with surrounded(nats_url, dsn, clock=HandClock(TUESDAY), pool=12) as around:
        for name in ("directory", "escalation"):
            await migrate(around.db, name, Path(services.__path__[0]) / name / "migrations")
        directory, escalation = build_directory(around), build_escalation(around)
        async with alive(directory, escalation):
            first = await bootstrap(directory, username="admin", password=PASSWORD)
            assert first is not None
            office = Office(around, directory, escalation, first.token)
            await eventually(lambda: accepted(office, directory))
            async with office.at(directory) as http:
                written = await http.post("/records", json=site_records("s1", "s2"))
                assert written.status_code == 200, written.text
            await eventually(lambda: accepted(office, escalation))
            await eventually(lambda: knows(escalation, "s2", "1"))
            yield office


async def accepted(office: Office, process: ServiceProcess) -> bool:
    return process.accounts.bearer(office.token, process.clock.now()) is not None


async def knows(process: ServiceProcess, site: str, version: str) -> bool:
    return any(one.id == site and one.calendar.version == version for one in process.book.sites())


async def due_of(office: Office, number: int) -> dict[str, Json]:
    async with office.at(office.escalation) as http:
        clocks: list[Json] = (await http.get(f"/cases/{case_id(number)}")).json()["clocks"]
        return {clock["clock"]: clock for clock in clocks}


async def followed(office: Office, version: str, site: str = "s1") -> Json:
    standing = await office.standing(site)
    return standing if standing["version"] == version and standing["swept"] else {}


async def moves(office: Office) -> list[tuple[str, str]]:
    """Every case a calendar moved, as often as it did."""
    async with office.around.db.connect() as conn:
        rows = await conn.execute(
            text("select headers, body from escalation.outbox where subject like '%clock_armed%'")
        )
        said = [(json.loads(row.headers)["ce-subject"], json.loads(bytes(row.body))) for row in rows]
    return sorted((entity, body["because"]) for entity, body in said if body["because"].startswith("calendar"))


def fact(number: int, version: int, speaker_fact: Fact, at: datetime = TUESDAY) -> Letter:
    entity = case_id(number)
    heading = Heading(RealIds().message(), speaker_fact.wire_kind(), entity, at, version, entity)
    return letter_of_heard(Heard(heading, speaker_fact))
