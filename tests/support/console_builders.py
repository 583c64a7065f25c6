"""The pages over services that answer from a table, and somebody signed in."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx2

from services.console.api import Means, pages
from services.console.channels.gateway import HttpGateway
from services.console.channels.news import LiveNews
from services.console.views.assets import Assets
from services.console.views.pages import JinjaPages
from services.console.views.printing import OrderPrinter
from shared.contracts.directory import Account
from shared.contracts.fold import Grant
from shared.contracts.ids import RealIds
from shared.organisation.records import Activation
from shared.packs.loader import builtin, builtin_pack
from shared.rules.book import Book
from shared.timekeeping.clock import SystemClock
from shared.web.accounts import Accounts
from tests.support.organisation import EVER, site

HOST = "http://console.test"
SIGNED_IN = {"shouwen_session": "open sesame"}
CASE = "case-" + "a" * 32
NOW = datetime(2025, 3, 4, 2, tzinfo=UTC)

Answers = Mapping[str, tuple[int, Any]]


class OneSession:
    """A session that is open for whoever knows its secret."""

    async def begin(self, _account: str, _now: datetime) -> str:
        return SIGNED_IN["shouwen_session"]

    async def find(self, secret: str, _now: datetime) -> str | None:
        return "ann" if secret == SIGNED_IN["shouwen_session"] else None

    async def end(self, _secret: str) -> None:
        """Nothing is kept."""


class Services:
    """The other services: what they answer by ``METHOD path``, and what they were asked."""

    def __init__(self, answers: Answers) -> None:
        self.answers = dict(answers)
        self.asked: list[httpx2.Request] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        status, body = self.answers.get(f"{request.method} {request.url.path}", (404, {"detail": "没有找到这个编号"}))
        return httpx2.Response(status, json=body)

    def body(self, path: str) -> Any:
        """What was sent to *path* last."""
        return next(json.loads(one.content) for one in reversed(self.asked) if one.url.path == path)


def book(pack: str = "P001/3") -> Book:
    """One estate under *pack* and the product's packs."""
    book, active = Book(), Activation(pack, builtin_pack(pack).version, EVER)
    numbers: dict[str, str | int] = {"emergency.fire": "119", "emergency.police": "110"}
    book.put_site(replace(site(), packs=(active,), parameters=numbers))
    for one in builtin():
        book.put_pack(one)
    return book


def means(services: Services, *, language: str = "zh", right: str = "admin", pack: str = "P001/3") -> Means:
    """Everything the pages share, over *services*."""
    known = book(pack)
    accounts = Accounts(known, "a secret of the tests")
    accounts.put_account(Account("ann", "ann", "安", grants=(Grant("s1", right),), language=language))
    client = httpx2.AsyncClient(base_url=HOST, transport=httpx2.MockTransport(services))
    return Means(
        book=known,
        accounts=accounts,
        clock=SystemClock(),
        ids=RealIds(),
        gateway=HttpGateway(client, accounts),
        sessions=OneSession(),
        pages=JinjaPages(Assets()),
        printer=OrderPrinter(),
        news=LiveNews(),
    )


@asynccontextmanager
async def browsing(
    services: Services, *, signed_in: bool = True, language: str = "zh", right: str = "admin", pack: str = "P001/3"
) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the pages; it follows no redirects."""
    app = pages(means(services, language=language, right=right, pack=pack), Assets())
    transport = httpx2.ASGITransport(app=app)
    cookies = SIGNED_IN if signed_in else {}
    async with httpx2.AsyncClient(base_url=HOST, transport=transport, cookies=cookies) as client:
        yield client


def case_answers(*, content: str = "灯坏了", name: str = "赵文") -> dict[str, tuple[int, Any]]:
    """A fresh case as four services tell it."""
    words = (
        "category",
        "severity",
        "status",
        "channel",
        "validity",
        "ending",
        "department",
        "assignee",
        "first_receiver",
    )
    row: dict[str, Any] = {
        "kind": "complaint",
        "status": "dispatched",
        "name": name,
        "phone": "",
        "content": content,
        "timeline": [],
    }
    row |= {"demand": None, "place": None, "done": None, "names": dict.fromkeys(words, ""), "current": True}
    intake: dict[str, Any] = {"number": "SZ1-250304-7", "site": "s1", "pack": "P001/3", "case_type": "complaint"}
    intake |= {"category": "engineering", "flags": [], "pack_version": builtin_pack("P001/3").version}
    intake |= {"severity": "minor", "validity": "unjudged", "unit": "1-101", "late_entry": False, "drill": False}
    intake |= {
        "incident": None,
        "split_from": None,
        "opens_incident": False,
        "promises": [],
        "received_at": "2025-03-04T10:00:00+08:00",
    }
    intake |= {"possible": ["amend", "link"], "current": True}
    dispatch = {"order": "SZ1-250304-7-1", "possible": ["accept"], "endings": [], "department": "engineering_dept"}
    return {
        f"GET /api/intake/requests/{CASE}": (200, intake),
        f"GET /api/dispatch/cases/{CASE}": (200, dispatch | {"fresh": True, "follow_up": None}),
        f"GET /api/escalation/cases/{CASE}": (200, {"clocks": [], "raises": [], "possible": [], "current": True}),
        f"GET /api/reporting/cases/{CASE}": (200, row),
        "GET /api/intake/incidents": (200, {"incidents": []}),
    }
