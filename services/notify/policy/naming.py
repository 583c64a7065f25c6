"""The names a pack gives to its ids; an id nobody named stands for itself."""

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Protocol

from services.notify.policy.news import About
from shared.organisation.records import Named
from shared.rules.book import Book, UnknownPack, UnknownSite
from shared.rules.model import CaseType, NoticeRule
from shared.rules.phrases import MEANS, OUTSIDE
from shared.rules.vendors import VENDOR_CLOCKS


class _WithName(Protocol):
    @property
    def id(self) -> str: ...

    @property
    def name(self) -> Named: ...


def site_name(book: Book, site: str) -> Named:
    """Name of the site."""
    try:
        return book.site(site).name
    except UnknownSite:
        return Named(site, site)


def category_name(book: Book, about: About) -> Named:
    """Name of the case's category; an import may have kept the source's own word."""
    case_type = _case_type(book, about)
    return _name(about.category, case_type.categories if case_type else ())


def severity_name(book: Book, about: About, severity: str | None = None) -> Named:
    """Name of *severity*, or of the case's own."""
    case_type = _case_type(book, about)
    return _name(severity or about.severity, case_type.severities if case_type else ())


def clock_name(book: Book, about: About, clock: str | None) -> Named:
    """Name of a clock of the case."""
    case_type = _case_type(book, about)
    return _name(clock or "", (*(case_type.clocks if case_type else ()), *VENDOR_CLOCKS))


def rule_name(book: Book, about: About, rule: str | None) -> Named:
    """Name of a rule of the pack: a notice, an upgrade, a recurrence or a duty that comes round."""
    try:
        pack = book.pack(about.pack, about.pack_version)
    except UnknownPack:
        return _name(rule or "", ())
    kinds = pack.case_types.values()
    noticed, upgraded = (kind.raises_at_intake for kind in kinds), (kind.upgrades for kind in kinds)
    return _name(rule or "", chain(*noticed, *upgraded, pack.plans, pack.recurrences))


def notice_named(book: Book, about: About, rule: str | None) -> NoticeRule | None:
    """The notice of that id among those of the case's type; None where its pack knows none."""
    case_type = _case_type(book, about)
    return next((one for one in case_type.raises_at_intake if one.id == rule), None) if case_type else None


def outside_names(ids: Iterable[str]) -> Named:
    """Those outside the house, or the means, of these ids."""
    named = [WORDS.get(one, Named(one, one)) for one in ids]
    return Named("、".join(one.zh for one in named), ", ".join(one.en for one in named))


WORDS: Mapping[str, Named] = {**OUTSIDE, **MEANS}


def _case_type(book: Book, about: About) -> CaseType | None:
    try:
        return book.pack(about.pack, about.pack_version).case_types.get(about.case_type)
    except UnknownPack:
        return None


def _name(id_: str, among: Iterable[_WithName]) -> Named:
    return next((one.name for one in among if one.id == id_), Named(id_, id_))
