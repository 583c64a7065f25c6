"""People at their screens: the desk logs, the wall shows, the department acts, the customer is satisfied."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

Open = Callable[..., Page]

CASE = re.compile(r"/cases/(case-[0-9a-f]{32})")
LOST_WITHIN = 10_000
PAGES = ("/board", "/cases/new", "/cases", "/incidents", "/registers", "/inbox")


def logged(page: Page, content: str, *, site: str = "haijing", category: str = "engineering") -> str:
    """Log a matter on the form; answers the case id."""
    page.goto(f"/cases/new?site={site}")
    page.get_by_label("类别").select_option(category)
    page.get_by_label("内容").fill(content)
    page.get_by_role("button", name="保存并派单").click()
    page.wait_for_url(CASE)
    found = CASE.search(page.url)
    assert found is not None
    return found[1]


def act(page: Page, title: str, **choices: str) -> None:
    """Open a form of the case page, fill it and send it."""
    form = page.locator("details.act").filter(has=page.locator("summary", has_text=re.compile(f"^{title}$")))
    form.locator("summary").click()
    for name, value in choices.items():
        field = form.locator(f"[name='{name}']")
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    form.get_by_role("button", name=title, exact=True).click()
    page.wait_for_url(re.compile("at_least="))


def live(page: Page) -> Page:
    """The board, once it hears the log."""
    page.goto("/board")
    expect(page.locator("#live")).to_have_attribute("data-state", "on")
    return page


def test_the_resident_is_found_while_typing_and_the_promise_is_read_before_saving(opened: Open) -> None:
    page = opened("desk")
    page.goto("/cases/new?site=haijing")
    page.get_by_label("房号").press_sequentially("1-10")
    page.locator(".resident").first.click()
    expect(page.get_by_label("姓名")).not_to_have_value("")
    expect(page.get_by_label("电话")).not_to_have_value("")
    page.get_by_label("类别").select_option("engineering")
    expect(page.locator("#promises")).to_contain_text("前答复您")
    page.get_by_label("内容").fill("楼上漏水")
    promised = page.locator("#promises li b").all_inner_texts()
    page.get_by_role("button", name="保存并派单").click()
    page.wait_for_url(CASE)
    assert len(page.locator(".promised li b").all_inner_texts()) == len(promised) > 0


def test_what_is_missing_is_said_at_its_field_and_nothing_typed_is_lost(opened: Open) -> None:
    page = opened("desk")
    page.goto("/cases/new?site=haijing")
    page.get_by_label("类别").select_option("engineering")
    page.get_by_label("要求").fill("今晚有人来")
    page.get_by_role("button", name="保存并派单").click()
    expect(page.locator("#content-fault")).to_have_text("必须填写")
    expect(page.get_by_label("要求")).to_have_value("今晚有人来")
    expect(page.get_by_label("类别")).to_have_value("engineering")


def test_a_new_matter_appears_on_the_wall_by_itself(opened: Open) -> None:
    wall = live(opened("manager"))
    case = logged(opened("desk"), "电梯异响")
    expect(wall.locator(f"#row-{case}")).to_contain_text("投诉 · ")


def test_nobody_sees_another_sites_matters_on_the_wall(opened: Open) -> None:
    wall = live(opened("desk"))
    desk = opened("admin")
    elsewhere = logged(desk, "别处的事", site="yunshan", category=_first_category(desk, "yunshan"))
    here = logged(desk, "这里的事")
    expect(wall.locator(f"#row-{here}")).to_be_visible()
    expect(wall.locator(f"#row-{elsewhere}")).to_have_count(0)
    assert wall.goto(f"/cases/{elsewhere}").status == 404  # type: ignore[union-attr]  # a page was asked for


def _first_category(page: Page, site: str) -> str:
    page.goto(f"/cases/new?site={site}")
    value = page.get_by_label("类别").locator("option").nth(1).get_attribute("value")
    assert value
    return value


def test_a_matter_is_followed_from_the_order_to_a_satisfied_customer(opened: Open) -> None:
    wall = live(opened("manager"))
    desk, worker = opened("desk"), opened("engineer")
    case = logged(desk, "楼道灯坏了")
    row = wall.locator(f"#row-{case}")
    worker.goto(f"/cases/{case}")
    act(worker, "接单")
    act(worker, "开始处理")
    act(worker, "答复", kind="first", method="phone", text="马上到")
    expect(row).to_contain_text("办理中")
    act(worker, "完成", text="换了灯管")
    desk.goto(f"/cases/{case}")
    act(desk, "回访", answer="satisfied", method="visit")
    expect(desk.locator(".case-head")).to_contain_text("客户满意")
    expect(desk.locator(".timeline")).to_contain_text("换了灯管")
    expect(row).to_have_count(0)


def test_an_act_that_came_too_late_is_refused_with_what_is_possible(opened: Open) -> None:
    page, other = opened("engineer"), opened("engineer")
    case = logged(opened("desk"), "门禁坏了")
    for each in (page, other):
        each.goto(f"/cases/{case}")
    act(page, "接单")
    other.locator("details.act summary", has_text="接单").click()
    other.get_by_role("button", name="接单").click()
    expect(other.get_by_role("alert")).to_contain_text("现在可以")


def test_the_order_is_printed_and_the_register_downloaded(opened: Open) -> None:
    page = opened("manager")
    case = logged(opened("desk"), "=HYPERLINK(1) 𠮷")
    order = page.request.get(f"/cases/{case}/order.pdf")
    assert order.body().startswith(b"%PDF")
    page.goto("/registers")
    expect(page.locator(".rows tbody tr").first).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Excel").click()
    assert download.value.path().read_bytes().startswith(b"PK")


def test_a_wall_cut_off_says_so_loudly_and_comes_back(opened: Open) -> None:
    page = opened("manager")
    page.add_init_script("delete window.SharedWorker")
    live(page)
    expect(page.locator("#lost")).to_be_hidden()
    page.route("**/live", lambda route: route.abort())
    page.goto("/board")
    expect(page.locator("#lost")).to_be_visible()
    page.unroute("**/live")
    expect(page.locator("#live")).to_have_attribute("data-state", "on", timeout=LOST_WITHIN)
    expect(page.locator("#lost")).to_be_hidden()


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_fits_a_phone(opened: Open, path: str, language: str) -> None:
    page = opened("admin", width=360, height=740)
    case = logged(page, "一段很长的话" * 40 + "x" * 200)
    page.goto(f"/language/{language}?next={path}")
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.goto(f"/cases/{case}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_matter_is_logged_without_touching_the_mouse(opened: Open) -> None:
    page = opened("desk")
    page.goto("/cases/new?site=haijing")
    expect(page.locator("#unit")).to_be_focused()
    page.keyboard.type("1-101")
    expect(page.locator(".resident")).to_have_count(1)
    for _ in range(4):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#category")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#promises")).to_contain_text("前答复您")
    page.keyboard.press("Tab")
    page.keyboard.type("楼道灯闪烁")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(CASE)
    expect(page.locator("main")).to_contain_text("楼道灯闪烁")


@pytest.mark.parametrize("window", ["own", "calendar"])
def test_every_count_of_a_register_leads_to_as_many_matters(opened: Open, window: str) -> None:
    page = opened("manager")
    logged(opened("desk"), "数一数")
    page.goto(f"/registers?site=haijing&window={window}")
    counts = page.locator(".sum a").evaluate_all("all => all.map(one => [one.getAttribute('href'), one.textContent])")
    assert counts
    for address, count in counts:
        page.goto(address)
        expect(page.locator("a.found")).to_have_count(min(int(count), 50))


def test_the_wall_of_one_department_shows_and_counts_only_its_own(opened: Open) -> None:
    wall, desk = opened("manager"), opened("desk")
    wall.goto("/board?department=cleaning_dept")
    expect(wall.locator("#live")).to_have_attribute("data-state", "on")
    logged(desk, "灯坏了", category="engineering")
    mine = logged(desk, "楼道没扫", category="cleaning")
    expect(wall.locator(f"#row-{mine}")).to_be_visible()
    expect(wall.locator("#open")).to_have_text(str(wall.locator(".row").count()))
    wall.reload()
    expect(wall.locator(f"#row-{mine}")).to_be_visible()
    assert {text.split("\n")[0] for text in wall.locator(".r-who").all_inner_texts()} == {"保洁部"}
