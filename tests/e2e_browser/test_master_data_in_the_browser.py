"""An administrator brings the residents of an estate: template, upload, what would change, applied, undone."""

import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

Open = Callable[..., Page]

LOAD = re.compile(r"/master/[\w-]+$")
SETTLED_WITHIN = 60_000


def book(path: Path, people: list[tuple[str, str, str]]) -> Path:
    """A workbook with the units of *people* and the people."""
    written = openpyxl.Workbook()
    units, residents = written.active, written.create_sheet("住户")
    assert units is not None
    units.title = "房屋"
    units.append(["房号"])
    residents.append(["房号", "姓名", "电话"])
    for unit in dict.fromkeys(unit for unit, _, _ in people):
        units.append([unit])
    for person in people:
        residents.append(person)
    written.save(path)
    return path


def handed_in(page: Page, file: Path, *, site: str = "wanqu", leavers: str = "保留不动") -> None:
    """Upload *file* and wait until it is checked."""
    page.goto(f"/master?site={site}")
    page.get_by_label("文件（").set_input_files(file)
    page.get_by_label("表中没有的住户").select_option(label=leavers)
    page.get_by_role("button", name="上传并核对").click()
    page.wait_for_url(LOAD)
    expect(page.locator("#state .chip")).to_have_text(re.compile("已核对|有错误"), timeout=SETTLED_WITHIN)


def test_a_file_is_looked_at_applied_and_undone(opened: Open, tmp_path: Path) -> None:
    page = opened("admin")
    file = book(tmp_path / "名册.xlsx", [("T9-0101", "王芳", "13800000001"), ("T9-0102", "李雷", "13800000002")])
    handed_in(page, file)
    apply = page.get_by_role("button", name="写入：房屋：新增 2 套；住户：新增 2 户")
    expect(page.get_by_role("region", name="逐条改动")).to_contain_text("王芳")
    apply.click()
    expect(page.locator("#state .chip")).to_have_text("已写入", timeout=SETTLED_WITHIN)

    page.goto("/cases/new?site=wanqu")
    page.get_by_label("房号").press_sequentially("T9-01")
    expect(page.locator(".resident").first).to_contain_text("王芳")

    handed_in(page, file)
    expect(page.get_by_text("没有任何变化")).to_be_visible()
    page.get_by_role("button", name="不写入，放弃这份表").click()

    page.get_by_role("button", name="撤销这次导入").click()
    expect(page.locator("#state .chip")).to_have_text("已撤销", timeout=SETTLED_WITHIN)


def test_mistakes_are_shown_with_their_place_and_remedy_and_nothing_can_be_applied(
    opened: Open, tmp_path: Path
) -> None:
    page = opened("admin")
    handed_in(page, book(tmp_path / "名册.xlsx", [("T9-0101", "", "110")]))
    expect(page.get_by_role("region", name="错误清单")).to_contain_text("必填")
    expect(page.get_by_role("button", name=re.compile("^写入"))).to_have_count(0)
    with page.expect_download() as got:
        page.get_by_role("link", name="Excel").click()
    got.value.save_as(tmp_path / "mistakes.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "mistakes.xlsx").active
    assert sheet is not None
    assert sheet.max_row > 2


def test_a_file_nobody_can_read_says_so(opened: Open, tmp_path: Path) -> None:
    page, file = opened("admin"), tmp_path / "名册.xlsx"
    file.write_bytes(b"this is no workbook")
    handed_in(page, file)
    expect(page.get_by_role("region", name="错误清单")).to_be_visible()


def test_an_empty_file_is_refused_where_it_was_chosen(opened: Open, tmp_path: Path) -> None:
    page, file = opened("admin"), tmp_path / "空.csv"
    file.write_bytes(b"")
    page.goto("/master?site=wanqu")
    page.get_by_label("文件（").set_input_files(file)
    page.get_by_role("button", name="上传并核对").click()
    expect(page.get_by_role("alert")).to_contain_text("文件是空的")
    expect(page.get_by_role("button", name="上传并核对")).to_be_enabled()


def test_a_template_is_there_for_every_sheet(opened: Open, tmp_path: Path) -> None:
    page = opened("admin")
    page.goto("/master?site=wanqu")
    with page.expect_download() as got:
        page.get_by_role("link", name="全部（Excel）").click()
    got.value.save_as(tmp_path / "all.xlsx")
    assert "住户" in openpyxl.load_workbook(tmp_path / "all.xlsx").sheetnames


def test_who_is_no_administrator_sees_no_door(opened: Open) -> None:
    page = opened("desk")
    expect(page.get_by_role("link", name="登记", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="基础资料")).to_have_count(0)
    answer = page.goto("/master")
    assert answer is not None
    assert answer.status == 403


@pytest.mark.parametrize("width", [360, 1280])
def test_the_pages_fit_a_phone(opened: Open, tmp_path: Path, width: int) -> None:
    page = opened("admin", width=width, height=760)
    page.goto("/master?site=wanqu")
    fits = "document.documentElement.scrollWidth <= innerWidth"
    assert page.evaluate(fits)
    handed_in(page, book(tmp_path / "名册.xlsx", [("T9-0909", "欧阳" * 10, "13800000003"), ("T9-0909", "", "110")]))
    assert page.evaluate(fits)
