"""What an import needs of the directory: found there, or made, and waited for until intake knows it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shared.packs.findings import PackInvalid
from shared.packs.loader import load_pack
from shared.packs.schema import to_wire
from shouwen.door import Door, refused
from shouwen.importing.mapping import Mapping
from shouwen.importing.places import Place, department_record, site_record
from shouwen.importing.survey import Survey
from shouwen.words import Refused

LOOK_EVERY = 0.1
LOOKS = 600
PAGE = 500
NOT_FOUND = 404

Bodies = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Founded:
    """How many records were made."""

    sites: int
    departments: int


async def ensure_directory(door: Door, mapping: Mapping, survey: Survey) -> Founded:
    """Make the sites and departments that are missing.

    Raises:
        Refused: They may not be made, one lies in another zone, or the pack is unknown or says something else.
    """
    there = await records_of(door, "site")
    _check(there, mapping, survey.places)
    missing = [place for place in survey.places if place.id not in there]
    if missing:
        await _make_sites(door, mapping, missing)
    return Founded(len(missing), await _ensure_departments(door, mapping, survey.departments))


async def records_of(door: Door, record: str) -> Bodies:
    """Every record of a kind, by key.

    Raises:
        Refused: The system does not show them.
    """
    found: Bodies = {}
    cursor: str | None = ""
    while cursor is not None:
        page = await door.read(f"/api/directory/records/{record}", cursor=cursor, limit=PAGE)
        found |= {item["key"]: item["body"] for item in page["items"]}
        cursor = page["cursor"]
    return found


def _check(there: Bodies, mapping: Mapping, places: Sequence[Place]) -> None:
    for site in (place.id for place in places):
        zone = there.get(site, {}).get("zone", mapping.zone)
        if zone != mapping.zone:
            raise Refused(
                f"项目 {site} 的时区是 {zone}，映射写的是 {mapping.zone}。请改正其一。",
                f"Site {site} lies in zone {zone}, the mapping says {mapping.zone}. Correct one of them.",
            )
    absent = [place.id for place in places if place.code is None and place.id not in there]
    if absent:
        named, known = ", ".join(absent[:20]), ", ".join(sorted(there)[:20])
        raise Refused(
            f"映射的 sites.map 写了不存在的项目：{named}。现有项目：{known}。",
            f"sites.map of the mapping names sites that do not exist: {named}. There are: {known}.",
        )


async def _make_sites(door: Door, mapping: Mapping, missing: Sequence[Place]) -> None:
    if not mapping.sites.create:
        named = ", ".join(place.code or place.id for place in missing[:20])
        raise Refused(
            f"没有这些项目：{named}。请先建立，或在映射里写 sites.create: true。",
            f"These sites do not exist: {named}. Make them first, or say sites.create: true in the mapping.",
        )
    version = await _pack_version(door, mapping)
    records = [site_record(place, mapping, version) for place in missing]
    await door.post("/api/directory/records", {"records": records})
    # The directory is heard in order: who knows the last site knows all of them.
    await _known(door, missing[-1].id)


async def _pack_version(door: Door, mapping: Mapping) -> int:
    body = await _pack(door, mapping.pack)
    if body is None and mapping.pack_file is not None:
        await door.post("/api/directory/records", {"records": [_pack_record(mapping)]})
        body = await _pack(door, mapping.pack)
    if body is None:
        raise Refused(
            f"没有规则包 {mapping.pack}。请改正映射的 pack，或用 pack_file 写明它的文件。",
            f"There is no pack {mapping.pack}; correct `pack` in the mapping, or name its file as `pack_file`.",
        )
    version: int = body["version"]
    return version


def _pack_record(mapping: Mapping) -> dict[str, Any]:
    assert mapping.pack_file is not None
    try:
        pack = load_pack(mapping.pack_file)
    except (OSError, PackInvalid) as bad:
        raise Refused(
            f"规则包文件 {mapping.pack_file} 不能用：{bad}", f"The pack {mapping.pack_file} is unusable: {bad}"
        ) from None
    if pack.id != mapping.pack:
        raise Refused(
            f"{mapping.pack_file} 里的规则包是 {pack.id}，映射写的是 {mapping.pack}。请改正其一。",
            f"{mapping.pack_file} holds pack {pack.id}, the mapping says {mapping.pack}. Correct one of them.",
        )
    return {"record": "pack", "key": pack.id, "body": to_wire(pack)}


async def _pack(door: Door, pack: str) -> dict[str, Any] | None:
    answer = await door.get(f"/api/directory/records/pack/{pack}")
    if answer.status_code == NOT_FOUND:
        return None
    if answer.is_error:
        raise refused("/api/directory/records/pack", answer)
    body: dict[str, Any] = answer.json()["body"]
    return body


async def _ensure_departments(door: Door, mapping: Mapping, wanted: Sequence[tuple[str, str]]) -> int:
    """Make the departments the rows name and their sites lack, each called what the pack calls its role."""
    if not wanted:
        return 0
    there = await records_of(door, "department")
    known = {(body["site"], body["kind"]) for body in there.values()}
    missing = [pair for pair in wanted if pair not in known]
    if missing:
        names = ((await _pack(door, mapping.pack)) or {}).get("roles", {})
        records = [department_record(site, role, names.get(role), there) for site, role in missing]
        await door.post("/api/directory/records", {"records": records})
    return len(missing)


async def _known(door: Door, site: str) -> None:
    for _ in range(LOOKS):
        if (await door.get(f"/api/intake/sites/{site}/form")).is_success:
            return
        await asyncio.sleep(LOOK_EVERY)
    raise Refused(
        f"新建的项目 {site} 一分钟内没有生效，请稍后再导入。",
        f"The new site {site} did not become known within a minute; import again later.",
    )
