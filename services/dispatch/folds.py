"""Dispatch as one pure object: what it hears, keeps and answers."""

from services.dispatch.commands import keep, obey
from services.dispatch.policy.lifecycle import Status
from services.dispatch.policy.standing import SiteState
from services.dispatch.reactions import react
from services.dispatch.state import CaseState
from shared.contracts.envelope import Heard
from shared.contracts.fold import Columns, Folds, Kind
from shared.contracts.intake import RequestReceived
from shared.rules.book import Book


def columns(state: CaseState) -> Columns:
    """Where a case is, how it stands, and the incident it hangs under."""
    if state.status is Status.AWAITED:
        return Columns()
    return Columns(site=state.site, status=state.status.value, parent=state.incident)


def ready(heard: Heard, book: Book) -> bool:
    """Whether site and pack of a new case are known here; if not, the fact comes again later."""
    if not isinstance(heard.fact, RequestReceived):
        return True
    try:
        book.site(heard.fact.site)
        book.pack(heard.fact.pack, heard.fact.pack_version)
    except LookupError:
        return False
    return True


CASE = Kind(prefix="case", state=CaseState, react=react, obey=obey, columns=columns)
SITE = Kind(prefix="site", state=SiteState, obey=keep)

FOLDS = Folds(service="dispatch", hears=("intake", "escalation"), kinds=(CASE, SITE), ready=ready)
