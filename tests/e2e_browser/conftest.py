"""The whole system as `make run` starts it, and a real browser in front of it."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.servers import temporary_directory

READY_WITHIN = 90.0
COMMAND = (sys.executable, "-c", "from shouwen.cli import app; app()", "up")
FLAGS = ("--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu")


@dataclass(frozen=True, slots=True)
class Running:
    """Where the system answers, the password of every sample account, and the administrator's token."""

    url: str
    password: str
    token: str


Open = Callable[..., Page]


@contextmanager
def running() -> Iterator[Running]:
    """The system as its own command starts it, on a port of its own; stopped as Ctrl-C does."""
    with temporary_directory() as directory:
        log, data = directory / "up.log", directory / "data"
        command = [*COMMAND, "--data", str(data), "--port", "0"]
        with log.open("wb") as out:
            process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
            try:
                yield _ready(process, log, data)
            finally:
                process.terminate()
                process.wait(60)


@pytest.fixture(scope="session")
def system() -> Iterator[Running]:
    """One for all tests."""
    with running() as system:
        yield system


def _ready(process: "subprocess.Popen[bytes]", log: Path, data: Path) -> Running:
    deadline = time.monotonic() + READY_WITHIN
    while "is ready" not in log.read_text("utf-8"):
        if process.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"the system did not start:\n{log.read_text('utf-8')}")
        time.sleep(0.1)
    told: dict[str, Any] = json.loads((data / "running.json").read_text("utf-8"))
    keys: dict[str, Any] = json.loads((data / "keys.json").read_text("utf-8"))
    return Running(told["url"], keys["password"], keys["token"])


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium as the machine has it."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield chromium
        chromium.close()


def signed_in(page: Page, system: Running, username: str) -> Page:
    """The page with somebody signed in."""
    page.goto("/board")
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill(system.password)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/board")
    return page


@pytest.fixture
def opened(system: Running, browser: Browser) -> Iterator[Open]:
    """Opens a window with somebody signed in; at the end no window may have seen an error of ours."""
    wrong: list[str] = []
    contexts = []

    def sign_in(username: str, *, width: int = 1280, height: int = 900) -> Page:
        context = browser.new_context(
            base_url=system.url,
            viewport={"width": width, "height": height},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: wrong.append(message.text) if "Content Security" in message.text else None)
        return signed_in(page, system, username)

    yield sign_in
    for context in contexts:
        context.close()
    assert wrong == []
