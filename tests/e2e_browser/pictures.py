"""Takes the pictures of the documents anew: ``python -m tests.e2e_browser.pictures``. Look at each afterwards."""

import shutil
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from shared.timekeeping.clock import SystemClock
from tests.e2e_browser.conftest import FLAGS, Running, running, signed_in

PLACE = Path(__file__).parents[2] / "docs" / "screenshots"
HEARD_WITHIN = 20.0
WIDTH = 1280
HAIJING = {"site": "haijing", "case_type": "complaint", "severity": "minor", "channel": "phone"}
YUNSHAN = {"site": "yunshan", "case_type": "complaint", "channel": "phone"}
DOOR = {"unit": "1-201", "category": "security", "severity": "major", "content": "夜里有陌生人跟随进入单元门，门禁失效"}
CALLER = {"caller": {"name": "孙悦", "phone": "13900000003"}, "demand": "调取监控，当面答复"}
LEAK = {"unit": "1-101", "category": "engineering", "content": "卫生间天花板渗水，已滴到地板"}
LIFT = {"case_type": "emergency", "category": "elevator", "severity": None, "content": "2 号电梯困人，两人，有应急照明"}
TOLD: tuple[tuple[int, Mapping[str, Any]], ...] = (
    (0, HAIJING | DOOR | CALLER),
    (0, HAIJING | LEAK),
    (180, HAIJING | {"unit": "1-301", "category": "cleaning", "content": "楼道垃圾两天没有清运"}),
    (2820, HAIJING | {"unit": "1-102", "category": "staff", "content": "车库岗对访客态度生硬"}),
    (0, HAIJING | LIFT),
    (0, YUNSHAN | {"category": "facilities", "content": "地下车库照明坏了一排"}),
    (0, YUNSHAN | {"case_type": "repair_request", "category": "in_home", "content": "厨房水龙头关不紧"}),
    (0, YUNSHAN | {"case_type": "key_custody", "category": "entrusted", "content": "业主出国，托管钥匙两把"}),
)
"""Minutes ago, and what was told."""


class Desk:
    """Acts over HTTP as the administrator."""

    def __init__(self, page: Page, system: Running) -> None:
        """Act with the token of *system*, through the connection of *page*."""
        self._page, self.headers = page, {"Authorization": f"Bearer {system.token}"}

    def tells(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Post; whatever is refused ends the run with the reason."""
        answer = self._page.request.post(path, headers=self.headers, data=dict(body))
        assert answer.ok, answer.text()
        told: dict[str, Any] = answer.json()
        return told

    def logs(self, minutes_ago: int, told: Mapping[str, Any]) -> str:
        """Log a matter; answers the case."""
        at = (SystemClock().now() - timedelta(minutes=minutes_ago)).isoformat()
        body = {name: value for name, value in told.items() if value is not None}
        entity: str = self.tells("/api/intake/requests", body | {"received_at": at})["entity"]
        return entity


def eventually(holds: Callable[[], bool]) -> None:
    """Look again until it holds."""
    deadline = time.monotonic() + HEARD_WITHIN
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def take(page: Page, system: Running) -> None:
    """Fill an estate with matters and take the pictures."""
    desk = Desk(page, system)
    first, *_ = [desk.logs(ago, told) for ago, told in TOLD]
    eventually(lambda: page.request.get(f"/api/dispatch/cases/{first}", headers=desk.headers).ok)
    desk.tells(f"/api/dispatch/cases/{first}/accept", {})
    reply = {"kind": "first", "method": "phone", "text": "已收到，正在调取监控，今晚派人加强巡逻"}
    desk.tells(f"/api/dispatch/cases/{first}/reply", reply)

    def shown() -> bool:
        page.goto(f"/cases/{first}")
        return "加强巡逻" in page.locator(".timeline").last.inner_text()

    eventually(shown)
    page.screenshot(path=PLACE / "case.png", clip={"x": 0, "y": 0, "width": WIDTH, "height": 1500}, full_page=True)
    page.goto("/board")
    eventually(lambda: page.locator("li.row").count() == len(TOLD))
    page.get_by_text("实时", exact=True).wait_for()
    page.screenshot(path=PLACE / "board.png")


def main() -> None:
    """Start the system, take the pictures, stop it."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    with running() as system, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        size: Any = {"width": WIDTH, "height": 760}
        context = browser.new_context(base_url=system.url, viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai")
        take(signed_in(context.new_page(), system, "group"), system)
        browser.close()


if __name__ == "__main__":
    main()
