"""The sites an import needs: found in the directory, or made there, and waited for until intake knows them."""

import asyncio
from collections.abc import Sequence
from typing import Any

from shouwen.door import Door, refused
from shouwen.importing.mapping import Mapping
from shouwen.importing.places import site_id, site_record
from shouwen.words import Refused

LOOK_EVERY = 0.1
LOOKS = 600
PAGE = 500
NOT_FOUND = 404


async def ensure_sites(door: Door, mapping: Mapping, codes: Sequence[str]) -> int:
    """Make the sites that are missing.

    Returns:
        How many were made.

    Raises:
        Refused: They may not be made, one lies in another zone, or the pack is unknown.
    """
    there = await _sites(door)
    _check_zones(there, mapping, codes)
    missing = [code for code in codes if site_id(code) not in there]
    if missing:
        await _make(door, mapping, missing)
    return len(missing)


async def _sites(door: Door) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    cursor: str | None = ""
    while cursor is not None:
        page = await door.read("/api/directory/records/site", cursor=cursor, limit=PAGE)
        found |= {item["key"]: item["body"] for item in page["items"]}
        cursor = page["cursor"]
    return found


def _check_zones(there: dict[str, dict[str, Any]], mapping: Mapping, codes: Sequence[str]) -> None:
    for site in map(site_id, codes):
        zone = there.get(site, {}).get("zone", mapping.zone)
        if zone != mapping.zone:
            raise Refused(
                f"项目 {site} 的时区是 {zone}，映射写的是 {mapping.zone}。请改正其一。",
                f"Site {site} lies in zone {zone}, the mapping says {mapping.zone}. Correct one of them.",
            )


async def _make(door: Door, mapping: Mapping, missing: Sequence[str]) -> None:
    if not mapping.sites.create:
        named = ", ".join(missing[:20])
        raise Refused(
            f"没有这些项目：{named}。请先建立，或在映射里写 sites.create: true。",
            f"These sites do not exist: {named}. Make them first, or say sites.create: true in the mapping.",
        )
    version = await _pack_version(door, mapping.pack)
    records = [site_record(code, mapping, version) for code in missing]
    await door.post("/api/directory/records", {"records": records})
    # The directory is heard in order: who knows the last site knows all of them.
    await _known(door, site_id(missing[-1]))


async def _pack_version(door: Door, pack: str) -> int:
    answer = await door.get(f"/api/directory/records/pack/{pack}")
    if answer.status_code == NOT_FOUND:
        raise Refused(f"没有规则包 {pack}。", f"There is no pack {pack}; correct `pack` in the mapping.")
    if answer.is_error:
        raise refused("/api/directory/records/pack", answer)
    version: int = answer.json()["version"]
    return version


async def _known(door: Door, site: str) -> None:
    for _ in range(LOOKS):
        if (await door.get(f"/api/intake/sites/{site}/form")).is_success:
            return
        await asyncio.sleep(LOOK_EVERY)
    raise Refused(
        f"新建的项目 {site} 一分钟内没有生效，请稍后再导入。",
        f"The new site {site} did not become known within a minute; import again later.",
    )
