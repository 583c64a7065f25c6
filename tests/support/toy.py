"""Two tiny services on real contracts, to see the runtime by itself: one says, one hears and answers."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.contracts.dispatch import CaseClosed, OrderStarted
from shared.contracts.envelope import Heard
from shared.contracts.fold import Ask, Columns, Folds, Kind, Moment, Refusal, Say, Step, Want
from shared.contracts.intake import ConsentRecorded, RequestWithdrawn
from shared.contracts.wording import text

FUSE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Counter:
    """How often something was said, and when time alone says something."""

    count: int = 0
    due_at: datetime | None = None
    site: str = "a"


@dataclass(frozen=True, slots=True)
class Count:
    """Count up; burn a fuse when told so."""

    fuse: bool = False
    want: bool = False
    site: str = "a"


def _say(state: Counter | None, ask: Ask, moment: Moment) -> Step | Refusal:
    state = state or Counter()
    if state.count >= 100:
        return Refusal(why="full", text=text("满了"), state=str(state.count), possible=())
    due = moment.at + FUSE if ask.command.fuse else state.due_at
    wants = (
        (Want(key=f"{ask.entities[0]}/{state.count}", kind="echo", recipient="r", payload={}),)
        if ask.command.want
        else ()
    )
    fact = ConsentRecorded(consent="CN-2", by=str(state.count + 1))
    return Step(
        why="counted",
        state=replace(state, count=state.count + 1, due_at=due, site=ask.command.site),
        say=(Say(fact),),
        want=wants,
    )


def _fire(state: Counter, moment: Moment) -> Step:
    if state.site == "broken":
        raise RuntimeError("this step fails")
    return Step(why="fuse", state=replace(state, due_at=None), say=(Say(RequestWithdrawn(by="time")),))


def _hear(state: Counter | None, heard: Heard, moment: Moment) -> Step:
    state = state or Counter()
    fact = heard.fact
    if isinstance(fact, ConsentRecorded) and fact.consent == "poison":
        raise RuntimeError("this message is poison")
    if isinstance(fact, RequestWithdrawn):
        return Step(why="closed", state=state, say=(Say(CaseClosed(ending="withdrawn", by="x")),))
    following = replace(state, count=state.count + 1)
    return Step(why="counted", state=following, say=(Say(OrderStarted(by=str(following.count))),))


SPEAKER = Folds(
    service="intake",
    hears=(),
    kinds=(
        Kind(
            prefix="case",
            state=Counter,
            obey=_say,
            due=lambda state: state.due_at,
            fire=_fire,
            columns=lambda state: Columns(site=state.site),
        ),
    ),
)
HEARER = Folds(
    service="dispatch", hears=("intake",), kinds=(Kind(prefix="case", state=Counter, react=_hear, obey=_say),)
)
