"""Bodies of records as an administrator sends them."""

from typing import Any

from shared.packs.loader import builtin_pack
from tests.support.organisation import ENGINEER

DAY = [{"start": 540, "end": 1020}]


def site_body(**changes: Any) -> dict[str, Any]:
    """Return site ``s1`` under ``P001/3``."""
    body: dict[str, Any] = {
        "code": "SZ1",
        "name": {"zh": "一号苑", "en": "Estate One"},
        "zone": "Asia/Shanghai",
        "packs": [{"pack": "P001/3", "version": builtin_pack("P001/3").version, "since": "2020-01-01T00:00:00+08:00"}],
        "calendar": {"version": "1", "weekly": [DAY] * 5 + [[], []]},
    }
    return body | changes


def person_body(role: str, **changes: Any) -> dict[str, Any]:
    """Return somebody appointed to *role* at ``s1``."""
    held = {"site": "s1", "role": role, "since": "2020-01-01T00:00:00+08:00"}
    return {"name": "安", "appointments": [held]} | changes


def account_body(username: str, *grants: tuple[str, str], **changes: Any) -> dict[str, Any]:
    """Return an account with (site, right) *grants*."""
    body = {"username": username, "name": username, "grants": [{"site": s, "right": r} for s, r in grants]}
    return body | changes


def estate(robot: str | None = None) -> dict[str, Any]:
    """Return site ``s1`` with engineer ann, her account and, where given, her group's robot."""
    records: list[tuple[str, str, dict[str, Any]]] = [
        ("account", "acc-ann", account_body("ann", ("s1", "work"), person="ann")),
        ("person", "ann", person_body(ENGINEER, wecom=robot)),
        ("site", "s1", site_body()),
    ]
    return {"records": [{"record": r, "key": k, "body": b} for r, k, b in records]}
