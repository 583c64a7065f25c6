"""The directory and notify on real servers: records, sign-in, tokens, and a raise that reaches inbox and group."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

import services
from services.directory.app import First, bootstrap
from services.directory.app import build as build_directory
from services.notify.app import build as build_notify
from shared.contracts.escalation import NoticeWanted
from shared.process.service import ServiceProcess, Surroundings
from shared.schema.migrating import migrate
from tests.support.clock import HandClock
from tests.support.directory_builders import estate, person_body, site_body
from tests.support.notify_builders import CASE, NOON, heard, letter, raised, received, told
from tests.support.organisation import ENGINEER
from tests.support.system import alive, provisioned, surrounded
from tests.support.waiting import eventually
from tests.support.wecom import StandIn, stand_in

PASSWORD = "a long enough password"


@pytest.fixture
async def around(fresh_nats_each: str, fresh_db: str) -> AsyncIterator[Surroundings]:
    await provisioned(fresh_nats_each)
    async with surrounded(fresh_nats_each, fresh_db, clock=HandClock(NOON)) as around:
        for name in ("directory", "notify"):
            await migrate(around.db, name, Path(services.__path__[0]) / name / "migrations")
        yield around


def client(process: ServiceProcess, bearer: str) -> httpx2.AsyncClient:
    headers = {"Authorization": f"Bearer {bearer}", "Accept-Language": "en"}
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=process.api), base_url="http://here", headers=headers)


async def begun(directory: ServiceProcess) -> First:
    first = await bootstrap(directory, username="admin", password=PASSWORD)
    assert first is not None
    await eventually(lambda: accepted(directory, first.token))
    return first


async def accepted(process: ServiceProcess, token: str) -> bool:
    return process.accounts.bearer(token, process.clock.now()) is not None


async def known(process: ServiceProcess, account: str) -> bool:
    return process.accounts.account(account) is not None


async def named(process: ServiceProcess, person: str) -> bool:
    return process.book.staff.person(person) is not None


@pytest.fixture
async def directory(around: Surroundings) -> AsyncIterator[ServiceProcess]:
    process = build_directory(around)
    async with alive(process):
        yield process


async def test_the_first_start_makes_one_administrator_and_later_ones_none(directory: ServiceProcess) -> None:
    await begun(directory)
    assert await bootstrap(directory, username="other", password=PASSWORD) is None


async def test_records_are_written_together_or_not_at_all(directory: ServiceProcess) -> None:
    async with client(directory, (await begun(directory)).token) as http:
        broken = estate()
        broken["records"].append(
            {"record": "department", "key": "d", "body": {"site": "s9", "name": {"zh": "", "en": ""}, "kind": "x"}}
        )
        refused = await http.post("/records", json=broken)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "/records/3/body/site")
        broken["records"][3] = {"record": "site", "key": "s2", "body": {"code": 5}}
        refused = await http.post("/records", json=broken)
        assert "/records/3/body/code" in [error["field"] for error in refused.json()["errors"]]
        broken["records"][3] = {"record": "site", "key": "s2", "body": site_body(phone="\x00")}
        refused = await http.post("/records", json=broken)
        assert refused.json()["errors"][0]["field"] == "/records/3/body/phone"
        assert (await http.get("/records/site/s1")).status_code == 404

        first, again = [(await http.post("/records", json=estate())).json() for _ in range(2)]
        assert (first["written"], first["unchanged"]) == (3, 0)
        assert (again["written"], again["unchanged"]) == (0, 3)
        listed = (await http.get("/records/person", params={"site": "s1"})).json()["items"]
        assert [(one["key"], one["body"]["name"]) for one in listed] == [("ann", "安")]


async def test_a_record_is_replaced_and_the_chain_explains_itself(directory: ServiceProcess) -> None:
    async with client(directory, (await begun(directory)).token) as http:
        await http.post("/records", json=estate())
        put = await http.put("/records/person/ann", json=person_body(ENGINEER, name="Ann"))
        assert (put.status_code, put.json()["version"]) == (200, 2)
        await eventually(lambda: named(directory, "ann"))
        answer = await eventually(lambda: people(http))
        assert [(one["id"], [step["why"] for step in one["reasons"]]) for one in answer] == [("ann", ["appointed"])]


async def test_nobody_answers_for_a_site_that_is_not_there(directory: ServiceProcess) -> None:
    async with client(directory, (await begun(directory)).token) as http:
        answer = await http.get("/who", params={"role": ENGINEER, "site": "nowhere"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (404, "/site")


async def people(http: httpx2.AsyncClient) -> list[dict[str, Any]]:
    answer = await http.get("/who", params={"role": ENGINEER, "site": "s1"})
    return list(answer.json().get("people", ()))


async def test_a_pack_version_is_kept_for_ever(directory: ServiceProcess) -> None:
    async with client(directory, (await begun(directory)).token) as http:
        body = (await http.get("/records/pack/P001/3")).json()["body"]
        same = await http.put("/records/pack/P001/3", json=body)
        changed = await http.put("/records/pack/P001/3", json=body | {"source": "another"})
    assert (same.json()["why"], changed.status_code, changed.json()["errors"][0]["field"]) == (
        "unchanged",
        409,
        "/version",
    )


async def sign_in(directory: ServiceProcess, username: str, password: str) -> httpx2.Response:
    async with client(directory, directory.accounts.assert_for("console")) as http:
        return await http.post("/sign-in", json={"username": username, "password": password})


async def test_signing_in_is_for_the_console_and_ends_guessing(directory: ServiceProcess) -> None:
    first = await begun(directory)
    await eventually(lambda: known(directory, "console"))
    assert (await sign_in(directory, "ADMIN", PASSWORD)).json()["account"] == "admin"
    async with client(directory, first.token) as http:
        assert (await http.post("/sign-in", json={"username": "admin", "password": PASSWORD})).status_code == 403

    answers = [(await sign_in(directory, name, "wrong")).status_code for name in ("nobody", *["admin"] * 5)]
    assert answers == [401] * 6
    held = await sign_in(directory, "admin", PASSWORD)
    assert (held.status_code, held.headers["Retry-After"]) == (429, "301")
    clock = directory.clock
    assert isinstance(clock, HandClock)
    clock.advance(timedelta(minutes=5))
    assert (await sign_in(directory, "admin", PASSWORD)).status_code == 200


async def test_a_token_is_shown_once_works_and_ends(directory: ServiceProcess) -> None:
    async with client(directory, (await begun(directory)).token) as http:
        await http.post("/records", json=estate())
        issued = (await http.post("/tokens", json={"account": "acc-ann", "label": "phone"})).json()
        shown = (await http.get(f"/records/token/{issued['id']}")).json()["body"]
        assert not {"secret", "sha256"} & set(shown)
        async with client(directory, issued["secret"]) as his:
            assert await eventually(lambda: answers_with(his, 200))
            assert (await his.get("/records/account/admin")).status_code == 404
            assert (await his.put("/records/site/s1", json=site_body(phone="1"))).status_code == 403
            assert (await http.delete(f"/tokens/{issued['id']}")).status_code == 204
            assert await eventually(lambda: answers_with(his, 401))


async def answers_with(http: httpx2.AsyncClient, status: int) -> bool:
    return (await http.get("/records/pack")).status_code == status


async def test_somebody_changes_his_own_password_with_the_present_one(directory: ServiceProcess) -> None:
    async with client(directory, (await begun(directory)).token) as http:
        await http.post("/records", json=estate())
        assert (await http.put("/accounts/acc-ann/password", json={"password": "the first one"})).status_code == 204
        assert (await http.put("/accounts/acc-ann/password", json={"password": "short"})).status_code == 422
    await eventually(lambda: known(directory, "acc-ann"))
    async with client(directory, directory.accounts.assert_for("acc-ann")) as his:
        new = {"password": "the second one"}
        assert (await his.put("/accounts/acc-ann/password", json=new)).status_code == 422
        assert (await his.put("/accounts/acc-ann/password", json=new | {"current": "the first one"})).status_code == 204
        assert (await his.put("/accounts/admin/password", json=new)).status_code == 404


@pytest.fixture
async def group() -> AsyncIterator[StandIn]:
    async with stand_in() as server:
        yield server


@pytest.fixture
async def notify(
    around: Surroundings, directory: ServiceProcess, group: StandIn, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[ServiceProcess]:
    monkeypatch.setenv("SHOUWEN_NOTIFY_PLAIN_ROBOT_HOSTS", '["127.0.0.1"]')
    async with client(directory, (await begun(directory)).token) as http:
        assert (await http.post("/records", json=estate(robot=group.url))).status_code == 200
    process = build_notify(around)
    async with alive(process):
        await eventually(lambda: named(process, "ann"))
        await eventually(lambda: known(process, "acc-ann"))
        yield process


async def outcomes(http: httpx2.AsyncClient) -> list[str]:
    items = (await http.get(f"/cases/{CASE}/notices")).json()["items"]
    found = [channel["outcome"] for item in items for channel in item["channels"]]
    return sorted(found) if len(found) == 2 else []


async def test_a_raise_reaches_the_inbox_and_the_group_each_with_its_evidence(
    notify: ServiceProcess, group: StandIn
) -> None:
    letters = [letter(received()), letter(raised(told("ann"), reason="upgrade"))]
    await notify.engine.hear(letters)
    async with client(notify, notify.accounts.assert_for("acc-ann")) as http:
        assert await eventually(lambda: outcomes(http)) == ["notice_delivered", "notice_sent"]
        box = (await http.get("/inbox", params={"limit": 1})).json()
        assert (box["unread"], box["items"][0]["raise_id"], box["items"][0]["severity"]) == (1, "r1", "major")
        assert box["items"][0]["text"].startswith("[Estate One] SZ1-20250304-0001")
        following = (await http.get("/inbox", params={"cursor": box["cursor"]})).json()
        assert following["items"] == []
        assert (await http.post(f"/inbox/{box['items'][0]['id']}/read")).status_code == 200
        assert (await http.get("/inbox", params={"unread": "true"})).json()["unread"] == 0
        assert (await http.post("/inbox/none/read")).status_code == 404
        assert (await http.post("/inbox/read-all")).json() == {"read": 0}
        assert (await http.get("/inbox", params={"cursor": "x"})).status_code == 422
    ((_, body),) = group.requests
    assert body["msgtype"] == "text"
    assert "SZ1-20250304-0001" in body["text"]["content"]


async def test_a_message_for_the_morning_is_not_seen_at_night(notify: ServiceProcess, group: StandIn) -> None:
    morning = NOON + timedelta(hours=20)
    letters = [letter(received()), letter(raised(told("ann", morning)))]
    await notify.engine.hear(letters)
    async with client(notify, notify.accounts.assert_for("acc-ann")) as http:
        assert (await http.get("/inbox")).json()["items"] == []
        clock = notify.clock
        assert isinstance(clock, HandClock)
        clock.set(morning)
        assert await eventually(lambda: outcomes(http)) == ["notice_delivered", "notice_sent"]
        assert len((await http.get("/inbox")).json()["items"]) == 1
    assert len(group.requests) == 1


async def test_another_sites_case_has_no_notices(notify: ServiceProcess) -> None:
    await notify.engine.hear([letter(received())])
    stranger = notify.accounts
    async with client(notify, stranger.assert_for("console")) as http:
        assert (await http.get(f"/cases/{CASE}/notices")).status_code == 404
        assert (await http.get("/inbox")).status_code == 404


async def test_a_telling_outside_is_listed_until_staff_record_it_once(notify: ServiceProcess) -> None:
    asks = NoticeWanted(rule="N-27", to=("borrower",), means=("phone",), zh="请还钥匙", en="Keys, please")
    await notify.engine.hear([letter(received()), letter(heard(asks)), letter(heard(asks, id="m2", version=2))])
    path = f"/cases/{CASE}/outward/m1/seen-to"
    async with client(notify, notify.accounts.assert_for("acc-ann")) as http:
        listed = (await http.get("/outward", params={"site": "s1", "limit": 1})).json()
        following = (await http.get("/outward", params={"cursor": listed["cursor"]})).json()["items"]
        key, said = {"Idempotency-Key": "k"}, {"means": "visit", "to": "王小明", "text": "今晚还"}
        done = [await http.post(path, json=said, headers=key) for _ in range(2)]
        again = await http.post(path, headers={"Accept-Language": "zh"})
        shown = (await http.get(f"/cases/{CASE}/outward", params={"at_least": "notify:1"})).json()
        clock = notify.clock
        assert isinstance(clock, HandClock)
        early = (await http.get("/outward", params={"overdue": "true"})).json()["items"]
        clock.set(NOON + timedelta(hours=25))
        late = (await http.get("/outward", params={"overdue": "true"})).json()["items"]
        assert (await http.get("/outward", params={"site": "s9"})).status_code == 404
        assert (await http.post(f"/cases/{CASE}/outward/m9/seen-to")).status_code == 404
    (first,) = listed["items"]
    assert (first["id"], first["to"], first["text"]["en"], first["possible"]) == (
        "m1",
        ["borrower"],
        "Keys, please",
        True,
    )
    assert (first["due_at"], first["product_default"], first["number"]) == (
        "2025-03-05T12:00:00+08:00",
        True,
        "SZ1-20250304-0001",
    )
    assert [one["id"] for one in following] == ["m2"]
    assert [one.status_code for one in done] == [200, 200]
    assert done[0].json()["version"] == done[1].json()["version"]
    assert (again.status_code, again.json()["detail"]) == (409, "这条告知已经办过了")
    seen, waiting = shown["items"]
    assert (seen["seen_to"]["means"], seen["seen_to"]["by"], seen["seen_to"]["late"]) == ("visit", "ann", False)
    assert (seen["overdue"], seen["possible"], waiting["seen_to"]) == (False, False, None)
    assert (early, [(one["id"], one["overdue"]) for one in late]) == ([], [("m2", True)])
    assert "王小明" not in str(shown)


async def test_another_sites_tellings_are_out_of_sight(notify: ServiceProcess) -> None:
    await notify.engine.hear([letter(received()), letter(heard(NoticeWanted(rule="N-27", to=("borrower",))))])
    async with client(notify, notify.accounts.assert_for("console")) as http:
        assert (await http.get("/outward")).json()["items"] == []
        assert (await http.get(f"/cases/{CASE}/outward")).status_code == 404
        assert (await http.post(f"/cases/{CASE}/outward/m1/seen-to")).status_code in (403, 404)
