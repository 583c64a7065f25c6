"""The acts an import brings along, folded in one go at their own times.

Source: design.md §2B (late and imported history), §7.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from services.dispatch.policy.lifecycle import Status
from services.dispatch.saying import Turn, asked, closed, completed, reopened, settled
from services.dispatch.state import procedure
from shared.contracts.dispatch import Answer, FollowUpRecorded, OrderAccepted, OrderStarted, ReplyGiven
from shared.contracts.history import Act, ActName, History
from shared.rules.book import Book

IMPORT = "import"
"""Stands in ``by`` and ``method`` where the source is silent."""

_JUDGED = frozenset({"satisfied", "unsatisfied", "closed", "withdrawn"})


@dataclass(frozen=True, slots=True)
class _Deed:
    """One act of the past.

    Attributes:
        judged: The next act that says how the work ended; None when nobody has judged it yet.
    """

    act: Act
    book: Book
    judged: ActName | None

    @property
    def by(self) -> str:
        return self.act.by or IMPORT


def relive(turn: Turn, history: History, book: Book) -> Turn:
    """Fold every act of *history* in order; what comes after an ending changes nothing."""
    for place, act in enumerate(history.acts):
        if turn.state.status is Status.CLOSED:
            break
        judged = next((later.act for later in history.acts[place + 1 :] if later.act in _JUDGED), None)
        turn = _ACTS[act.act](replace(turn, at=act.at), _Deed(act, book, judged))
    return turn


def _accepted(turn: Turn, deed: _Deed) -> Turn:
    return turn.says(OrderAccepted(by=deed.by), status=Status.ACCEPTED)


def _started(turn: Turn, deed: _Deed) -> Turn:
    return turn.says(OrderStarted(by=deed.by), status=Status.IN_PROGRESS)


def _replied(turn: Turn, deed: _Deed) -> Turn:
    # Sources of history do not say how somebody was told; most are telephone logs.
    fact = ReplyGiven(kind="progress" if turn.state.replied else "first", method="phone", by=deed.by)
    return turn.says(fact, replied=True, replied_since_invalid=True)


def _completed(turn: Turn, deed: _Deed) -> Turn:
    done = completed(turn, deed.book, by=deed.by)
    if deed.judged is None:
        return settled(done, deed.book, by=deed.by)
    return _asked(done, deed) if deed.judged in ("satisfied", "unsatisfied") else done


def _asked(turn: Turn, deed: _Deed) -> Turn:
    required = procedure(turn.state, deed.book).follow_up.required
    return asked(turn, deed.book) if required and turn.state.follow_up is None else turn


def _done(turn: Turn, deed: _Deed) -> Turn:
    """An ending without a completion implies one at the same time."""
    return turn if turn.state.status is Status.RESOLVED else completed(turn, deed.book, by=deed.by)


def _answered(turn: Turn, deed: _Deed, answer: Answer) -> Turn:
    opened = _asked(_done(turn, deed), deed)
    fact = FollowUpRecorded(answer=answer, method=IMPORT, round=opened.state.round, by=deed.by)
    return opened.says(fact, follow_up=None)


def _satisfied(turn: Turn, deed: _Deed) -> Turn:
    return closed(_answered(turn, deed, "satisfied"), "satisfied", by=deed.by)


def _unsatisfied(turn: Turn, deed: _Deed) -> Turn:
    answered = _answered(turn, deed, "unsatisfied")
    again = answered.knows(unsatisfied=answered.state.unsatisfied + 1)
    return reopened(again, deed.book, "unsatisfied", by=deed.by)


def _closed(turn: Turn, deed: _Deed) -> Turn:
    return closed(_done(turn, deed), "historical", by=deed.by)


def _withdrawn(turn: Turn, deed: _Deed) -> Turn:
    return closed(turn, "withdrawn", by=deed.by)


_ACTS: Mapping[ActName, Callable[[Turn, _Deed], Turn]] = {
    "accepted": _accepted,
    "started": _started,
    "replied": _replied,
    "completed": _completed,
    "satisfied": _satisfied,
    "unsatisfied": _unsatisfied,
    "closed": _closed,
    "withdrawn": _withdrawn,
}
