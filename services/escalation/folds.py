"""Everything pure of escalation in one object."""

from collections.abc import Sequence
from datetime import datetime

from services.escalation import reactions
from services.escalation.commands import obey
from services.escalation.due import due, fire
from services.escalation.state import Docket
from shared.contracts.advancing import advance
from shared.contracts.envelope import Heard
from shared.contracts.fold import Columns, Folds, Kind, Moment, Step
from shared.contracts.intake import RequestReceived
from shared.rules.book import Book

GRAVEST = 100


def columns(docket: Docket) -> Columns:
    """Where the case is, whether it is open, and its incident."""
    case = docket.case
    if case is None:
        return Columns()
    return Columns(site=case.site, status="closed" if case.closed else "open", parent=case.incident)


def rank(docket: Docket) -> int:
    """Graver cases first among steps due together."""
    return GRAVEST - docket.case.rank if docket.case else GRAVEST


def ready(heard: Heard, book: Book) -> bool:
    """Whether the directory knows the site and the pack a new case names."""
    if not isinstance(heard.fact, RequestReceived):
        return True
    try:
        book.site(heard.fact.site)
        book.pack(heard.fact.pack, heard.fact.pack_version)
    except LookupError:
        return False
    return True


def _react(docket: Docket | None, heard: Heard, moment: Moment) -> Step:
    return reactions.react(docket, heard, moment, passing=_pass)


def _pass(docket: Docket, to: datetime, moment: Moment) -> tuple[Docket, Sequence[tuple[datetime, Step]]]:
    return advance(CASE, docket, to, moment)


CASE: Kind[Docket] = Kind(
    prefix="case", state=Docket, react=_react, obey=obey, due=due, fire=fire, columns=columns, rank=rank
)

FOLDS = Folds(service="escalation", hears=("intake", "dispatch", "notify"), kinds=(CASE,), ready=ready)
