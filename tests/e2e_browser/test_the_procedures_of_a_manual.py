"""A manual at the desk: forms that ask for more, steps one by one, money, an emergency, a handover."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e_browser.conftest import Running

Open = Callable[..., Page]

CASE = re.compile(r"/cases/(case-[0-9a-f]{32})")
SHOWN_WITHIN = 15.0
DONE = re.compile("at_least=dispatch")


def put(field: Locator, value: str) -> None:
    """Fill in a field, or choose."""
    if field.evaluate("field => field.tagName") == "SELECT":
        field.select_option(value)
    else:
        field.fill(value)


def logged(page: Page, case_type: str, category: str, content: str, *, site: str = "yunshan", **blanks: str) -> str:
    """Log a matter of that type on the form; answers the case id."""
    page.goto(f"/cases/new?site={site}&case_type={case_type}")
    page.locator("#category").select_option(category)
    page.locator("#content").fill(content)
    for name, value in blanks.items():
        put(page.locator(f"[name='form.{name}']"), value)
    page.get_by_role("button", name="保存并派单").click()
    page.wait_for_url(CASE)
    found = CASE.search(page.url)
    assert found is not None
    return found[1]


def reloaded_until(page: Page, there: str) -> None:
    """Look again until the page shows it."""
    deadline = time.monotonic() + SHOWN_WITHIN
    while page.locator(there).count() == 0:
        assert time.monotonic() < deadline, page.locator("main").inner_text()
        page.reload()


def taken(page: Page, step: str, *, button: str = "办理完毕", **blanks: str) -> None:
    """Take a step of the page with what its form asks."""
    there = page.locator(f"#step-{step}")
    there.locator("summary").click()
    for name, value in blanks.items():
        put(there.locator(f"[name='form.{name}']"), value)
    there.get_by_role("button", name=button, exact=True).click()


def test_a_form_asks_for_more_once_it_is_answered_and_forgets_it_again(opened: Open) -> None:
    page = opened("admin")
    page.goto("/cases/new?site=yunshan&case_type=special_service")
    since = page.locator("[name='form.contract_from']")
    expect(since).to_be_hidden()
    page.locator("[name='form.contract']").select_option("yes")
    expect(since).to_be_visible()
    page.locator("#category").select_option(index=1)
    page.locator("#content").fill("包月保洁")
    page.get_by_role("button", name="保存并派单").click()
    expect(page.locator("#f-form-contract_from-fault")).to_contain_text("没有填")
    expect(page.locator("#content")).to_have_value("包月保洁")
    page.locator("[name='form.contract']").select_option("no")
    expect(since).to_be_hidden()
    page.get_by_role("button", name="保存并派单").click()
    page.wait_for_url(CASE)
    expect(page.locator("main")).to_contain_text("否")


def test_without_scripts_the_whole_form_stands_there_and_works(system: Running, browser: Browser) -> None:
    context = browser.new_context(base_url=system.url, java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto("/sign-in")
    page.locator("#username").fill("admin")
    page.locator("#password").fill(system.password)
    page.get_by_role("button", name="登录").click()
    page.goto("/cases/new?site=yunshan&case_type=complaint")
    page.locator("#case_type").select_option("special_service")
    page.get_by_role("button", name="换表").first.click()
    expect(page.locator("[name='form.contract_from']")).to_be_visible()
    page.locator("#category").select_option(index=1)
    page.locator("#content").fill("包月保洁")
    page.get_by_role("button", name="保存并派单").click()
    page.wait_for_url(CASE)
    expect(page.locator("main")).to_contain_text("包月保洁")
    context.close()


def test_a_key_is_taken_in_lent_and_refused_to_whom_it_may_not_go(opened: Open) -> None:
    page = opened("admin")
    logged(page, "key_custody", "entrusted", "留钥匙")
    expect(page.locator("#step-lend")).to_contain_text("须先办理")
    taken(page, "take_in", key_code="A-3-1", key_count="1.5", no_liability="yes", entrust_signed="yes")
    expect(page.locator("#step-take_in .fault")).to_contain_text("不是整数")
    expect(page.locator("[name='form.key_code']")).to_have_value("A-3-1")
    page.locator("[name='form.key_count']").fill("2")
    page.locator("#step-take_in").get_by_role("button", name="办理完毕").click()
    page.wait_for_url(DONE)
    expect(page.locator("#step-take_in .filled")).to_contain_text("A-3-1")
    lent = {"lent_quantity": "1", "lent_for": "检修", "borrower_phone": "0756-1", "borrower_signed": "yes"}
    taken(page, "lend", borrower_kind="other", **lent)
    expect(page.locator("#step-lend .fault")).to_contain_text("只借给本处员工")
    page.locator("[name='form.borrower_kind']").select_option("staff")
    page.locator("#step-lend").get_by_role("button", name="办理完毕").click()
    page.wait_for_url(DONE)
    expect(page.locator(".clocks")).to_contain_text("CK-KEY-01")


def test_an_emergency_shows_its_steps_as_buttons_and_the_numbers_to_call(opened: Open) -> None:
    page = opened("admin", width=360, height=740)
    logged(page, "emergency", "elevator", "电梯困人")
    expect(page.locator(".numbers")).to_contain_text("消防")
    expect(page.locator("#step-elevator_arrive")).to_contain_text("30 分钟")
    expect(page.locator("#step-elevator_arrive .ours")).to_contain_text("非制度条文")
    page.get_by_role("button", name="通知电梯维保单位").click()
    page.wait_for_url(DONE)
    expect(page.locator("#step-elevator_call")).to_contain_text("✓")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_outcome_chosen_decides_what_a_step_asks(opened: Open) -> None:
    page = opened("admin")
    logged(page, "phone_cover", "hotline", "热线值守", site="haijing")
    there = page.locator("#step-covered")
    there.locator("summary").click()
    hours = there.locator("[name='form.covered_hours']")
    expect(hours).to_be_hidden()
    there.locator("[name='outcome']").select_option("gap")
    expect(hours).to_be_visible()
    there.get_by_role("button", name="办理完毕").click()
    expect(there.locator(".fault")).to_contain_text("没有填")
    hours.fill("20")
    there.get_by_role("button", name="办理完毕").click()
    page.wait_for_url(DONE)
    expect(there).to_contain_text("有空档")


def test_the_same_matter_is_found_and_raised_again_instead_of_logged_twice(opened: Open) -> None:
    page = opened("desk")
    page.goto("/cases/new?site=haijing")
    page.locator("#unit").fill("2-301")
    page.locator("#category").select_option("engineering")
    page.locator("#content").fill("窗户漏雨")
    page.get_by_role("button", name="保存并派单").click()
    page.wait_for_url(CASE)
    first = CASE.search(page.url)
    assert first is not None
    page.goto("/cases/new?site=haijing")
    page.locator("#unit").fill("2-301")
    page.locator("#category").select_option("engineering")
    page.locator("#content").fill("窗户又漏雨了")
    page.locator("#demand").focus()
    expect(page.locator(".alike")).to_contain_text("同一地点")
    page.get_by_role("button", name="记为客户再次反映").first.click()
    page.wait_for_url(re.compile(f"{first[1]}.at_least=intake"))
    expect(page.locator(".timeline").last).to_contain_text("再次")


def test_handling_waits_only_with_the_customers_consent(opened: Open) -> None:
    page = opened("admin")
    page.goto("/cases/new?site=haijing")
    page.locator("#category").select_option("engineering")
    page.locator("#content").fill("夜里的灯")
    page.get_by_role("button", name="保存并派单").click()
    page.wait_for_url(CASE)
    expect(page.locator("details.act summary", has_text="推迟处理")).to_have_count(0)
    consent = page.locator("details.act").filter(has=page.locator("summary", has_text="记录同意"))
    consent.locator("summary").click()
    consent.locator("[name='consent']").select_option("CN-1")
    consent.locator("[name='method']").select_option("phone")
    consent.locator("[name='until']").fill("2099-01-02T09:00")
    consent.get_by_role("button", name="记录同意").click()
    page.wait_for_url(re.compile("at_least=intake"))
    page.goto(page.url.partition("?")[0])
    expect(page.locator("main")).to_contain_text("客户同意")
    put_off = page.locator("details.act").filter(has=page.locator("summary", has_text="推迟处理"))
    put_off.locator("summary").click()
    put_off.locator("[name='until']").fill("2099-01-03T09:00")
    put_off.locator("[name='reason']").fill("客户要睡觉")
    put_off.get_by_role("button", name="推迟处理").click()
    expect(page.locator(".fault")).to_contain_text("客户只同意等到")
    put_off.locator("[name='until']").fill("2099-01-02T08:00")
    put_off.get_by_role("button", name="推迟处理").click()
    page.wait_for_url(DONE)
    expect(page.locator("main")).to_contain_text("推迟到")


def test_a_handover_ends_only_with_every_open_item_accepted(opened: Open) -> None:
    page = opened("admin")
    other = logged(page, "internal_assist", "other", "借梯子", asking_department="工程部")
    logged(page, "shift_handover", "day", "日班交接")
    for step in ("arrived", "previous_log_read"):
        page.locator(f"#step-{step}").get_by_role("button").click()
        page.wait_for_url(DONE)
    listing = page.locator("#step-items_listed")
    listing.locator("summary").click()
    expect(listing.locator("[name='form.items']")).to_have_value(re.compile("借梯子"))
    listing.get_by_role("button", name="办理完毕").click()
    page.wait_for_url(DONE)
    accepting = page.locator("#step-items_accepted")
    accepting.locator("summary").click()
    accepting.get_by_role("button", name="办理完毕").click()
    expect(page.locator("#accepted-fault")).to_contain_text("未接收")
    for box in accepting.locator("[name='accepted']").all():
        box.check()
    expect(accepting.locator(f"[value='{other}']")).to_be_checked()
    accepting.get_by_role("button", name="办理完毕").click()
    page.wait_for_url(DONE)
    expect(page.locator("#step-items_accepted")).to_contain_text("✓")


def test_who_is_to_be_told_outside_is_seen_on_the_list_and_ticked_off(opened: Open) -> None:
    page = opened("admin", width=360, height=740)
    case = logged(page, "notice", "information", "周六停水", kind="phone", targets="40")
    reloaded_until(page, "#outward li.step")
    expect(page.locator("#outward li.step").first).to_contain_text("业主（电话）")
    page.goto("/outward?site=yunshan")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    mine = page.locator("li.of-case").filter(has=page.locator(f"a[href='/cases/{case}#outward']"))
    mine.locator("summary").click()
    mine.locator("[name='told_at']").fill("2099-01-01T09:00")
    mine.locator("[name='to']").fill("全体业主")
    mine.get_by_role("button", name="已告知", exact=True).click()
    expect(page.locator("#outward .fault")).to_contain_text("还没有到")
    page.locator("#outward [name='told_at']").fill("")
    expect(page.locator("#outward [name='to']")).to_have_value("全体业主")
    page.locator("#outward").get_by_role("button", name="已告知", exact=True).click()
    page.wait_for_url(re.compile(f"/cases/{case}#outward"))
    expect(page.locator("#outward")).to_contain_text("✓")
    page.goto("/outward?site=yunshan")
    expect(page.locator(f"a[href='/cases/{case}#outward']")).to_have_count(0)


def test_several_matters_of_one_call_are_logged_together_the_emergency_first(opened: Open) -> None:
    page = opened("admin")
    page.goto("/cases/new?site=yunshan&case_type=complaint")
    page.locator("#unit").fill("99-9")
    page.locator("#category").select_option(index=1)
    page.locator("#content").fill("楼道灯不亮，还说电梯困了人")
    page.get_by_role("button", name="分成几件登记").click()
    page.wait_for_url(re.compile("/cases/split"))
    expect(page.locator("[name='m0.content']")).to_have_value("楼道灯不亮，还说电梯困了人")
    expect(page.locator("[name='unit']")).to_have_value("99-9")
    page.locator("[name='m1.case_type']").select_option("emergency")
    expect(page.locator("[name='m1.category'] option[value='elevator']")).to_have_count(1)
    page.locator("[name='m1.category']").select_option("elevator")
    page.locator("[name='m1.content']").fill("电梯困人")
    page.get_by_role("button", name="核对等级与次序").click()
    expect(page.locator("#matter-1")).to_contain_text("紧急事项，先登记、先派单")
    expect(page.locator("#matter-0")).to_contain_text("第 2 个登记")
    page.get_by_role("button", name="一起保存并派单").last.click()
    expect(page.locator("#s-unit-fault")).to_contain_text("没有这个房号")
    page.locator("[name='unit']").fill("")
    page.get_by_role("button", name="一起保存并派单").last.click()
    expect(page.locator("h1")).to_contain_text("已登记 2 件")
    page.locator("ol.list a").first.click()
    page.wait_for_url(CASE)
    expect(page.locator("main")).to_contain_text("电梯困人")


@pytest.mark.parametrize(
    "path",
    ["/plans", "/manuals", "/manual?pack=G-SAFETY&version=2&site=haijing", "/outward", "/cases/split?site=yunshan"],
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pages_of_manuals_fit_a_phone(opened: Open, path: str, language: str) -> None:
    page = opened("admin", width=360, height=740)
    page.goto(f"/language/{language}?next=/board")
    page.goto(path)
    expect(page.locator("h1")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
