"""Directory and intake on real servers: profiles, help with grading, several matters of one call, what is alike."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

import services
from services.directory.app import bootstrap
from services.directory.app import build as build_directory
from services.intake.app import IntakeProcess
from services.intake.app import build as build_intake
from services.intake.policy.likeness import Told
from shared.packs.loader import builtin_pack
from shared.process.service import ServiceProcess
from shared.schema.migrating import migrate
from tests.support.directory_builders import site_body
from tests.support.system import alive, provisioned, surrounded
from tests.support.waiting import eventually

EVER = "2020-01-01T00:00:00+08:00"
NUMBERS = {"emergency.fire": "119", "emergency.police": "110", "emergency.hospital": "0756-120"}
PIPE = {"case_type": "emergency", "category": "water", "content": "水管爆了"}
DIRTY = {"category": "cleaning", "content": "楼道地面很脏没有人打扫"}


@dataclass(frozen=True)
class Desk:
    """Both services and somebody who may do everything."""

    directory: httpx2.AsyncClient
    intake: httpx2.AsyncClient
    process: IntakeProcess

    async def log(self, **fields: Any) -> dict[str, Any]:
        """A matter logged."""
        answer = await self.intake.post("/requests", json={"site": "s1", **DIRTY, **fields})
        assert answer.status_code == 201, answer.text
        body: dict[str, Any] = answer.json()
        return body

    async def alike(self, **told: Any) -> list[dict[str, Any]]:
        """What may be the same matter, once everything logged so far can be found."""
        found: list[dict[str, Any]] = (await self.intake.post("/alike", json={"site": "s1", **told})).json()["alike"]
        return found


def active(pack: str) -> dict[str, Any]:
    return {"pack": pack, "version": builtin_pack(pack).version, "since": EVER}


def estate(**changes: Any) -> dict[str, Any]:
    return site_body(packs=[active("P000")], parameters=NUMBERS, **changes)


@pytest.fixture
async def desk(fresh_nats_each: str, fresh_db: str) -> AsyncIterator[Desk]:
    await provisioned(fresh_nats_each)
    async with surrounded(fresh_nats_each, fresh_db) as around:
        for name in ("directory", "intake"):
            await migrate(around.db, name, Path(services.__path__[0]) / name / "migrations")
        directory, intake = build_directory(around), build_intake(around)
        async with alive(directory, intake):
            first = await bootstrap(directory, username="admin", password="a long enough password")
            assert first is not None
            await eventually(lambda: knows(intake, first.token))
            async with client(directory, first.token) as one, client(intake, first.token) as other:
                assert (await one.put("/records/site/s1", json=estate())).status_code == 200
                await eventually(lambda: runs(intake, "s1"))
                yield Desk(one, other, intake)


def client(process: ServiceProcess, bearer: str) -> httpx2.AsyncClient:
    headers = {"Authorization": f"Bearer {bearer}", "Accept-Language": "en"}
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=process.api), base_url="http://here", headers=headers)


async def knows(process: ServiceProcess, token: str) -> bool:
    return process.accounts.bearer(token, process.clock.now()) is not None


async def runs(process: ServiceProcess, site: str) -> bool:
    return any(one.id == site for one in process.book.sites())


async def offers(process: ServiceProcess, case_type: str) -> bool:
    return case_type in {one.id for _, one in process.book.case_types("s1", process.clock.now())}


async def test_a_profile_adds_its_case_types_and_the_directory_names_those_that_never_run(desk: Desk) -> None:
    written = await desk.directory.put("/records/site/s1", json=estate(profiles=[active("P001/5")]))
    warned = {one["why"]: one for one in written.json()["warnings"]}
    assert "complaint" in warned["case_type_shadowed"]["detail"]
    assert warned["case_type_shadowed"]["field"] == "/profiles/0"
    brought = min(set(builtin_pack("P001/5").case_types) - set(builtin_pack("P000").case_types))
    await eventually(lambda: offers(desk.process, brought))
    shown = (await desk.intake.get("/case-types", params={"site": "s1"})).json()["case_types"]
    packs = {one["id"]: one["pack"] for one in shown}
    assert (packs["complaint"], packs[brought]) == ("P000", "P001/5")


async def test_two_profiles_that_contradict_each_other_are_refused(desk: Desk) -> None:
    body = estate(profiles=[active("P001/5"), active("P001/5")])
    refused = await desk.directory.put("/records/site/s1", json=body)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "/profiles/1")
    assert "P001/5" in refused.json()["detail"]


async def test_as_185_as_186_the_go_live_check_names_what_is_missing(desk: Desk) -> None:
    spoilt = await desk.directory.put("/records/site/s1", json=estate() | {"parameters": {"emergency.doctor": "1"}})
    assert [one["field"] for one in spoilt.json()["errors"]] == [
        "/parameters/emergency.fire",
        "/parameters/emergency.police",
    ]
    ready = (await desk.directory.get("/sites/s1/go-live")).json()
    assert (ready["ready"], ready["refused"]) == (True, [])
    assert {one["field"] for one in ready["warnings"]} == {
        "/parameters/emergency.ambulance",
        "/parameters/emergency.doctor",
    }
    await desk.directory.put("/records/site/s1", json=estate() | {"packs": [active("P001/3")]})
    found = (await desk.directory.get("/sites/s1/go-live")).json()
    assert not found["ready"]
    assert {"/parameters/office_address", "/parameters/hotline"} <= {one["field"] for one in found["refused"]}


async def test_the_desk_sees_questions_numbers_and_cards(desk: Desk) -> None:
    shown = (await desk.intake.get("/case-types", params={"site": "s1"})).json()["case_types"]
    complaint = next(one for one in shown if one["id"] == "complaint")
    assert {"form", "questions", "prompts", "invalid_reasons", "categories"} <= set(complaint)
    numbers = (await desk.intake.get("/emergency-numbers", params={"site": "s1"})).json()
    assert [one["number"] for one in numbers["numbers"][:2]] == ["119", "110"]
    assert numbers["missing"] == ["ambulance", "doctor"]
    assert (await desk.intake.get("/prompts", params={"site": "s1", "on": "phone"})).status_code == 200
    assert (await desk.intake.get("/prompts", params={"site": "s1", "on": "moon"})).status_code == 422


async def test_grading_is_explained_before_and_after_logging(desk: Desk) -> None:
    asked = {"site": "s1", "category": "cleaning"}
    before = (await desk.intake.post("/grading", json=asked)).json()
    logged = await desk.log()
    assert before["severity"]["id"] == logged["case"]["severity"]
    assert [one["clock"] for one in before["promises"]] == [one["clock"] for one in logged["promises"]]


async def test_several_matters_of_one_call_become_linked_cases_emergency_first(desk: Desk) -> None:
    body = {"site": "s1", "unit": "3-1201", "matters": [DIRTY, PIPE]}
    headers = {"Idempotency-Key": "call-1"}
    first = (await desk.intake.post("/requests/split", json=body, headers=headers)).json()["cases"]
    again = (await desk.intake.post("/requests/split", json=body, headers=headers)).json()["cases"]
    assert [one["matter"] for one in first] == [1, 0]
    assert int(first[0]["number"].rpartition("-")[2]) < int(first[1]["number"].rpartition("-")[2])
    assert first[1]["case"]["split_from"] == first[0]["entity"]
    assert [one["entity"] for one in again] == [one["entity"] for one in first]


async def test_of_several_matters_none_is_logged_where_one_cannot_be(desk: Desk) -> None:
    body = {"site": "s1", "unit": "3-1201", "matters": [PIPE, DIRTY | {"category": "moon"}]}
    refused = await desk.intake.post("/requests/split", json=body)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "/matters/1/category")
    assert await desk.process.traces.seen("s1", Told(unit="3-1201")) == []


async def test_cases_alike_are_offered_with_their_reason_and_nothing_is_merged(desk: Desk) -> None:
    logged = await desk.log(unit="3-1201", caller={"name": "王", "phone": "13800000000"})

    async def found() -> bool:
        return bool(await desk.alike(unit="3-1201", category="cleaning"))

    await eventually(found)
    (here,) = await desk.alike(unit="3-1201", category="cleaning", phone="138-0000-0000", content=DIRTY["content"])
    assert here["case"] == logged["entity"]
    assert here["why"] == ["same_unit_and_category", "same_caller", "same_words"]
    assert here["instead"] == "raise_again"
    assert "王" not in str(here)
    assert await desk.alike(unit="9-999", category="security", phone="13900000000") == []
    second = await desk.log(unit="3-1201")
    assert second["entity"] != logged["entity"]


async def test_an_incident_going_on_is_offered_for_its_building(desk: Desk) -> None:
    incident = {"site": "s1", "category": "water", "area": "3栋", "cause": "flood", "content": "爆管"}
    opened = (await desk.intake.post("/incidents", json=incident)).json()
    (here,) = await desk.alike(unit="3-1201", category="cleaning")
    assert (here["case"], here["why"], here["instead"]) == (opened["entity"], ["incident_here"], "join")
