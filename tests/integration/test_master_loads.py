"""Files of residents into the register: a dry run first, then all or nothing, then only what differs, and back."""

from collections.abc import AsyncIterator

import pytest
from httpx2 import AsyncClient

from services.intake.app import IntakeProcess
from tests.support.master_system import (
    RESIDENTS,
    applied,
    asking,
    checked,
    estate,
    found,
    handed_in,
    intake_on,
    job_of,
    keys,
    resident,
    settled,
    sheet,
)

CHEN = resident("3-1201", "陈静", "13800138000", number="Z1", note="养狗")
ZENG = resident("3-1202", "曾强", "0755-83991234", number="Z2")
LI = resident("3-1203", "李四", number="Z3")
SU = resident("3-1204", "苏三", number="Z4")
HE = resident("3-1205", "何五", number="Z5")
ALL = (CHEN, ZENG, LI, SU, HE)


@pytest.fixture
async def process(fresh_db: str) -> AsyncIterator[IntakeProcess]:
    async with intake_on(fresh_db) as process:
        yield process


@pytest.fixture
async def client(process: IntakeProcess) -> AsyncIterator[AsyncClient]:
    async with asking(process) as client:
        yield client


async def test_a_dry_run_changes_nothing_and_says_what_it_would(process: IntakeProcess, client: AsyncClient) -> None:
    job = await checked(process, client, sheet(RESIDENTS, *ALL))

    assert (job["state"], job["possible"], job["findings_total"]) == ("checked", ["apply", "discard"], 0)
    assert job["counts"]["residents"]["new"] == 5
    assert job["counts"]["units"]["new"] == 5
    assert await estate(process) == {}
    changes = (await client.get(f"/master-files/{job['job']}/changes")).json()["items"]
    chen = next(each for each in changes if each["id"] == "Z1")
    assert (chen["kind"], chen["what"], chen["before"]) == ("residents", "new", None)
    assert chen["after"]["name"] == "陈静"


async def test_what_is_applied_is_found_by_unit_name_pinyin_and_phone(
    process: IntakeProcess, client: AsyncClient
) -> None:
    job = await applied(process, client, sheet(RESIDENTS, *ALL))

    assert (job["state"], job["possible"]) == ("applied", ["undo"])
    assert [await found(client, typed) for typed in ("3-1202", "静", "cj", "zengq", "8000", "83991234")] == [
        ["曾强"],
        ["陈静"],
        ["陈静"],
        ["曾强"],
        ["陈静"],
        ["曾强"],
    ]


async def test_the_same_file_again_changes_nothing_and_says_so(process: IntakeProcess, client: AsyncClient) -> None:
    await applied(process, client, sheet(RESIDENTS, *ALL))
    before = await estate(process), await keys(process)

    again = await applied(process, client, sheet(RESIDENTS, *ALL))

    assert (again["changes"], again["counts"]["residents"]["same"]) == (0, 5)
    assert (await estate(process), await keys(process)) == before


async def test_only_what_differs_is_changed(process: IntakeProcess, client: AsyncClient) -> None:
    await applied(process, client, sheet(RESIDENTS, *ALL))
    renamed = resident("3-1203", "李思", number="Z3")

    job = await applied(process, client, sheet(RESIDENTS, CHEN, ZENG, renamed, SU, HE))

    assert job["counts"]["residents"] == {"same": 4, "changed": 1, "wrong": 0}
    changes = (await client.get(f"/master-files/{job['job']}/changes")).json()["items"]
    assert [(each["id"], each["before"]["name"], each["after"]["name"]) for each in changes] == [("Z3", "李四", "李思")]
    assert await found(client, "李四") == []
    assert await found(client, "lis") == ["李思"]


async def test_leavers_are_ended_and_found_only_when_asked_for(process: IntakeProcess, client: AsyncClient) -> None:
    await applied(process, client, sheet(RESIDENTS, *ALL))

    job = await applied(process, client, sheet(RESIDENTS, ZENG, LI, SU, HE))

    assert job["counts"]["residents"] == {"same": 4, "ended": 1, "wrong": 0}
    assert (await estate(process))["residents", "Z1"][0]["name"] == "陈静"
    assert await found(client, "cj") == []
    assert await found(client, "cj", ended="true") == ["陈静"]


async def test_leavers_are_kept_where_that_is_asked(process: IntakeProcess, client: AsyncClient) -> None:
    await applied(process, client, sheet(RESIDENTS, *ALL))

    job = await applied(process, client, sheet(RESIDENTS, ZENG), leavers="keep")

    assert job["changes"] == 0
    assert await found(client, "cj") == ["陈静"]


