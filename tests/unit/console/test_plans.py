"""Duties that come round, on their page."""

from dataclasses import replace
from typing import Any

import httpx2
import pytest

from services.console.api import pages
from services.console.api.plans import by_day
from services.console.views.assets import Assets
from tests.support.console_builders import HOST, SIGNED_IN, Services, browsing, means

HOSTILE = "<script>alert(1)</script>"
SHANGHAI = "Asia/Shanghai"
PATH = "/api/intake/plans/s1/R-95/2025-03"


def duty(**more: Any) -> dict[str, Any]:
    """A duty that waits."""
    usual: dict[str, Any] = {"rule": "R-95", "period": "2025-03", "name": {"zh": "管理指标", "en": "Figures"}}
    usual |= {"opens_at": "2025-03-01T00:00:00+08:00", "due_at": "2025-04-01T00:00:00+08:00", "remind_at": None}
    usual |= {"source": "004", "product_default": True, "each_unit": False, "state": "waiting", "skipped": None}
    return usual | {"case": None} | more


def intake(*duties: dict[str, Any], **more: tuple[int, Any]) -> Services:
    """Intake with these duties, and one plan that waits for a number."""
    wait = {"rule": "R-96", "name": {"zh": "周报", "en": "Weekly"}, "source": "004", "lacks": ["weekly_day"]}
    wait |= {"manual": {"zh": "每周", "en": "weekly"}, "sentence": "等待项目参数：weekly_day"}
    answer = {"site": "s1", "duties": list(duties), "waiting": [wait]}
    answers: dict[str, tuple[int, Any]] = {"GET /api/intake/plans": (200, answer)}
    return Services(answers | more)


async def test_the_quarter_ahead_and_what_waits_for_a_number_are_shown() -> None:
    async with browsing(intake(duty()), right="view") as client:
        page = (await client.get("/plans?site=s1")).text
    assert "管理指标" in page
    assert "2025-03-31 24:00" in page
    assert "产品默认值" in page
    assert "等待项目参数：weekly_day" in page
    assert "/api/intake/plans.ics?site=s1" in page


@pytest.mark.parametrize(("right", "offered"), [("lead", True), ("desk", False)])
async def test_whoever_leads_may_skip(right: str, *, offered: bool) -> None:
    async with browsing(intake(duty()), right=right) as client:
        page = (await client.get("/plans?site=s1&rule=R-95&period=2025-03")).text
    assert ('action="/plans/s1/R-95/2025-03/skip"' in page) is offered


async def test_a_duty_is_skipped_with_its_reason() -> None:
    services = intake(duty(), **{f"POST {PATH}/skip": (200, {})})
    async with browsing(services) as client:
        answer = await client.post("/plans/s1/R-95/2025-03/skip", data={"reason": "停电"})
    assert services.body(f"{PATH}/skip") == {"reason": "停电"}
    assert answer.headers["location"] == "/plans?site=s1&rule=R-95&period=2025-03#chosen"


async def test_a_skip_that_is_refused_stands_at_its_duty_with_what_was_typed() -> None:
    refusal = {"detail": "这项计划已经开始", "errors": []}
    async with browsing(intake(duty(), **{f"POST {PATH}/skip": (409, refusal)})) as client:
        answer = await client.post("/plans/s1/R-95/2025-03/skip", data={"reason": HOSTILE})
    assert answer.status_code == 409
    assert "这项计划已经开始" in answer.text
    assert 'value="&lt;script&gt;' in answer.text


async def test_a_skipped_duty_says_why_and_can_be_taken_back() -> None:
    skipped = {"by": "ann", "at": "2025-03-01T10:00:00+08:00", "reason": HOSTILE}
    services = intake(duty(state="skipped", skipped=skipped), **{f"POST {PATH}/restore": (200, {})})
    async with browsing(services) as client:
        page = (await client.get("/plans?site=s1")).text
        answer = await client.post("/plans/s1/R-95/2025-03/restore")
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
    assert answer.status_code == 303


@pytest.mark.parametrize(("numbers", "switched_off"), [({"plans": "off"}, True), ({}, False)])
async def test_an_empty_quarter_says_whether_planned_duties_are_switched_off(
    numbers: dict[str, str | int], *, switched_off: bool
) -> None:
    known = means(intake(), right="view")
    known.book.put_site(replace(known.book.site("s1"), parameters=numbers))
    transport = httpx2.ASGITransport(app=pages(known, Assets()))
    async with httpx2.AsyncClient(base_url=HOST, transport=transport, cookies=SIGNED_IN) as client:
        page = (await client.get("/plans?site=s1")).text
    assert ("停用了计划事项" in page) is switched_off
    assert ("未来一个季度没有计划" in page) is not switched_off


async def test_there_is_no_other_act() -> None:
    async with browsing(intake()) as client:
        assert (await client.post("/plans/s1/R-95/2025-03/delete")).status_code == 404


def test_what_is_due_at_midnight_belongs_to_the_day_that_ends() -> None:
    noon = duty(due_at="2025-04-01T12:00:00+08:00")
    assert [day for day, _ in by_day([duty(), noon], SHANGHAI)] == ["2025-03-31", "2025-04-01"]
