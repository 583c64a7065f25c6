"""Opens the case that a step or a recurrence has made necessary: an effect, so that no crash opens none, or two."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.intake.commands import OpenByRule, Ruled
from services.intake.ports import Numbers
from shared.contracts.effects import Outcome, Wanted
from shared.contracts.fold import SYSTEM, Ask
from shared.storage.trouble import is_transient

AGAIN = 0.5


@dataclass(frozen=True, slots=True)
class Opener:
    """Draws the number of the new case; the case itself opens in the transaction that settles the effect."""

    numbers: Numbers

    async def carry(self, bundle: Sequence[Wanted]) -> Outcome:
        """See `shared.contracts.effects.Carrier`; each case is a recipient of its own, so a bundle is one."""
        while True:  # a database that is away must not use up the attempts
            try:
                (number,) = await self.numbers.take(len(bundle))
            except Exception as trouble:
                if not is_transient(trouble):
                    raise
                await asyncio.sleep(AGAIN)
            else:
                return Outcome(done=True, evidence=str(number))


def report(wanted: Wanted, outcome: Outcome, _bundled: int, now: datetime) -> Ask:
    """Word a drawn number as the command that opens the case."""
    command = OpenByRule.model_validate(wanted.payload)
    number = int(outcome.evidence) if outcome.evidence.isdigit() else 0
    return Ask(entities=(command.entity,), command=Ruled(command, number), actor=SYSTEM, at=now, right="admin")
