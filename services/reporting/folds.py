"""Reporting, pure: what it hears and how a case looks after it."""

from services.reporting.reactions import react
from services.reporting.state.view import CaseView
from shared.contracts.envelope import Heard
from shared.contracts.fold import Ask, Folds, Kind, Moment, Refusal
from shared.contracts.intake import RequestReceived
from shared.contracts.wording import text
from shared.rules.book import Book, UnknownPack, UnknownSite


def obey(_state: CaseView | None, _ask: Ask, _moment: Moment) -> Refusal:
    """Nobody can ask anything of a number."""
    return Refusal(why="nothing_to_do", text=text("统计只读，不能在这里办理"))


def ready(heard: Heard, book: Book) -> bool:
    """Whether the directory knows the site and the pack a new case names."""
    fact = heard.fact
    if not isinstance(fact, RequestReceived):
        return True
    try:
        book.site(fact.site)
        book.pack(fact.pack, fact.pack_version)
    except (UnknownSite, UnknownPack):
        return False
    return True


FOLDS = Folds(
    service="reporting",
    hears=("intake", "dispatch", "escalation", "notify"),
    kinds=(Kind(prefix="case", state=CaseView, react=react, obey=obey),),
    ready=ready,
)
