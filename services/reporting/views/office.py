"""Where registers are issued: the pack says what one looks like, the store what is in it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from services.reporting.policy.columns import places
from services.reporting.policy.filing import filing_way
from services.reporting.policy.windows import Stretch, Way, stretch_of
from services.reporting.ports import Row
from services.reporting.ports.registers import (
    Asked,
    Issue,
    Measured,
    NoRegister,
    Paper,
    Scope,
    Snapshot,
    Snapshots,
    TooManyRows,
)
from services.reporting.views import csv_form, json_form, xlsx_form
from services.reporting.views.cells import Cells
from services.reporting.views.document import Document, document
from services.reporting.views.figures import rates, read_figures
from services.reporting.views.names import Names
from shared.organisation.records import Activation, NoPackYet, Profile, Site
from shared.rules.book import Book, UnknownPack
from shared.rules.conditions import ALWAYS
from shared.rules.model import Pack
from shared.rules.registers import Register, WindowKind
from shared.web.wording import Language, Voice

_LAST_MOMENT = timedelta(microseconds=1)


class RegisterOffice:
    """Issues the registers of every site the directory knows."""

    def __init__(self, book: Book, snapshots: Snapshots) -> None:
        self._book, self._snapshots = book, snapshots

    def registers(self, site: str, now: datetime) -> Sequence[Row]:
        """The registers *site* keeps under the pack it runs at *now*."""
        packs = self._packs(self._book.site(site), now)
        kept = {id_: (register, pack) for pack in reversed(packs) for id_, register in pack.registers.items()}
        return [_listed(*kept[id_]) for id_ in dict.fromkeys(name for pack in packs for name in pack.registers)]

    async def issue(self, asked: Asked) -> Issue:
        """Issue a register; everything in it comes from one snapshot.

        Raises:
            NoRegister: The site's pack has none of that name.
            MonthNeeded, WeekNeeded, QuarterNeeded: It is kept by that, and none was named.
            TooManyRows: More than a sheet holds.
        """
        draft = self._draft(asked)
        name = _filename(draft)
        if asked.form == "csv":
            return Issue(csv_form.MEDIA, name, self._streamed(draft))
        async with self._snapshots.snapshot() as moment:
            whole = await _whole(draft, moment)
        return Issue(MEDIA[asked.form], name, _once(whole))

    async def paper(self, asked: Asked) -> Paper:
        """What would be signed and filed: the issue without any signature, so that signing does not change it.

        Raises:
            NoRegister, MonthNeeded, WeekNeeded, QuarterNeeded: See :meth:`issue`.
        """
        site = self._book.site(asked.site)
        _, register, _ = self._chosen(site, asked)
        draft = self._draft(replace(asked, way=filing_way(register), form="json"), bare=True)
        async with self._snapshots.snapshot() as moment:
            whole = await _whole(draft, moment)
        return Paper(draft.register, draft.pack, whole, sha256(whole).hexdigest(), draft.stretch.end)

    async def measured(self, site: str, month: str, now: datetime) -> Sequence[Measured]:
        """Every measure of *site* over a calendar month; all of one moment."""
        asked = Asked("", site, month, Way.CALENDAR, "json", rows_only=True, language="zh", now=now)
        kept = (id_ for pack in self._packs(self._book.site(site), now) for id_ in pack.registers)
        drafts = [self._draft(replace(asked, register=id_)) for id_ in dict.fromkeys(kept)]
        async with self._snapshots.snapshot() as moment:
            return [await _measured(draft, moment) for draft in drafts if draft.register.measures]

    def _draft(self, asked: Asked, *, bare: bool = False) -> "Draft":
        site = self._book.site(asked.site)
        pack, register, stretch = self._chosen(site, asked)
        names = Names(self._book, Voice(_language(asked), site.zone), site=site.id, pack=pack)
        return Draft(asked, site, pack, register, stretch, Cells(register, pack, names), names, bare)

    async def _streamed(self, draft: "Draft") -> AsyncIterator[bytes]:
        # Opened by whoever reads the first part, so that an answer nobody reads holds no connection.
        async with self._snapshots.snapshot() as moment:
            issued = await draft.document(moment)
            async for part in csv_form.csv_parts(
                issued, draft.rows(moment), draft.cells, rows_only=draft.asked.rows_only
            ):
                yield part

    def _chosen(self, site: Site, asked: Asked) -> tuple[Pack, Register, Stretch]:
        """The form the site used in that window: that of the packs in force at its last moment."""
        packs = self._packs(site, asked.now)
        pack = _keeping(packs, asked.register) or _keeping(self._ended(site, asked.now), asked.register)
        if pack is None:
            raise NoRegister(asked.register, tuple(name for one in packs for name in one.registers))
        stretch = stretch_of(pack.registers[asked.register].window, asked.month, asked.way, site.zone)
        if stretch.end is not None:
            then = self._packs(site, min(asked.now, stretch.end - _LAST_MOMENT))
            pack = _keeping(then, asked.register) or pack
        return pack, pack.registers[asked.register], stretch

    def _ended(self, site: Site, now: datetime) -> tuple[Pack, ...]:
        """Every pack the site has run, the newest first: its registers outlive the day it moved to another."""
        every: list[Activation | Profile] = [*site.packs, *site.profiles]
        found = []
        for one in sorted((one for one in every if one.since <= now), key=lambda one: one.since, reverse=True):
            with suppress(UnknownPack):
                found.append(self._book.pack(one.pack, one.version))
        return tuple(found)

    def _packs(self, site: Site, at: datetime) -> tuple[Pack, ...]:
        """The site's own pack first, then those beside it."""
        try:
            return self._book.packs_at(site.id, at)
        except UnknownPack:
            return (self._book.pack_for(site.id, at),)
        except NoPackYet:
            # History from before the first activation is shown in the oldest form there is.
            first = min(site.packs, key=lambda activation: activation.since)
            return (self._book.pack(first.pack, first.version),)


