"""What escalation says about a case."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace as changed

from services.reporting.state.standing import graver
from services.reporting.state.view import CaseView, Clock, Graded
from shared.contracts.envelope import Fact, Heading
from shared.contracts.escalation import (
    BreachAnnulled,
    CaseRaised,
    ClockArmed,
    ClockBreached,
    ClockStopped,
    ExtensionDecided,
    SeverityUpgraded,
    UpgradeAnnulled,
)
from shared.contracts.pieces import Armed, Stopped
from shared.rules.book import Book

Change = Callable[[Clock], Clock]


def armed(view: CaseView, fact: ClockArmed, _heading: Heading, _book: Book) -> CaseView:
    """Clocks started; one that was running is armed anew."""
    names = {started.clock for started in fact.clocks}
    kept = tuple(clock for clock in view.watch.clocks if not (clock.running and clock.clock in names))
    return _watched(view, clocks=kept + tuple(_clock(started) for started in fact.clocks))


def stopped(view: CaseView, fact: ClockStopped, _heading: Heading, _book: Book) -> CaseView:
    """Clocks ended; one that was cancelled before its limit leaves no trace."""
    ends = {ended.clock: ended for ended in fact.clocks}
    clocks = tuple(_ended(c, ends[c.clock]) if _hits(c, ends) else c for c in view.watch.clocks)
    return _watched(view, clocks=tuple(c for c in clocks if c.outcome != "cancelled" or c.breached))


def breached(view: CaseView, fact: ClockBreached, _heading: Heading, _book: Book) -> CaseView:
    """A due instant passed."""
    clocks = _at(view, fact.clock, fact.due_at, lambda clock: changed(clock, breached=True))
    return _watched(view, clocks=clocks, breaches=view.watch.breaches + 1)


def annulled(view: CaseView, fact: BreachAnnulled, _heading: Heading, _book: Book) -> CaseView:
    """An older fact disproved a breach; the count is net."""
    clocks = _at(view, fact.clock, fact.due_at, lambda clock: changed(clock, breached=False))
    return _watched(view, clocks=clocks, breaches=view.watch.breaches - 1)


def raised(view: CaseView, _fact: CaseRaised, _heading: Heading, _book: Book) -> CaseView:
    """The matter was pushed to people."""
    return _watched(view, raises=view.watch.raises + 1)


def extension_decided(view: CaseView, fact: ExtensionDecided, _heading: Heading, _book: Book) -> CaseView:
    """An approval in time moves the limit; a late one is kept, but the breach stays counted (ESC-4)."""
    if fact.decision == "refused":
        return view
    clocks = view.watch.clocks
    if fact.decision == "approved":
        clocks = _at(view, fact.clock, fact.was_due_at, lambda clock: changed(clock, due_at=fact.due_at))
    return _watched(view, clocks=clocks, extended_by=fact.by)


def upgraded(view: CaseView, fact: SeverityUpgraded, heading: Heading, _book: Book) -> CaseView:
    """Time made the matter graver."""
    return changed(view, graded=graver(view.graded, Graded(fact.severity, fact.effective_at, heading.id)))


def upgrade_annulled(view: CaseView, fact: UpgradeAnnulled, heading: Heading, _book: Book) -> CaseView:
    """There was no cause for the upgrade; a later word of a person stands."""
    if view.graded is not None and view.graded.at > fact.effective_at:
        return view
    return changed(view, graded=Graded(fact.severity, fact.effective_at, heading.id))


MEANINGS: Mapping[type[Fact], Callable[[CaseView, Any, Heading, Book], CaseView]] = {
    ClockArmed: armed,
    ClockStopped: stopped,
    ClockBreached: breached,
    BreachAnnulled: annulled,
    CaseRaised: raised,
    ExtensionDecided: extension_decided,
    SeverityUpgraded: upgraded,
    UpgradeAnnulled: upgrade_annulled,
}


def _watched(view: CaseView, **changes: Any) -> CaseView:
    return changed(view, watch=changed(view.watch, **changes))


def _clock(started: Armed) -> Clock:
    return Clock(started.clock, started.start_at, started.due_at, started.promise, started.product_default)


def _hits(clock: Clock, ends: Mapping[str, Stopped]) -> bool:
    # A breach annulled after its clock had ended late is followed by a second, better ending.
    end = ends.get(clock.clock)
    return end is not None and (clock.running or clock.start_at == end.start_at)


def _ended(clock: Clock, end: Stopped) -> Clock:
    return changed(clock, outcome=end.outcome, due_at=end.due_at)


def _at(view: CaseView, name: str, due_at: Any, change: Change) -> tuple[Clock, ...]:
    return tuple(change(c) if (c.clock, c.due_at) == (name, due_at) else c for c in view.watch.clocks)
