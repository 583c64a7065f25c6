"""The whole service, pure."""

from services.notify.commands import obey
from services.notify.reactions import react
from services.notify.state import Case
from shared.contracts.dispatch import OrderIssued
from shared.contracts.envelope import Heard
from shared.contracts.fold import Columns, Folds, Kind
from shared.contracts.intake import RequestReceived
from shared.rules.book import Book, UnknownSite


def keys(heard: Heard) -> tuple[str, ...]:
    """The case a fact belongs to; facts about nothing that is a case touch nobody here."""
    correlation = heard.heading.correlation
    return (correlation,) if correlation.startswith("case-") else ()


def ready(heard: Heard, book: Book) -> bool:
    """Whether the site a fact names is known; until then it waits."""
    if not isinstance(heard.fact, RequestReceived | OrderIssued):
        return True
    try:
        book.site(heard.fact.site)
    except UnknownSite:
        return False
    return True


def columns(case: Case) -> Columns:
    """Where the case is."""
    return Columns(site=case.about.site if case.about else None)


FOLDS = Folds(
    service="notify",
    hears=("intake", "dispatch", "escalation"),
    kinds=(Kind(prefix="case", state=Case, react=react, obey=obey, columns=columns),),
    keys=keys,
    ready=ready,
)