MEDIA = {"json": json_form.MEDIA, "csv": csv_form.MEDIA, "xlsx": xlsx_form.MEDIA}


@dataclass(frozen=True, slots=True)
class Draft:
    """An issue whose form is chosen and whose figures are still to be read.

    Attributes:
        bare: Without the signatures on it.
    """

    asked: Asked
    site: Site
    pack: Pack
    register: Register
    stretch: Stretch
    cells: Cells
    names: Names
    bare: bool = False

    @property
    def scope(self) -> Scope:
        """The cases it takes in."""
        return Scope(
            self.site.id,
            self.register.case_types,
            self.stretch.start,
            self.stretch.end,
            when=() if self.register.when == ALWAYS else (self.register.when,),
            rows=self.register.rows,
            register=self.register.id,
            period=None if self._by_month and not self.bare else self.period or "",
        )

    @property
    def period(self) -> str | None:
        """The name under which this very issue is signed and filed; None where it is cut another way."""
        return self.asked.month if self.asked.way is filing_way(self.register) and not self.bare else None

    @property
    def _by_month(self) -> bool:
        return self.register.window.kind is WindowKind.RUNNING

    async def document(self, moment: Snapshot) -> Document:
        """Read the figures."""
        figures = await read_figures(moment, self.scope, self.register)
        filed = await moment.filed(self.site.id, self.register.id, self.period) if self.period else None
        issued = document(
            self.register,
            self.pack,
            self.site,
            month=self.asked.month,
            way=self.asked.way,
            stretch=self.stretch,
            figures=figures,
        )
        return replace(issued, filed=filed, signer=self.names.person(filed.signed_by)) if filed else issued

    def rows(self, moment: Snapshot) -> AsyncIterator[Sequence[Any]]:
        """The lines, in batches."""
        return moment.rows(self.scope, places(self.register, self.pack), self.site.zone)


async def _whole(draft: Draft, moment: Snapshot) -> bytes:
    issued = await draft.document(moment)
    batches = draft.rows(moment)
    if draft.asked.form == "json":
        rows = [row async for batch in batches for row in batch]
        return json_form.written(issued, rows)
    if issued.received > xlsx_form.MOST_ROWS:
        raise TooManyRows(issued.received)
    lines = [row async for batch in batches for row in zip(*draft.cells.shown(batch), strict=True)]
    if len(lines) > xlsx_form.MOST_ROWS:
        raise TooManyRows(len(lines))
    return await asyncio.to_thread(xlsx_form.workbook, issued, lines)


async def _measured(draft: Draft, moment: Snapshot) -> Measured:
    figures = await read_figures(moment, draft.scope, draft.register)
    found = rates(draft.register.measures, figures, draft.site)
    return Measured(draft.site.id, draft.pack.id, draft.register.id, found)


async def _once(whole: bytes) -> AsyncIterator[bytes]:
    yield whole


def _keeping(packs: Sequence[Pack], register: str) -> Pack | None:
    return next((pack for pack in packs if register in pack.registers), None)


def _language(asked: Asked) -> Language:
    return "en" if asked.language == "en" else "zh"


def _filename(draft: Draft) -> str:
    asked = draft.asked
    return f"{draft.register.id}_{draft.site.code}_{asked.month or 'all'}_{asked.way.value}.{asked.form}"


def _listed(register: Register, pack: Pack) -> Row:
    return {
        "id": register.id,
        "name": {"zh": register.name.zh, "en": register.name.en},
        "pack": {"id": pack.id, "version": pack.version},
        "window": {"kind": register.window.kind.value, "due_day": register.window.due_day},
        "compiled_by": register.compiled_by,
        "to": list(register.to),
        "signed_by": register.signed_by,
        "rows": register.rows,
        "retention_years": register.retention_years,
        "aliases": [{"zh": alias.zh, "en": alias.en} for alias in register.aliases],
        "source": register.source,
    }
