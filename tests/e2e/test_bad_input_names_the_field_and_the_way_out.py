"""Every bad input gets a clear error that names the field, in the caller's language, and leaves nothing behind."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text

from shared.packs.loader import builtin_pack
from tests.e2e.story import Json, Story, story

pytestmark = pytest.mark.asyncio(loop_scope="module")

MORNING = datetime.fromisoformat("2025-03-04T10:00:00+08:00")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk() -> AsyncIterator[Story]:
    async with story(MORNING) as told:
        yield told


def request(**fields: Any) -> Json:
    body: Json = {
        "site": "haijing",
        "case_type": "complaint",
        "category": "engineering",
        "severity": "minor",
        "channel": "phone",
        "caller": {"name": "赵文"},
        "content": "漏水",
    }
    return body | fields


async def count(desk: Story, table: str) -> int:
    async with desk.system.host.around.db.connect() as conn:
        return int((await conn.execute(text(f"select count(*) from {table}"))).scalar_one())


async def everything(desk: Story) -> tuple[int, ...]:
    """How much intake keeps: entities, outbox, answers remembered."""
    return tuple([await count(desk, f"intake.{table}") for table in ("entities", "outbox", "idempotency")])


BAD = [
    pytest.param({"category": "nonsense"}, 422, "/category", id="an unknown category"),
    pytest.param({"severity": "awful"}, 422, "/severity", id="an unknown severity"),
    pytest.param({"criteria": ["nonsense"]}, 422, "/criteria", id="an unknown criterion"),
    pytest.param({"site": "nowhere"}, 404, "/site", id="an unknown site"),
    pytest.param({"unit": "9-999"}, 422, "/unit", id="an unknown unit"),
    pytest.param({"first_receiver": "p-nobody"}, 422, "/first_receiver", id="an unknown person"),
    pytest.param({"received_at": "2025-03-04T09:00:00"}, 422, "/received_at", id="a time without zone"),
    pytest.param({"received_at": "2025-03-05T09:00:00+08:00"}, 422, "/received_at", id="a time in the future"),
    pytest.param({"received_at": "yesterday"}, 422, "/received_at", id="a time that is none"),
    pytest.param({"content": "漏" * 350_000}, 422, "/content", id="a text of 1 MB"),
    pytest.param({"content": "漏\u0000水"}, 422, "/content", id="a NUL character"),
    pytest.param({"content": "漏\u0007水"}, 422, "/content", id="a bell character"),
    pytest.param({"surprise": 1}, 422, "/surprise", id="a field that does not exist"),
    pytest.param({"channel": "pigeon"}, 422, "/channel", id="an unknown channel"),
]


@pytest.mark.parametrize(("fields", "status", "field"), BAD)
async def test_a_bad_request_names_its_field(desk: Story, fields: Json, status: int, field: str) -> None:
    before = await everything(desk)
    headers = {"Idempotency-Key": "bad", "Accept-Language": "zh-CN"}
    answer = await desk.ask("POST", "/api/intake/requests", "desk", json=request(**fields), headers=headers)

    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"].startswith(field)
    assert any("\u4e00" <= character <= "\u9fff" for character in answer.json()["errors"][0]["detail"])
    assert await everything(desk) == before


@pytest.mark.parametrize(("fields", "status", "field"), BAD)
async def test_the_same_is_said_in_english(desk: Story, fields: Json, status: int, field: str) -> None:
    answer = await desk.ask(
        "POST", "/api/intake/requests", "desk", json=request(**fields), headers={"Accept-Language": "en"}
    )
    assert answer.status_code == status
    said = answer.json()["title"] + answer.json()["errors"][0]["detail"].replace("漏", "").replace("水", "")
    assert not [character for character in said if "\u4e00" <= character <= "\u9fff"], said
    assert field


def leaves(value: Any) -> list[Any]:
    """Every plain value in a JSON document."""
    if isinstance(value, dict):
        return [leaf for part in value.values() for leaf in leaves(part)]
    if isinstance(value, list):
        return [leaf for part in value for leaf in leaves(part)]
    return [value]


@pytest.mark.parametrize(
    "content", ["😀 漏水 👨‍👩‍👧", "𠮷祥家漏水", "=1+1", "<script>alert(1)</script>", "{{7*7}}", "'; drop table x"]
)
async def test_rare_characters_and_hostile_looking_text_are_kept_as_they_are(desk: Story, content: str) -> None:
    case = await desk.log(content=content)
    shown = await desk.get(f"/api/reporting/cases/{case}")
    assert content in leaves(shown)


async def test_the_same_key_with_the_same_body_answers_the_same(desk: Story) -> None:
    headers = {"Idempotency-Key": "same"}
    answers = [
        await desk.ask("POST", "/api/intake/requests", "desk", json=request(), headers=headers) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["idempotency-replayed"] == "true"


async def test_the_same_key_with_another_body_is_refused(desk: Story) -> None:
    headers = {"Idempotency-Key": "other"}
    await desk.ask("POST", "/api/intake/requests", "desk", json=request(), headers=headers)
    answer = await desk.ask("POST", "/api/intake/requests", "desk", json=request(content="别的"), headers=headers)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"


async def test_a_stale_if_match_is_refused(desk: Story) -> None:
    case = await desk.log()
    shown = await desk.ask("GET", f"/api/dispatch/cases/{case}")
    etag = shown.headers["etag"]
    await desk.act(case, "accept")
    stale = await desk.ask("POST", f"/api/dispatch/cases/{case}/start", json={}, headers={"If-Match": etag})
    assert stale.status_code == 412
    fresh = (await desk.ask("GET", f"/api/dispatch/cases/{case}")).headers["etag"]
    started = await desk.ask("POST", f"/api/dispatch/cases/{case}/start", json={}, headers={"If-Match": fresh})
    assert started.status_code == 200


@pytest.mark.parametrize("bearer", ["", "Bearer", "Bearer sw_wrong", "Bearer admin.x.y", "Basic YWRtaW46eA=="])
async def test_a_wrong_token_opens_nothing(desk: Story, bearer: str) -> None:
    answer = await desk.client.post("/api/intake/requests", json=request(), headers={"Authorization": bearer})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/intake/requests/{case}"),
        ("GET", "/api/dispatch/cases/{case}"),
        ("GET", "/api/escalation/cases/{case}"),
        ("GET", "/api/reporting/cases/{case}"),
        ("GET", "/api/notify/cases/{case}/notices"),
        ("POST", "/api/dispatch/cases/{case}/accept"),
        ("POST", "/api/intake/requests/{case}/withdraw"),
        ("POST", "/api/escalation/cases/{case}/acknowledge"),
    ],
)
async def test_another_sites_case_answers_as_if_it_did_not_exist(desk: Story, method: str, path: str) -> None:
    theirs = await desk.log("admin", site="yunshan", category="cleaning")
    bodies = {"withdraw": {"reason": "x"}, "acknowledge": {"raise_id": "x"}}
    body = bodies.get(path.rpartition("/")[2], {})
    told = [
        await desk.ask(method, path.format(case=case), "desk", **({"json": body} if method == "POST" else {}))
        for case in (theirs, "case-" + "0" * 32)
    ]
    assert [answer.status_code for answer in told] == [404, 404]
    assert told[0].json()["detail"] == told[1].json()["detail"]


async def test_a_pack_with_a_cycle_a_missing_role_and_a_clock_without_end_is_refused(desk: Story) -> None:
    version = builtin_pack("P001/3").version
    pack = (await desk.get("/api/directory/records/pack/P001/3", version=version))["body"]
    broken = pack | {"version": 9, "chain": [*pack["chain"], pack["chain"][0], "nobody"]}
    broken["case_types"]["complaint"]["clocks"][0] |= {"stop": []}
    answer = await desk.ask("PUT", "/api/directory/records/pack/P001/3", json=broken)
    assert answer.status_code == 422
    fields = " ".join(error["field"] for error in answer.json()["errors"])
    assert "chain" in fields
    assert "clocks" in fields
