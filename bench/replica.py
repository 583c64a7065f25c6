"""A replica that only counts, and notices when a message comes before its predecessor; with or without keeping order.

Run as ``python -m bench.replica [--unordered]``; servers come from ``SHOUWEN_…`` variables as for ``shouwen serve``.
It begins when it gets SIGUSR1, so that several can begin together.
"""

import asyncio
import signal
import sys
from dataclasses import dataclass, replace
from datetime import datetime

import uvloop

from shared.contracts.envelope import Heard
from shared.contracts.fold import Ask, Columns, Folds, Kind, Moment, Refusal, Step
from shared.contracts.wording import text
from shared.process.service import ServiceProcess, surroundings
from shared.process.settings import RuntimeSettings
from shared.runtime.folding import Folding
from shared.storage.letters import Letter
from shared.storage.unit import Work


@dataclass(frozen=True, slots=True)
class Counted:
    """What was heard of one entity.

    Attributes:
        last: Version heard last.
        early: Messages that came before their predecessor, or twice.
    """

    last: int = 0
    heard: int = 0
    early: int = 0


def react(state: Counted | None, heard: Heard, _moment: Moment) -> Step:
    """Count, and look at the order."""
    before = state or Counted()
    version = heard.heading.version
    early = before.early + (version != before.last + 1)
    return Step(why="counted", state=replace(before, last=version, heard=before.heard + 1, early=early))


def obey(_state: Counted | None, _ask: Ask, _moment: Moment) -> Refusal:
    """Nobody asks."""
    return Refusal(why="nothing_to_do", text=text("统计只读，不能在这里办理"))


def columns(state: Counted) -> Columns:
    """Where the bench reads the counts."""
    return Columns(site=str(state.heard), status=str(state.early))


FOLDS = Folds(
    service="dispatch",
    hears=("intake",),
    kinds=(Kind(prefix="case", state=Counted, react=react, obey=obey, columns=columns),),
)


class Unordered(Folding):
    """Applies whatever comes, as it comes: what any shared durable gives without a version check."""

    def hear(self, work: Work, letter: Letter, now: datetime, *, drain: bool = True) -> None:  # noqa: ARG002  the base's
        """Apply *letter*."""
        self._apply(work, letter, now)


async def main(*, ordered: bool) -> None:
    """Hear until ended."""
    process = ServiceProcess(FOLDS, surroundings(RuntimeSettings(), replica="bench"))
    if not ordered:
        process.engine.folding = Unordered(FOLDS, process.book, process.ids)
    told = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, told.set)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await told.wait()
    await process.start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.Runner(loop_factory=uvloop.new_event_loop).run(main(ordered="--unordered" not in sys.argv))
