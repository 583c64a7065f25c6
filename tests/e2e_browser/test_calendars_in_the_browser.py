"""An administrator enters a closure on a telephone; a desk reads why a deadline is what it is, scripts or not."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e_browser.test_a_day_at_the_desk import logged

Open = Callable[..., Page]
FAR_AWAY = "2031-06-03"
TELEPHONE = 360


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= TELEPHONE


def test_a_deadline_is_read_interval_by_interval_on_a_telephone(opened: Open) -> None:
    page = opened("desk", width=TELEPHONE)
    logged(page, "楼道灯不亮")
    clock = page.locator(".clock").filter(has_text="CK-CMP-11")
    clock.locator("summary").click()
    pieces = clock.locator(".pieces")
    expect(pieces).to_be_visible()
    expect(pieces).to_contain_text("计入")
    expect(pieces).to_contain_text("计入合计")
    fits(page)


def test_a_closure_is_previewed_corrected_and_approved_on_a_telephone(opened: Open) -> None:
    page = opened("admin", width=TELEPHONE)
    page.get_by_role("link", name="工作日历").click()
    page.goto("/calendars?site=haijing")
    form = page.locator("#change-closure")
    form.locator("summary").click()
    form.get_by_label("日期").first.fill("2031-06-31")
    form.locator("#closure-source").fill("停电检修，物业〔2031〕1号")
    form.locator("#closure-dated").fill("2026-11-20")
    form.get_by_role("button", name="看看会移动哪些期限").click()
    expect(page.locator("#closure-days-fault")).to_contain_text("没有“2031-06-31”这一天")
    expect(page.locator("#closure-source")).to_have_value("停电检修，物业〔2031〕1号")
    fits(page)
    page.locator("#closure-days").fill(FAR_AWAY)
    form.get_by_role("button", name="看看会移动哪些期限").click()
    expect(page.locator("#outlook")).to_contain_text("个期限移动")
    fits(page)
    page.get_by_role("button", name="批准生效").click()
    page.wait_for_url("**approved=1")
    expect(page.get_by_role("status")).to_contain_text("已在 1 个项目生效")
    expect(page.locator("main")).to_contain_text(FAR_AWAY)
    expect(page.locator("main")).to_contain_text("停电检修，物业〔2031〕1号")
    fits(page)


def test_a_desk_is_not_led_to_the_calendars(opened: Open) -> None:
    page = opened("desk")
    expect(page.get_by_role("link", name="工作日历")).to_have_count(0)
    answer = page.goto("/calendars")
    assert answer is not None
    assert answer.status == 403
