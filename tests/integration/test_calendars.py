"""A calendar is put in force with its evidence, after it was seen what it would move; none is ever lost."""

from collections.abc import AsyncIterator

import pytest

from tests.support.calendar_builders import EVIDENCE, NEW_YEAR, calendar_body, case_id, request
from tests.support.calendar_office import TUESDAY, Json, Office, opened_office
from tests.support.directory_builders import account_body
from tests.support.waiting import eventually


@pytest.fixture
async def office(fresh_nats_each: str, fresh_db: str) -> AsyncIterator[Office]:
    async with opened_office(fresh_nats_each, fresh_db) as office:
        yield office


async def test_a_calendar_is_put_in_force_with_its_evidence_and_the_old_one_is_kept(office: Office) -> None:
    put = await office.put(calendar_body("2027", notices=[NEW_YEAR]))
    assert (put.status_code, put.json()["calendar"], put.json()["approved_by"]) == (200, "2027", "admin")
    site = await office.site()
    assert site["calendar"]["evidence"] == EVIDENCE | {
        "approved_by": "admin",
        "approved_at": TUESDAY.isoformat().replace("+00:00", "Z"),
    }
    assert [past["version"] for past in site["past_calendars"]] == ["1"]


async def test_who_approves_against_a_calendar_no_longer_in_force_is_told_who_was_first(office: Office) -> None:
    assert (await office.put(calendar_body("2027", notices=[NEW_YEAR]))).status_code == 200
    late = await office.put(calendar_body("mine"))
    assert late.status_code == 412
    assert "admin approved version 2027" in late.json()["detail"]
    assert EVIDENCE["source"] in late.json()["detail"]


@pytest.mark.parametrize(
    ("calendar", "status", "field", "words"),
    [
        pytest.param(calendar_body("1", start_day="roll_then_add"), 409, "/calendar/version", "1 exists", id="taken"),
        pytest.param(calendar_body("2"), 409, None, "says the same", id="no change"),
        pytest.param(
            calendar_body("2", weekly=[[]] * 7), 422, "/calendar/weekly", "No hour of the week", id="never open"
        ),
        pytest.param(
            calendar_body("2", weekly=[[{"start": 0, "end": 0}]] + [[]] * 6),
            422,
            "/calendar/weekly/0/0",
            "00:00–00:00 on Monday",
            id="no length",
        ),
        pytest.param(calendar_body("2", hours=1), 422, "/calendar/hours", "no such field", id="unknown field"),
        pytest.param(
            calendar_body("2", notices=[NEW_YEAR | {"off": ["2027-02-30"]}]),
            422,
            "/calendar/notices/0/off/0",
            "must be a date",
            id="no such day",
        ),
        pytest.param(
            calendar_body("2", notices=[NEW_YEAR | {"make_up": ["2027-01-08"]}]),
            422,
            "/calendar/notices/0/make_up/0",
            "is a Friday",
            id="a make-up day that is worked anyway",
        ),
        pytest.param(
            calendar_body("2", evidence=EVIDENCE), 422, "/calendar/evidence", "no such field", id="evidence inside"
        ),
    ],
)
async def test_a_calendar_that_cannot_be_is_refused_by_its_field(
    office: Office, calendar: Json, status: int, field: str | None, words: str
) -> None:
    refused = await office.put(calendar)
    told = refused.json()
    assert (refused.status_code, told.get("errors", [{}])[0].get("field")) == (status, field)
    assert words.lower() in told["detail"].lower()
    assert (await office.site())["calendar"]["version"] == "1"


async def test_evidence_of_the_future_is_no_evidence(office: Office) -> None:
    refused = await office.put(calendar_body("2027"), evidence=EVIDENCE | {"dated": "2062-11-10"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "/evidence/dated")


async def test_a_record_written_whole_loses_no_calendar(office: Office) -> None:
    site = await office.site()
    async with office.at(office.directory) as http:
        other = site | {"calendar": calendar_body("1", start_day="roll_then_add")}
        assert (await http.put("/records/site/s1", json=other)).status_code == 409
        other["calendar"]["version"] = "2"
        assert (await http.put("/records/site/s1", json=other)).status_code == 200
        again = await http.put("/records/site/s1", json=other)
        assert (again.status_code, again.json()["why"]) == (200, "unchanged")
        back = await http.put("/records/site/s1", json=site)
        assert (back.status_code, back.json()["errors"][0]["field"]) == (409, "/calendar/version")
    written = await office.site()
    assert (written["calendar"]["version"], [past["version"] for past in written["past_calendars"]]) == ("2", ["1"])


async def test_a_preview_names_what_would_move_page_by_page(office: Office) -> None:
    await office.escalation.engine.hear([request(number, TUESDAY) for number in (1, 2, 3)])
    await office.escalation.engine.hear([request(4, TUESDAY, "s2")])
    first = await office.preview(calendar_body("2027", notices=[NEW_YEAR]), limit=2)
    assert (first["open_cases"], first["looked_at"], first["cursor"]) == (3, 2, case_id(2))
    assert [(one["case"], one["clock"]) for one in first["moved"]] == [(case_id(number), "CK-WD") for number in (1, 2)]
    assert first["moved"][0]["due_at"] == "2027-01-01T16:00:00+00:00"
    assert first["moved"][0]["would_be"] == "2027-01-06T16:00:00+00:00"
    second = await office.preview(calendar_body("2027", notices=[NEW_YEAR]), limit=2, cursor=first["cursor"])
    assert (second["moved_total"], second["cursor"], second["provisional"]) == (1, None, [])
    same = await office.preview(calendar_body("x"))
    assert (same["moved"], same["provisional"]) == ([], [2027])
    async with office.at(office.escalation) as http:
        asked = {"site": "s1", "calendar": calendar_body("x"), "cursor": "\0"}
        assert (await http.post("/calendars/preview", json=asked)).status_code == 422


async def test_calendars_are_for_those_who_may_see_the_site_and_changes_for_its_administrators(office: Office) -> None:
    async with office.at(office.directory) as http:
        records = [
            {"record": "account", "key": key, "body": account_body(key, (site, right))}
            for key, site, right in (("viewer", "s1", "lead"), ("stranger", "s2", "admin"))
        ]
        assert (await http.post("/records", json={"records": records})).status_code == 200
    await eventually(lambda: signed_up(office, "stranger"))
    asked = {"calendar": calendar_body("2", start_day="roll_then_add"), "evidence": EVIDENCE, "replaces": "1"}
    answers: dict[str, list[int]] = {}
    for who in ("viewer", "stranger"):
        bearer = office.escalation.accounts.assert_for(who)
        async with office.at(office.directory, bearer) as directory, office.at(office.escalation, bearer) as escalation:
            answers[who] = [
                (await directory.put("/sites/s1/calendar", json=asked)).status_code,
                (await directory.put("/sites/none/calendar", json=asked)).status_code,
                (
                    await escalation.post("/calendars/preview", json={"site": "s1", "calendar": calendar_body()})
                ).status_code,
                (await escalation.get("/calendars/s1")).status_code,
                len((await escalation.get("/calendars")).json()["items"]),
            ]
    assert answers == {"viewer": [403, 404, 403, 200, 1], "stranger": [404, 404, 404, 404, 1]}
    async with office.at(office.escalation) as http:
        assert (await http.get("/calendars/none")).status_code == 404


async def signed_up(office: Office, account: str) -> bool:
    return all(process.accounts.account(account) for process in (office.directory, office.escalation))
