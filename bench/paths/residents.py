"""An estate of 200 000 residents loaded from a workbook, loaded again, and searched while somebody types."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import asyncpg
import httpx2
import xlsxwriter

from bench.estate import SITE, administrator, bearing, found
from bench.measuring import MILLISECONDS, percentile, until
from bench.result import Result, aimed
from bench.scale import Scale
from bench.surroundings import Place, provisioned_place, serving_together

TWO_MINUTES, TYPED_MS = 120.0, 50.0
SITES = 50
PATIENCE = 900
FAMILY = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
GIVEN = (
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文辉力永健世广志义兴良海山仁波宁贵福生龙元全国胜学祥才发武新利清"
)
UNIT_COLUMNS, RESIDENT_COLUMNS = ("房号", "面积", "状态"), ("编号", "房号", "姓名", "电话", "身份")
KINDS = ("unit", "name", "initials", "phone")

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Estate:
    """The rows of the workbook, the same in every run."""

    residents: int

    @property
    def units(self) -> int:
        """How many units they live in."""
        return self.residents * 3 // 10

    def unit_rows(self) -> Iterator[Row]:
        """One row a unit."""
        return ((self.unit(number), "89.5", "自住") for number in range(self.units))

    def resident_rows(self) -> Iterator[Row]:
        """One row a resident."""
        for number in range(self.residents):
            yield f"Z{number:06}", self.unit(number % self.units), self.name(number), self.phone(number), "业主"

    @staticmethod
    def unit(number: int) -> str:
        """As people write it: building, entrance, door."""
        return f"{number // 300 + 1}栋{number // 100 % 3 + 1}单元{number % 100 // 4 + 1}{number % 4 + 1:02}"

    @staticmethod
    def name(number: int) -> str:
        """Two or three characters; as many share a name as in a real estate."""
        spread = number * 2_654_435_761 % 2**32
        short = FAMILY[spread % len(FAMILY)] + GIVEN[spread // 64 % len(GIVEN)]
        return short if spread % 5 == 0 else short + GIVEN[spread // 4096 % len(GIVEN)]

    @staticmethod
    def phone(number: int) -> str:
        """A mobile number."""
        return f"13{number * 7_654_321 % 10**9:09}"


async def measure(scale: Scale) -> list[Result]:
    """Seconds of a first and a second load; milliseconds of a search, in one estate and among fifty."""
    estate = Estate(scale.of(20_000, 200_000))
    with provisioned_place() as place, serving_together(place, "directory", "intake") as program:
        token = administrator(place)
        await found(program.url, token)
        book = place.folder / "estate.xlsx"
        await asyncio.to_thread(write, book, estate)
        async with (
            httpx2.AsyncClient(base_url=program.url, headers=bearing(token), timeout=60) as client,
            _connected(place) as conn,
        ):
            copied = await _copied(conn, estate)
            loads = [await _loaded(client, book) for _ in range(2)]
            alone = await _searched(client, conn, estate, scale)
            await _multiply(conn, estate)
            among = await _searched(client, conn, estate, scale)
    size = f"{estate.residents:,} residents"
    return [
        *_loads(size, estate, loads, copied),
        *_searches(f"in an estate of {size}", alone),
        *_searches(f"the same, with {SITES - 1} estates more", among),
    ]


def write(path: Path, estate: Estate) -> None:
    """The workbook, as somebody would hand it in."""
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        for name, headings, rows in (
            ("房屋", UNIT_COLUMNS, estate.unit_rows()),
            ("住户", RESIDENT_COLUMNS, estate.resident_rows()),
        ):
            sheet = book.add_worksheet(name)
            for number, row in enumerate([headings, *rows]):
                for index, cell in enumerate(row):
                    sheet.write_string(number, index, cell)


@dataclass(frozen=True, slots=True)
class Load:
    """Seconds from the first byte sent to the check's end, and from there to everything written."""

    checked: float
    applied: float
    changes: int


async def _loaded(client: httpx2.AsyncClient, book: Path) -> Load:
    content = await asyncio.to_thread(book.read_bytes)
    began = perf_counter()
    answer = await client.post("/api/intake/master-files", params={"site": SITE, "name": book.name}, content=content)
    job = answer.raise_for_status().json()["job"]
    shown = await _until(client, job, "checked")
    checked = perf_counter()
    (await client.post(f"/api/intake/master-files/{job}/apply", json={})).raise_for_status()
    await _until(client, job, "applied")
    return Load(checked - began, perf_counter() - checked, shown["changes"])