async def test_whoever_comes_back_is_begun_again(process: IntakeProcess, client: AsyncClient) -> None:
    await applied(process, client, sheet(RESIDENTS, *ALL))
    await applied(process, client, sheet(RESIDENTS, ZENG, LI, SU, HE))

    job = await applied(process, client, sheet(RESIDENTS, *ALL))

    assert job["counts"]["residents"] == {"same": 4, "back": 1, "wrong": 0}
    assert await found(client, "cj") == ["陈静"]


async def test_a_day_of_leaving_that_has_passed_ends_and_one_to_come_does_not(
    process: IntakeProcess, client: AsyncClient
) -> None:
    gone = resident("3-1201", "陈静", number="Z1", left="2025-04-09")
    going = resident("3-1202", "曾强", number="Z2", left="2025-04-10")

    await applied(process, client, sheet(RESIDENTS, gone, going))

    assert await found(client, "3-120") == ["曾强"]
    assert await found(client, "3-120", ended="true") == ["陈静", "曾强"]


async def test_a_file_that_would_end_many_needs_a_second_word(process: IntakeProcess, client: AsyncClient) -> None:
    await applied(process, client, sheet(RESIDENTS, *ALL))
    job = await checked(process, client, sheet(RESIDENTS, CHEN, ZENG, LI))

    refused = await client.post(f"/master-files/{job['job']}/apply", json={})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:shouwen:problem:ends_many")
    taken = await client.post(f"/master-files/{job['job']}/apply", json={"end_many": True})
    assert taken.status_code == 202
    await settled(process)
    assert await found(client, "3-120") == ["陈静", "曾强", "李四"]


async def test_a_column_the_file_does_not_have_says_nothing(process: IntakeProcess, client: AsyncClient) -> None:
    await applied(process, client, sheet(RESIDENTS, *ALL))
    short = sheet(["编号", "房号", "姓名", "备注"], *([row[0], row[1], row[2], ""] for row in ALL))

    job = await applied(process, client, short)

    body = (await estate(process))["residents", "Z1"][0]
    assert body["phone"] == "13800138000"
    assert "note" not in body
    assert job["counts"]["residents"] == {"same": 4, "changed": 1, "wrong": 0}


async def test_findings_refuse_the_whole_file(process: IntakeProcess, client: AsyncClient) -> None:
    job = await checked(process, client, sheet(RESIDENTS, CHEN, resident("3-1202", "曾强", "110", number="Z2")))

    assert (job["state"], job["findings_total"], job["counts"]["residents"]["wrong"]) == ("refused", 1, 1)
    (finding,) = (await client.get(f"/master-files/{job['job']}/findings")).json()["items"]
    assert (finding["row"], finding["column"]["zh"], finding["value"]) == (3, "电话", "110")
    assert finding["right"]["zh"]
    assert finding["right"]["en"]
    refused = await client.post(f"/master-files/{job['job']}/apply", json={})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:shouwen:problem:has_findings")
    assert await estate(process) == {}
    report = await client.get(f"/master-files/{job['job']}/findings.csv")
    assert report.headers["content-type"].startswith("text/csv")
    assert "110" in report.text


async def test_undo_puts_everything_back_as_it_was(process: IntakeProcess, client: AsyncClient) -> None:
    await applied(process, client, sheet(RESIDENTS, *ALL))
    before = await estate(process), await keys(process)
    renamed = resident("3-1203", "李思", number="Z3")
    added = resident("3-1201", "钱七", number="Z9")
    job = await applied(process, client, sheet(RESIDENTS, ZENG, renamed, SU, HE, added))

    response = await client.post(f"/master-files/{job['job']}/undo")
    assert response.status_code == 202, response.text
    await settled(process)

    assert (await job_of(client, job["job"]))["state"] == "undone"
    assert (await estate(process), await keys(process)) == before


async def test_undo_is_refused_where_somebody_changed_the_same_record_later(
    process: IntakeProcess, client: AsyncClient
) -> None:
    job = await applied(process, client, sheet(RESIDENTS, *ALL))
    later = await applied(process, client, sheet(RESIDENTS, *ALL[1:], resident("3-1201", "陈靖", number="Z1")))

    refused = await client.post(f"/master-files/{job['job']}/undo")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:shouwen:problem:changed_since")
    await client.post(f"/master-files/{later['job']}/undo")
    await settled(process)
    assert (await client.post(f"/master-files/{job['job']}/undo")).status_code == 202
    await settled(process)
    assert await estate(process) == {}
    assert await keys(process) == []


