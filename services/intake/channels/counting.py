"""Looks at matters that have come back, and has it said once when the pack's number is full."""

from dataclasses import dataclass

import structlog
from sqlalchemy.exc import IntegrityError

from services.intake.commands import Recur
from services.intake.policy.recurring import Full, filled, rule_named, window_named
from services.intake.ports import Cases
from services.intake.ports.recurring import Kind, Kinds
from services.intake.state import Case
from shared.contracts.fold import SYSTEM, Ask, Refusal
from shared.rules.recurring import RecurrenceRule
from shared.runtime.engine import Engine, Submission

log = structlog.get_logger()

KINDS_AT_ONCE = 100
POLL = 1.0


@dataclass(frozen=True, slots=True)
class Counting:
    """What intake does by itself about matters that come back."""

    engine: Engine
    shelf: Kinds
    cases: Cases

    async def turn(self) -> float:
        """Count what has changed; answers how long to wait for more."""
        kinds = await self.shelf.to_count(KINDS_AT_ONCE)
        for kind in kinds:
            await self._count(kind)
        return 0 if len(kinds) == KINDS_AT_ONCE else POLL

    async def _count(self, kind: Kind) -> None:
        counted, raised = await self.shelf.cases(kind)
        last = max(counted, key=lambda one: one.received_at, default=None)
        kept = await self.cases.one(last.case) if last is not None else None
        rule = self._rule(kept.case, kind.rule) if kept is not None else None
        if rule is not None:
            for full in filled(rule, counted, raised):
                await self._say(kind, full, window_named(rule.window, full.window))
        await self.shelf.done(kind)

    def _rule(self, case: Case, rule: str) -> RecurrenceRule | None:
        return rule_named(self.engine.book.pack(case.pack, case.version), case.case_type, rule)

    async def _say(self, kind: Kind, full: Full, window: str) -> None:
        command = Recur(rule=kind.rule, case=full.case, cases=full.cases, window=window)
        ask = Ask(entities=(full.case,), command=command, actor=SYSTEM, at=self.engine.clock.now(), right="admin")
        submission = Submission(ask, lambda _done: b"")
        try:
            await self.engine.obey([submission])
        except IntegrityError:
            # Another replica has said it: a kind is raised once in a window.
            return
        if isinstance(submission.answer, Refusal):
            log.warning("recurrence_refused", rule=kind.rule, case=full.case, why=submission.answer.why)
