"""Units and residents of a site: who lives where, found while typing.

The same units and residents are asked for again and again, so those seen are remembered; only a miss asks the database.
"""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.intake.ports import Found, Resident
from services.intake.store.search_keys import folded, keys_of, sought_keys
from shared.timekeeping.clock import Clock

REMEMBERED_MOST = 500_000
UNITLESS_FOR = timedelta(seconds=30)
KEYS_LOOKED_AT = 400
ALIKE = 8
HIGHEST = "\U0010ffff"

_TOUCH = text("""
    insert into intake.estate_revisions (site, revision) values (:site, 1)
    on conflict (site) do update set revision = intake.estate_revisions.revision + 1""")
_PUT_UNITS = text("""
    insert into intake.estate (site, kind, id, body)
    select :site, 'units', id, jsonb_strip_nulls(jsonb_build_object('building', nullif(building, '')))
    from unnest(cast(:ids as text[]), cast(:buildings as text[])) as v(id, building) order by id
    on conflict (site, kind, id) do update set body = intake.estate.body || excluded.body
    where not intake.estate.body @> excluded.body""")
# What a file has said about somebody beside these four stays; whoever is put again has come back.
_PUT_RESIDENTS = text("""
    insert into intake.estate (site, kind, id, body, keys)
    select :site, 'residents', id, jsonb_strip_nulls(
        jsonb_build_object('unit', unit, 'name', name, 'phone', phone, 'kind', kind)), keys
    from unnest(cast(:ids as text[]), cast(:units as text[]), cast(:names as text[]), cast(:phones as text[]),
        cast(:kinds as text[]), cast(:found_by as text[])) as v(id, unit, name, phone, kind, keys) order by id
    on conflict (site, kind, id) do update
        set body = intake.estate.body - cast('{phone,reach,moved_out}' as text[]) || excluded.body, until = null,
            keys = excluded.keys""")
_DROP_KEYS = text("""
    delete from intake.resident_keys k using intake.estate e, string_to_table(e.keys, ' ') own(key)
    where e.site = :site and e.kind = 'residents' and e.id = any(cast(:ids as text[]))
      and k.site = :site and k.key = own.key and k.resident = e.id""")
_PUT_KEYS = text("""
    insert into intake.resident_keys (site, key, resident)
    select :site, k.key, v.id from unnest(cast(:ids as text[]), cast(:found_by as text[])) as v(id, keys),
        string_to_table(v.keys, ' ') k(key)""")
# The range is spelt out because a LIKE with a parameter cannot use the index once the plan is generic. Whoever has
# left is passed over before anything is counted, else the names of the past would crowd out those of today.
_FIND = text("""
    select r.id, r.body, r.until, u.body ->> 'building' as building
    from (select resident, min(key) as nearest from (
              (select key, resident from intake.resident_keys k
               where site = :site and key ~>=~ :first and key ~<~ :first_end
                 and (:ended or exists (select 1 from intake.estate e where e.site = k.site and e.kind = 'residents'
                                        and e.id = k.resident and (e.until is null or e.until > :today)))
               order by key using ~<~ limit :looked_at)
              union all
              (select key, resident from intake.resident_keys k
               where site = :site and key ~>=~ :second and key ~<~ :second_end
                 and (:ended or exists (select 1 from intake.estate e where e.site = k.site and e.kind = 'residents'
                                        and e.id = k.resident and (e.until is null or e.until > :today)))
               order by key using ~<~ limit :looked_at)
          ) k group by resident) found
    join intake.estate r on r.site = :site and r.kind = 'residents' and r.id = found.resident
    left join intake.estate u on u.site = :site and u.kind = 'units' and u.id = r.body ->> 'unit'
    order by length(found.nearest), r.body ->> 'unit', r.id limit :most""")
_UNIT = text("""
    select exists(select 1 from intake.estate where site = :site and kind = 'units' and id = :unit) as here,
        exists(select 1 from intake.estate where site = :site and kind = 'units' and id = :unit
            and body ->> 'state' = 'retired') as closed,
        exists(select 1 from intake.estate where site = :site and kind = 'units') as has_units""")
_ALIKE = text("""
    select id from intake.estate where site = :site and kind = 'units' and starts_with(lower(id), :beginning)
    order by abs(length(id) - :length), id limit :most""")
_RESIDENT = text("""
    select exists(select 1 from intake.estate where site = :site and kind = 'residents' and id = :resident) as here""")


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
        found_by = {"found_by": await asyncio.to_thread(_keys, told)}
        async with self._db.begin() as conn:
            await conn.execute(_TOUCH, {"site": site})
            await conn.execute(_PUT_UNITS, {"site": site} | _units(told))
            ids = {"site": site, "ids": [resident.id for resident in told]}
            await conn.execute(_DROP_KEYS, ids)
            await conn.execute(_PUT_RESIDENTS, {"site": site} | _rows(told) | found_by)
            await conn.execute(_PUT_KEYS, ids | found_by)
        self._unitless.pop(site, None)

    async def find(self, site: str, sought: str, most: int, *, today: date, ended: bool = False) -> list[Found]:
        """Residents one of whose keys begins with what is *sought*, the closest first; none for nothing."""
        begins = sought_keys(sought)
        if not begins:
            return []
        first, second = begins[0], begins[-1]
        ranges = {"first": first, "first_end": first + HIGHEST, "second": second, "second_end": second + HIGHEST}
        wanted = {"site": site, "most": most, "looked_at": KEYS_LOOKED_AT, "today": today, "ended": ended}
        async with self._db.connect() as conn:
            rows = await conn.execute(_FIND, ranges | wanted)
            return [_found(row, today) for row in rows]

    def forget(self) -> None:
        """Look again at everything: a load has been taken back, and what it brought is gone."""
        self._units.clear()
        self._residents.clear()
        self._unitless.clear()

    async def lacks_unit(self, site: str, unit: str) -> tuple[str, ...] | None:
        """Units like it where the site has units but not this one; None where it will do."""
        if (site, unit) in self._units or self._is_unitless(site):
            return None
        async with self._db.connect() as conn:
            seen = (await conn.execute(_UNIT, {"site": site, "unit": unit})).one()
            if seen.has_units and not seen.here:
                return await _alike(conn, site, unit)
        if seen.here:
            if not seen.closed:
                _remember(self._units, (site, unit))
            return None
        self._unitless[site] = self._clock.now()
        return None

    async def has_closed(self, site: str, unit: str) -> bool:
        """Whether the site has that unit as one that exists no more."""
        if (site, unit) in self._units or self._is_unitless(site):
            return False
        async with self._db.connect() as conn:
            return bool((await conn.execute(_UNIT, {"site": site, "unit": unit})).one().closed)

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


def _keys(residents: Sequence[Resident]) -> list[str]:
    return [" ".join(sorted(keys_of(one.unit, one.name, one.phone))) for one in residents]


def _found(row: Any, today: date) -> Found:
    body = row.body
    said = {field: body.get(field) for field in ("unit", "name", "phone", "kind")}
    resident = Resident.model_construct(id=row.id, building=row.building, **said)
    return Found(resident, row.until if row.until is not None and row.until <= today else None)