async def test_a_register_that_moved_on_has_the_load_checked_again(process: IntakeProcess, client: AsyncClient) -> None:
    await applied(process, client, sheet(RESIDENTS, *ALL))
    job = await checked(process, client, sheet(RESIDENTS, *ALL[:4], resident("3-1205", "何武", number="Z5")))
    await client.put("/sites/s1/residents", json=[{"id": "Z1", "unit": "3-1201", "name": "陈婧"}])

    refused = await client.post(f"/master-files/{job['job']}/apply", json={})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:shouwen:problem:register_changed")
    await settled(process)

    again = await job_of(client, job["job"])
    assert (again["state"], again["trouble"]["why"]) == ("checked", "register_changed")
    assert again["counts"]["residents"] == {"same": 3, "changed": 2, "wrong": 0}
    assert (await client.post(f"/master-files/{job['job']}/apply", json={})).status_code == 202
    await settled(process)
    assert await found(client, "3-120") == ["陈静", "曾强", "李四", "苏三", "何武"]


async def test_residents_put_one_by_one_keep_what_a_file_said_beside(
    process: IntakeProcess, client: AsyncClient
) -> None:
    await applied(process, client, sheet(RESIDENTS, *ALL))
    await applied(process, client, sheet(RESIDENTS, *ALL[1:]))

    await client.put(
        "/sites/s1/residents", json=[{"id": "Z1", "unit": "3-1201", "name": "陈婧", "phone": "13900139000"}]
    )

    body, until = (await estate(process))["residents", "Z1"]
    assert (body["name"], body["phone"], body["note"], until) == ("陈婧", "13900139000", "养狗", None)
    assert await found(client, "13900139") == ["陈婧"]


async def test_a_checked_load_can_be_thrown_away(process: IntakeProcess, client: AsyncClient) -> None:
    job = await checked(process, client, sheet(RESIDENTS, *ALL))

    assert (await client.delete(f"/master-files/{job['job']}")).status_code == 204

    assert (await client.get(f"/master-files/{job['job']}")).status_code == 404
    await settled(process)
    assert (await client.get("/master-files", params={"site": "s1"})).json()["items"] == []


async def test_a_second_load_of_a_site_waits_for_the_first(process: IntakeProcess, client: AsyncClient) -> None:
    await handed_in(client, sheet(RESIDENTS, *ALL), name="first.csv")

    second = await client.post("/master-files", params={"site": "s1", "name": "b.csv"}, content=b"x")

    assert (second.status_code, second.json()["type"]) == (409, "urn:shouwen:problem:load_in_progress")
    assert "first.csv" in second.json()["detail"]
    assert "admin" in second.json()["detail"]
    await settled(process)
    await handed_in(client, sheet(RESIDENTS, *ALL), name="b.csv")


@pytest.mark.parametrize(
    ("who", "site", "status"), [("desk", "s1", 403), ("far", "s1", 404), ("admin", "s4", 404), ("admin", "s77", 404)]
)
async def test_only_an_administrator_of_the_site_hands_in(
    process: IntakeProcess, who: str, site: str, status: int
) -> None:
    async with asking(process, who) as somebody:
        answer = await somebody.post("/master-files", params={"site": site, "name": "a.csv"}, content=b"x")
        assert answer.status_code == status
        assert (await somebody.get("/master-files", params={"site": site})).status_code == status


async def test_a_load_of_another_site_does_not_exist(process: IntakeProcess, client: AsyncClient) -> None:
    job = (await checked(process, client, sheet(RESIDENTS, *ALL)))["job"]
    routes = [("GET", ""), ("GET", "/findings"), ("GET", "/changes"), ("GET", "/findings.csv"), ("POST", "/apply")]
    async with asking(process, "far") as far, asking(process, "desk") as desk:
        for method, path in [*routes, ("POST", "/undo"), ("DELETE", "")]:
            body: dict[str, str] | None = {} if path == "/apply" else None
            assert (await far.request(method, f"/master-files/{job}{path}", json=body)).status_code == 404
            assert (await desk.request(method, f"/master-files/{job}{path}", json=body)).status_code == 403


async def test_templates_come_in_both_forms(client: AsyncClient) -> None:
    for name in ("residents.xlsx", "residents.csv", "all.xlsx"):
        answer = await client.get(f"/master-templates/{name}", params={"site": "s1"})
        assert answer.status_code == 200
        assert answer.content
    for name in ("all.csv", "pets.xlsx"):
        assert (await client.get(f"/master-templates/{name}")).status_code == 404
