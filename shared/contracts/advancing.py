"""Time as part of the fold: an entity is brought to an instant by firing every step due before it.

Source: design.md §2B.
"""

from datetime import datetime
from typing import TypeVar

from shared.contracts.fold import Kind, Moment, Step

S = TypeVar("S")


class StuckInTime(RuntimeError):
    """A due step did not move its entity's next due instant on: a defect that would never end."""


def advance(kind: Kind[S], state: S, to: datetime, moment: Moment) -> tuple[S, list[tuple[datetime, Step]]]:
    """Fire every step of *state* due strictly before *to*, each at its true instant.

    Strictly, because an act at exactly the due instant is still on time (TS-8).

    Returns:
        The state as of *to*, and the steps taken with their instants, in order.

    Raises:
        StuckInTime: A step left ``due`` where it was.

    Source: design.md §2B (time is part of the fold).
    """
    steps: list[tuple[datetime, Step]] = []
    due = kind.due(state)
    while due is not None and due < to:
        step = kind.fire(state, Moment(at=due, now=moment.now, book=moment.book, cause=moment.cause))
        following = kind.due(step.state)
        if following == due and step.state == state:
            raise StuckInTime(f"{kind.prefix}: the step due at {due.isoformat()} changed nothing ({step.why})")
        steps.append((due, step))
        state, due = step.state, following
    return state, steps
