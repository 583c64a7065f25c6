"""Steps by HTTP, on a real broker and database: taken once, shown to those who may see them, refused in words."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from services.dispatch.app import build
from shared.contracts.directory import Account
from shared.contracts.envelope import Fact, Heading
from shared.contracts.fold import Grant
from shared.contracts.intake import ConsentRecorded
from shared.organisation.records import Appointment, Department, Named, Person
from shared.packs.loader import builtin_pack
from shared.process.service import ServiceProcess
from shared.rules.book import Book
from shared.rules.steps import Gate
from shared.schema.migrating import migrate
from shouwen.embedded import NatsServer
from shouwen.places import migrations_of
from tests.support.delivering import stranger
from tests.support.dispatch_builders import CASE_ID, EVER, SITE, book_of, person, request
from tests.support.step_builders import DEPOSIT, ISSUE, NAME, PASSES, PAY, REFUND, step
from tests.support.system import alive, provisioned, surrounded
from tests.support.waiting import eventually
from tests.support.wired import caller_of

SIGN, OVER = step("sign", by=("branch_gm",), before=(Gate.COMPLETE,)), step("over", takes_over=True)
STEPS = (PAY, REFUND, ISSUE, step("lock", needs=("CN-7",)), SIGN, OVER)
PEOPLE = {"worker": "engineering_dept", "guest": "guest", "manager": "branch_gm"}
LANGUAGES = {"zh": "还有 1 件未接收：SZ1-9", "en": "1 not accepted yet: SZ1-9"}
RIGHTS = {"worker": "work", "guest": "view", "manager": "view", "vendor": "work"}


def directory() -> Book:
    book, pack = book_of(), builtin_pack("P001/3")
    kind = replace(pack.case_types["complaint"], steps=STEPS, money=(DEPOSIT, PASSES))
    book.put_pack(replace(pack, case_types={**pack.case_types, kind.id: kind}))
    book.put_department(Department("d-lifts", SITE, Named("电梯公司", "Lifts"), "lift_vendor", internal=False))
    for id_, role in PEOPLE.items():
        book.put_person(person(id_, role))
    post = Appointment(SITE, "lift_vendor", EVER, department="d-lifts")
    book.put_person(Person("vendor", "外人", appointments=(post,)))
    return book


class Desk:
    """The API in the hands of several people."""

    def __init__(self, process: ServiceProcess, client: httpx2.AsyncClient, url: str) -> None:
        self._process, self._client, self._url = process, client, url

    async def asks(self, who: str, method: str, path: str, body: Any = None, **headers: str) -> httpx2.Response:
        bearer = {"Authorization": f"Bearer {self._process.accounts.assert_for(who)}"}
        return await self._client.request(method, f"/cases{path}", json=body, headers=bearer | headers)

    async def takes(self, step_: str, body: Any = None, who: str = "worker", **headers: str) -> httpx2.Response:
        return await self.asks(who, "POST", f"/{CASE_ID}/steps/{step_}", body, **headers)

    async def sees(self, who: str = "worker") -> dict[str, Any]:
        shown: dict[str, Any] = (await self.asks(who, "GET", f"/{CASE_ID}")).json()
        return shown

    async def hears(self, fact: Fact, version: int, case: str = CASE_ID) -> None:
        """Let intake say something."""
        at = datetime(2025, 3, 4, 2, version, tzinfo=UTC)
        heading = Heading(f"{version:016x}{case[-16:]}", fact.wire_kind(), case, at, version, case)
        async with stranger(self._url) as nc:
            await nc.jetstream().publish(
                fact.subject(heading), fact.model_dump_json().encode(), headers=heading.headers()
            )


@pytest.fixture
async def desk(own_broker: NatsServer, fresh_db: str) -> AsyncIterator[Desk]:
    async with opened(own_broker, fresh_db) as place:
        await place.hears(request(), 1)

        async def known() -> bool:
            return (await place.asks("worker", "GET", f"/{CASE_ID}")).status_code == 200

        await eventually(known)
        yield place


@asynccontextmanager
async def opened(broker: NatsServer, dsn: str) -> AsyncIterator[Desk]:
    await provisioned(broker.url)
    async with surrounded(broker.url, dsn) as around:
        await migrate(around.db, "dispatch", migrations_of("dispatch"))
        process = build(around)
        async with alive(process), caller_of(process) as client:
            process.book.__dict__.update(directory().__dict__)
            for id_, right in RIGHTS.items():
                process.accounts.put_account(Account(id_, id_, id_, person=id_, grants=(Grant(SITE, right),)))
            yield Desk(process, client, broker.url)


async def test_a_step_is_taken_once_and_shown_with_what_is_possible_now(desk: Desk) -> None:
    before = {one["id"]: one for one in (await desk.sees())["steps"]}
    taken = await desk.takes("pay", {"form": {"number": 2}}, **{"Idempotency-Key": "k1"})
    again = await desk.takes("pay", {"form": {"number": 2}}, **{"Idempotency-Key": "k1"})
    shown = await desk.sees()
    pay = next(one for one in shown["steps"] if one["id"] == "pay")

    assert before["pay"]["possible"]
    assert before["pay"]["form"][0] | {"when": None} == {
        "id": "number",
        "name": {"zh": "一步", "en": "a step"},
        "kind": "count",
        "required": True,
        "personal": False,
        "choices": [],
        "refused": {},
        "at_least": None,
        "at_most": None,
        "not_before": [],
        "pattern": None,
        "when": None,
    }
    assert (taken.status_code, again.status_code, taken.json()["version"]) == (200, 200, again.json()["version"])
    assert (pay["possible"], pay["why"]["word"], pay["taken"]["by"]) == (False, "already_taken", "worker")
    assert shown["owed"] == {"complete": ["sign"]}
    assert [(one["item"], one["paid"], one["held"]) for one in shown["ledger"]] == [
        ("deposit", "1000.00", "1000.00"),
        ("passes", "100.00", "100.00"),
    ]


@pytest.mark.parametrize(
    ("who", "word", "body", "status", "why"),
    [
        pytest.param("worker", "moon", {}, 404, "unknown_step", id="unknown"),
        pytest.param("worker", "sign", {}, 403, "not_your_step", id="another's"),
        pytest.param("guest", "pay", {"form": {"number": 1}}, 403, "no_right", id="no right"),
        pytest.param("vendor", "pay", {"form": {"number": 1}}, 404, "unknown", id="an outside party"),
        pytest.param("worker", "lock", {}, 409, "consent_missing", id="no consent"),
        pytest.param("worker", "pay", {"form": {"number": "1.5"}}, 422, "form_fraction", id="half a worker"),
        pytest.param("worker", "refund", {"form": {"sum": "0.01"}}, 422, "above_held", id="more than was paid"),
        pytest.param("worker", "pay", {"form": {str(n): 1 for n in range(201)}}, 422, "invalid", id="too many"),
    ],
)
async def test_a_refusal_says_what_is_wrong_where_and_what_would_be_right(
    desk: Desk, who: str, word: str, body: Any, status: int, why: str
) -> None:
    answer = await desk.takes(word, body, who)
    problem = answer.json()

    assert (answer.status_code, problem["type"].rpartition("/")[2].rpartition(":")[2]) == (status, why), problem
    assert problem["detail"]
    assert not any("\u4e00" <= sign <= "\u9fff" for sign in problem["detail"]), "an English reader"


async def test_an_act_waits_for_a_step_of_somebody_else(desk: Desk) -> None:
    assert (await desk.asks("worker", "POST", f"/{CASE_ID}/accept")).status_code == 200
    waits = await desk.asks("worker", "POST", f"/{CASE_ID}/complete")
    signed = await desk.takes("sign", {}, "manager")

    assert (waits.status_code, waits.json()["detail"]) == (409, "complete: these steps come first: a step")
    assert signed.status_code == 200
    assert (await desk.asks("worker", "POST", f"/{CASE_ID}/complete")).status_code == 200


async def test_a_consent_of_intake_opens_the_way_and_a_case_waits_until_then(desk: Desk) -> None:
    until = datetime(2190, 1, 1, tzinfo=UTC)
    for version, consent in ((2, "CN-7"), (3, "CN-1")):
        await desk.hears(ConsentRecorded(consent=consent, by="p-1"), version)

    async def on_record() -> bool:
        return bool((await desk.sees())["consents"] == ["CN-1", "CN-7"])

    await eventually(on_record)
    deferred = await desk.asks("worker", "POST", f"/{CASE_ID}/defer", {"until": until.isoformat(), "reason": "白天"})

    assert (await desk.takes("lock")).status_code == 200
    assert datetime.fromisoformat(deferred.json()["deferred_until"]) == until


async def test_names_of_persons_are_shown_to_those_who_work_on_the_case(desk: Desk) -> None:
    await desk.takes("issue", {"form": {"workers": ["张三", "李四"]}})

    assert (await desk.sees())["rolls"] == {"passes": {"count": 2, "names": ["张三", "李四"], "scope": "case"}}
    assert (await desk.sees("guest"))["rolls"] == {"passes": {"count": 2, "names": None, "scope": "case"}}


async def test_somebody_of_an_outside_party_lists_its_own_orders_only(desk: Desk) -> None:
    listed = {who: (await desk.asks(who, "GET", "")).json()["items"] for who in ("worker", "vendor")}

    assert [one["entity"] for one in listed["worker"]] == [CASE_ID]
    assert listed["vendor"] == []
    assert (await desk.asks("vendor", "GET", f"/{CASE_ID}")).status_code == 404
    assert NAME.en in str((await desk.sees("guest"))["steps"])


async def test_a_shift_is_not_taken_over_while_an_item_of_the_site_is_left_behind(desk: Desk) -> None:
    other = f"case-{9:032x}"
    await desk.hears(request(number="SZ1-9"), 1, other)

    async def listed() -> bool:
        return (await desk.asks("worker", "GET", f"/{other}")).status_code == 200

    await eventually(listed)
    open_now = (await desk.asks("guest", "GET", f"/{CASE_ID}/open-items")).json()
    left = {
        lang: await desk.takes("over", {}, **{"Accept-Language": lang, "Idempotency-Key": "a"}) for lang in LANGUAGES
    }
    vendor = await desk.asks("vendor", "GET", f"/{CASE_ID}/open-items")
    again = {"Idempotency-Key": "b"}
    late = f"case-{8:032x}"
    noted = datetime.fromisoformat(open_now["as_of"])
    await desk.hears(request(number="SZ1-8", received_at=noted, logged_at=noted + timedelta(minutes=5)), 1, late)

    async def waits() -> bool:
        return (await desk.asks("worker", "GET", f"/{late}")).status_code == 200

    await eventually(waits)
    unseen = await desk.takes("over", {"accepted_at": open_now["as_of"]}, **{"Idempotency-Key": "c"})
    seen = {"accepted_at": open_now["as_of"], "accepted": [late]}
    taken = [await desk.takes("over", seen, **again) for _ in range(2)]

    assert "SZ1-8" in unseen.json()["detail"]
    assert [(one["entity"], one["number"], one["handover"]) for one in open_now["items"]] == [(other, "SZ1-9", True)]
    assert {lang: answer.json()["detail"] for lang, answer in left.items()} == LANGUAGES
    assert left["en"].json()["errors"][0]["field"] == "/accepted"
    assert vendor.status_code == 404
    assert [one.status_code for one in taken] == [200, 200]
    assert taken[0].json()["version"] == taken[1].json()["version"]
