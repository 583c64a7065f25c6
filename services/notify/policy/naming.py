"""The names a pack gives to its ids; an id nobody named stands for itself."""

from collections.abc import Iterable
from typing import Protocol

from services.notify.policy.news import About
from shared.organisation.records import Named
from shared.rules.book import Book, UnknownPack, UnknownSite
from shared.rules.model import CaseType


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
    return _name(clock or "", case_type.clocks if case_type else ())


def _case_type(book: Book, about: About) -> CaseType | None:
    try:
        return book.pack(about.pack, about.pack_version).case_types.get(about.case_type)
    except UnknownPack:
        return None


def _name(id_: str, among: Iterable[_WithName]) -> Named:
    return next((one.name for one in among if one.id == id_), Named(id_, id_))