async def _until(client: httpx2.AsyncClient, job: str, state: str) -> dict[str, Any]:
    async def reached() -> dict[str, Any] | None:
        shown: dict[str, Any] = (await client.get(f"/api/intake/master-files/{job}")).raise_for_status().json()
        if shown["state"] in {"refused", "failed"}:
            raise RuntimeError(f"the load ended as {shown['state']}: {shown['trouble']}, {shown['counts']}")
        return shown if shown["state"] == state else None

    reached_state = await until(reached, patience=PATIENCE, every=0.2)
    assert reached_state is not None
    return reached_state


@asynccontextmanager
async def _connected(place: Place) -> AsyncIterator[asyncpg.Connection]:
    conn = await asyncpg.connect(place.plain_dsn)
    try:
        yield conn
    finally:
        await conn.close()


async def _copied(conn: asyncpg.Connection, estate: Estate) -> float:
    """Seconds a plain COPY of the same rows takes, with an index on the unit and nothing to search a part by."""
    await conn.execute("create schema floor")
    await conn.execute("create table floor.units (id text primary key, area text, state text)")
    await conn.execute(
        "create table floor.residents (id text primary key, unit text, name text, phone text, kind text)"
    )
    await conn.execute("create index on floor.residents (unit)")
    units, residents = list(estate.unit_rows()), list(estate.resident_rows())
    began = perf_counter()
    await conn.copy_records_to_table("units", schema_name="floor", records=units)
    await conn.copy_records_to_table("residents", schema_name="floor", records=residents)
    return perf_counter() - began


Searches = dict[str, list[float]]


async def _searched(client: httpx2.AsyncClient, conn: asyncpg.Connection, estate: Estate, scale: Scale) -> Searches:
    """Milliseconds of each search, and of the floor: a lookup of one unit by its index."""
    await conn.execute("analyze")
    took: Searches = {kind: [] for kind in (*KINDS, "floor")}
    lookup = await conn.prepare("select id, unit, name, phone, kind from floor.residents where unit = $1 limit 10")
    for turn in range(scale.of(100, 400)):
        number = turn * 7919 % estate.residents
        for kind, typed in zip(KINDS, _typed(estate, number), strict=True):
            took[kind].append(await _found(client, typed, estate.unit(number % estate.units)))
        began = perf_counter()
        await lookup.fetch(estate.unit(number % estate.units))
        took["floor"].append((perf_counter() - began) * MILLISECONDS)
    return took


def _typed(estate: Estate, number: int) -> tuple[str, str, str, str]:
    name, phone = estate.name(number), estate.phone(number)
    return estate.unit(number % estate.units), name[-2:], _initials(name), phone[-4:]


def _initials(name: str) -> str:
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415  its tables take a while, and only this path needs them

    return "".join(part[0] for part in lazy_pinyin(name, style=Style.NORMAL))


async def _found(client: httpx2.AsyncClient, typed: str, unit: str) -> float:
    began = perf_counter()
    answer = await client.get("/api/intake/residents", params={"site": SITE, "q": typed})
    took = (perf_counter() - began) * MILLISECONDS
    assert answer.raise_for_status().json()["residents"], f"nobody found by {typed!r}, who lives at {unit}"
    return took


async def _multiply(conn: asyncpg.Connection, estate: Estate) -> None:
    """As many residents again, spread over other sites."""
    each = estate.residents // SITES
    for table, column in (("estate", "id"), ("resident_keys", "resident")):
        names = "id, kind, body, until" if table == "estate" else "key, resident"
        await conn.execute(
            f"insert into intake.{table} (site, {names}) select 'other-' || n, {names} from intake.{table},"  # noqa: S608
            f" generate_series(1, $2::int) n where site = $1 and {column} < $3 and {column} >= 'Z'",
            SITE,
            SITES - 1,
            f"Z{each:06}",
        )


def _loads(size: str, estate: Estate, loads: Sequence[Load], copied: float) -> list[Result]:
    names = (f"{size} and {estate.units:,} units, checked and applied", "the same workbook again: nothing changes")
    return [
        aimed(
            f"residents: {name}",
            [load.checked + load.applied],
            TWO_MINUTES,
            better="lower",
            unit="s",
            note=f"checked in {load.checked:.0f} s, written in {load.applied:.0f} s, {load.changes:,} changes;"
            f" a plain COPY of the rows alone takes {copied:.1f} s",
        )
        for name, load in zip(names, loads, strict=True)
    ]


def _searches(where: str, took: Searches) -> list[Result]:
    floor = percentile(took["floor"], 50)
    return [
        aimed(
            f"residents: found by {kind} {where}",
            [percentile(took[kind], 99)],
            TYPED_MS,
            better="lower",
            unit="ms p99",
            note=f"p50 {percentile(took[kind], 50):.1f} ms over HTTP; a plain indexed lookup p50 {floor:.1f} ms",
        )
        for kind in KINDS
    ]
