"""Units and residents of a site: who lives where, found while typing.

The same units and residents are asked for again and again, so those seen are remembered; only a miss asks the database.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.intake.ports import Resident
from services.intake.store.search_keys import folded, keys_of, sought_keys
from shared.timekeeping.clock import Clock

REMEMBERED_MOST = 500_000
UNITLESS_FOR = timedelta(seconds=30)
KEYS_LOOKED_AT = 400
ALIKE = 8
HIGHEST = "\U0010ffff"

_PUT_UNITS = text("""
    insert into intake.units (site, id, name, building)
    select :site, id, id, building from unnest(cast(:ids as text[]), cast(:buildings as text[])) as v(id, building)
    order by id on conflict (site, id) do update set building = excluded.building where excluded.building <> ''""")
_PUT_RESIDENTS = text("""
    insert into intake.residents (site, id, unit, name, phone, kind)
    select :site, id, unit, name, phone, kind from unnest(cast(:ids as text[]), cast(:units as text[]),
        cast(:names as text[]), cast(:phones as text[]), cast(:kinds as text[])) as v(id, unit, name, phone, kind)
    order by id on conflict (site, id) do update set unit = excluded.unit, name = excluded.name,
        phone = excluded.phone, kind = excluded.kind""")
_DROP_KEYS = text("delete from intake.resident_keys where site = :site and resident = any(cast(:ids as text[]))")
_PUT_KEYS = text("""
    insert into intake.resident_keys (site, key, resident)
    select :site, key, resident from unnest(cast(:keys as text[]), cast(:owners as text[])) as v(key, resident)""")
# The range is spelt out because a LIKE with a parameter cannot use the index once the plan is generic.
_FIND = text("""
    select r.id, r.unit, u.building, r.name, r.phone, r.kind
    from (select resident, min(key) as nearest from (
              (select key, resident from intake.resident_keys
               where site = :site and key ~>=~ :first and key ~<~ :first_end order by key using ~<~ limit :looked_at)
              union all
              (select key, resident from intake.resident_keys
               where site = :site and key ~>=~ :second and key ~<~ :second_end order by key using ~<~ limit :looked_at)
          ) k group by resident) found
    join intake.residents r on r.site = :site and r.id = found.resident
    join intake.units u on u.site = r.site and u.id = r.unit
    order by length(found.nearest), r.unit, r.id limit :most""")
_UNIT = text("""
    select exists(select 1 from intake.units where site = :site and id = :unit) as here,
        exists(select 1 from intake.units where site = :site) as has_units""")
_ALIKE = text("""
    select id from intake.units where site = :site and starts_with(lower(id), :beginning)
    order by abs(length(id) - :length), id limit :most""")
_RESIDENT = text("select exists(select 1 from intake.residents where site = :site and id = :resident) as here")


class EstateRegister:
    """Units and residents in the database, those seen remembered."""

    def __init__(self, db: AsyncEngine, clock: Clock) -> None:
        """Nothing is remembered yet."""
        self._db, self._clock = db, clock
        self._units: set[tuple[str, str]] = set()
        self._residents: set[tuple[str, str]] = set()
        self._unitless: dict[str, datetime] = {}

    async def put(self, site: str, residents: Sequence[Resident]) -> None:
        """Take in residents and their units in one transaction; of two with one id the later holds."""
        told = list({resident.id: resident for resident in residents}.values())
        keys = await asyncio.to_thread(_keys, told)
        async with self._db.begin() as conn:
            await conn.execute(_PUT_UNITS, {"site": site} | _units(told))
            await conn.execute(_PUT_RESIDENTS, {"site": site} | _rows(told))
            await conn.execute(_DROP_KEYS, {"site": site, "ids": [resident.id for resident in told]})
            await conn.execute(_PUT_KEYS, {"site": site} | keys)
        self._unitless.pop(site, None)

    async def find(self, site: str, sought: str, most: int) -> list[Resident]:
        """Residents one of whose keys begins with what is *sought*, the closest first; none for nothing."""
        begins = sought_keys(sought)
        if not begins:
            return []
        first, second = begins[0], begins[-1]
        wanted = {"first": first, "first_end": first + HIGHEST, "second": second, "second_end": second + HIGHEST}
        async with self._db.connect() as conn:
            rows = await conn.execute(_FIND, wanted | {"site": site, "most": most, "looked_at": KEYS_LOOKED_AT})
            return [_resident(row) for row in rows]

    async def lacks_unit(self, site: str, unit: str) -> tuple[str, ...] | None:
        """Units like it where the site has units but not this one; None where it will do."""
        if (site, unit) in self._units or self._is_unitless(site):
            return None
        async with self._db.connect() as conn:
            seen = (await conn.execute(_UNIT, {"site": site, "unit": unit})).one()
            if seen.has_units and not seen.here:
                return await _alike(conn, site, unit)
        if seen.here:
            _remember(self._units, (site, unit))
            return None
        self._unitless[site] = self._clock.now()
        return None

    def _is_unitless(self, site: str) -> bool:
        seen = self._unitless.get(site)
        return seen is not None and self._clock.now() - seen < UNITLESS_FOR

    async def has_resident(self, site: str, resident: str) -> bool:
        """Whether the site has that resident."""
        if (site, resident) in self._residents:
            return True
        async with self._db.connect() as conn:
            here = bool((await conn.execute(_RESIDENT, {"site": site, "resident": resident})).scalar_one())
        if here:
            _remember(self._residents, (site, resident))
        return here


def _remember(seen: set[tuple[str, str]], one: tuple[str, str]) -> None:
    if len(seen) >= REMEMBERED_MOST:
        seen.clear()
    seen.add(one)


async def _alike(conn: AsyncConnection, site: str, unit: str) -> tuple[str, ...]:
    word = folded(unit)
    wanted = {"site": site, "beginning": word[: max(len(word) // 2, 1)], "length": len(word), "most": ALIKE}
    rows = await conn.execute(_ALIKE, wanted)
    return tuple(row.id for row in rows)


def _units(residents: Sequence[Resident]) -> dict[str, Any]:
    buildings = {resident.unit: resident.building or "" for resident in residents}
    return {"ids": list(buildings), "buildings": list(buildings.values())}


def _rows(residents: Sequence[Resident]) -> dict[str, Any]:
    return {
        "ids": [resident.id for resident in residents],
        "units": [resident.unit for resident in residents],
        "names": [resident.name for resident in residents],
        "phones": [resident.phone for resident in residents],
        "kinds": [resident.kind for resident in residents],
    }


def _keys(residents: Sequence[Resident]) -> dict[str, Any]:
    pairs = [(key, resident.id) for resident in residents for key in sorted(keys_of(resident))]
    return {"keys": [key for key, _ in pairs], "owners": [owner for _, owner in pairs]}


def _resident(row: Any) -> Resident:
    return Resident.model_construct(
        id=row.id, unit=row.unit, building=row.building or None, name=row.name, phone=row.phone, kind=row.kind
    )
