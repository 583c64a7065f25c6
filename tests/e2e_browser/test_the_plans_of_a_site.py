"""The duties that come round at a site: a quarter ahead, one left out and taken back, the calendar feed."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e_browser.conftest import Running
from tests.e2e_browser.test_the_procedures_of_a_manual import reloaded_until

Open = Callable[..., Page]


@pytest.fixture
def planned(system: Running, opened: Open) -> Iterator[Page]:
    """An administrator's window, with the duties of Cloud Hill coming round for as long as it is open."""
    page = opened("admin")
    record = "/api/directory/records/site/yunshan"
    headers = {"Authorization": f"Bearer {system.token}"}
    body: dict[str, Any] = page.request.get(record, headers=headers).json()["body"]
    running = {name: value for name, value in body["parameters"].items() if name != "plans"}
    assert page.request.put(record, headers=headers, data=body | {"parameters": running}).ok
    page.goto("/plans?site=yunshan")
    reloaded_until(page, "details.day")  # the plans are another service's, which hears of it in its own time
    yield page
    assert page.request.put(record, headers=headers, data=body).ok


def test_the_quarter_ahead_is_seen_and_a_duty_skipped_and_taken_back(planned: Page) -> None:
    planned.goto("/plans?site=yunshan")
    expect(planned.locator(".waits")).to_contain_text("等待项目参数")
    planned.locator("details.day").nth(3).locator("summary").click()
    planned.locator("details.day").nth(3).get_by_role("link", name="这一次不做").first.click()
    planned.locator("#chosen [name='reason']").fill("停电检修")
    planned.locator("#chosen").get_by_role("button").click()
    expect(planned.locator(".is-skipped").first).to_contain_text("停电检修")
    planned.get_by_role("button", name="恢复").first.click()
    expect(planned.locator(".is-skipped")).to_have_count(0)
    feed = planned.request.get("/plans.ics?site=yunshan")
    assert feed.text().startswith("BEGIN:VCALENDAR")
