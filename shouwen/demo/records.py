"""The sample group as records of the directory."""

from collections.abc import Iterator
from typing import Any

from shared.packs.loader import builtin_pack

DAY = (8 * 60 + 30, 17 * 60 + 30)
NIGHT = (17 * 60 + 30, 8 * 60 + 30)
WEEKDAYS = range(7)

Record = dict[str, Any]


def record(kind: str, key: str, body: Record) -> Record:
    """One record as the directory takes it."""
    return {"record": kind, "key": key, "body": body}


def person_id(name: str) -> str:
    """A stable id for a person of the sample group: its code points, because an id is plain ASCII."""
    return "p-" + "-".join(f"{ord(character):x}" for character in name)


def records(group: Record) -> list[Record]:
    """Every site, department, person, roster and account of *group*."""
    since = group["since"]
    made: list[Record] = []
    for site in group["sites"]:
        made += [_site(site, since), *_departments(site, group["departments"]), *_rosters(site, since)]
    return [*made, *_people(group), *(_account(account) for account in group["accounts"])]


def _site(site: Record, since: str) -> Record:
    hours = [{"start": DAY[0], "end": DAY[1]}]
    body = {
        "id": site["id"],
        "code": site["code"],
        "name": site["name"],
        "zone": "Asia/Shanghai",
        "packs": [{"pack": site["pack"], "version": builtin_pack(site["pack"]).version, "since": since}],
        "calendar": {"version": "1", "weekly": [hours] * 7, "statutory": "cn"},
        "parameters": site.get("parameters", {}),
        "phone": site["phone"],
    }
    return record("site", site["id"], body)


def _departments(site: Record, names: Record) -> Iterator[Record]:
    for kind, name in names.items():
        if kind in site["people"]:
            key = f"{site['id']}-{kind}"
            internal = kind != "developer_after_sales"
            yield record(
                "department", key, {"id": key, "site": site["id"], "name": name, "kind": kind, "internal": internal}
            )


def _rosters(site: Record, since: str) -> Iterator[Record]:
    for role, turns in site.get("rosters", {}).items():
        key = f"{site['id']}-{role}"
        shifts = [
            {"weekday": day, "start_minute": start, "end_minute": end, "person": person_id(turns[turn])}
            for day in WEEKDAYS
            for turn, (start, end) in (("day", DAY), ("night", NIGHT))
        ]
        yield record("roster", key, {"id": key, "site": site["id"], "role": role, "shifts": shifts, "since": since})


def _people(group: Record) -> Iterator[Record]:
    appointments: dict[str, list[Record]] = {}
    for site in group["sites"]:
        for role, names in site["people"].items():
            for name in names:
                entry = {"site": site["id"], "role": role, "since": group["since"]}
                appointments.setdefault(name, []).append(entry)
    for name, held in appointments.items():
        key = person_id(name)
        yield record("person", key, {"id": key, "name": name, "appointments": held})


def _account(account: Record) -> Record:
    body = {
        "id": account["username"],
        "username": account["username"],
        "name": account["person"],
        "person": person_id(account["person"]),
        "grants": [{"site": account["site"], "right": account["right"]}],
    }
    return record("account", account["username"], body)


def residents(group: Record, site: Record) -> list[Record]:
    """One resident a unit."""
    return [
        {"id": f"{site['id']}-{unit}", "unit": unit, "name": name, "phone": f"1390000{number:04d}"}
        for number, (unit, name) in enumerate(zip(site["units"], group["residents"], strict=True), start=1)
    ]
