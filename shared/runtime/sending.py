"""Effects: claimed, attempt committed, carried out with no transaction open, outcome fed back as a command.

An attempt whose process died is taken up again after its lease: the outside world may then see it twice, which for
an alarm is better than never. Everything inside the product happens once.

Source: design.md §5 (effects).
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import structlog

from shared.contracts.effects import Carrier, Outcome, Report, Wanted
from shared.runtime.engine import Engine, Submission
from shared.runtime.loops import WHILE_HELD, seconds_until
from shared.storage.trouble import is_transient

log = structlog.get_logger()

LEASE = timedelta(seconds=60)
POLL = 1.0
RETRIES = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10))


class Sender:
    """Takes what folds wanted and brings back what became of it."""

    def __init__(self, engine: Engine, carriers: Mapping[str, Carrier], report: Report) -> None:
        """Carry by kind; *report* words an outcome as a command to the entity that wanted it."""
        self._engine, self._carriers, self._report = engine, carriers, report

    async def turn(self) -> float:
        """Carry out what is due; answers how long nothing will be due."""
        if pause := await self._pause():
            return pause
        claimed = await self._claim()
        if not claimed:
            return WHILE_HELD
        bundles: dict[tuple[str, str], list[Wanted]] = {}
        for wanted in claimed:
            bundles.setdefault((wanted.kind, wanted.recipient), []).append(wanted)
        await asyncio.gather(*(self._carry(bundle) for bundle in bundles.values()))
        return 0

    async def _claim(self) -> list[Wanted]:
        now = self._engine.clock.now()
        async with self._engine.db.begin() as conn:
            rows = await conn.execute(self._engine.sql["claim"], {"now": now, "lease": now + LEASE, "most": 200})
            return [
                Wanted(row.key, row.entity, row.kind, row.recipient, json.loads(row.payload), row.attempts)
                for row in rows
            ]

    async def _pause(self) -> float:
        async with self._engine.db.connect() as conn:
            due = (await conn.execute(self._engine.sql["next_wanted"])).scalar()
        if due is not None and due <= self._engine.clock.now():  # an effect leaves at its very instant
            return 0
        return seconds_until(due, self._engine.clock, at_most=POLL)

    async def _carry(self, bundle: list[Wanted]) -> None:
        outcome = await self._carried(bundle)
        attempts = max(wanted.attempts for wanted in bundle)
        keys = [wanted.key for wanted in bundle]
        if not outcome.done and outcome.again and attempts <= len(RETRIES):
            await self._retry(keys, outcome, attempts)
            return
        now = self._engine.clock.now()
        asks = (self._report(wanted, outcome, len(bundle), now) for wanted in bundle)
        # Under its own key: an attempt that outlived its lease was made again, and only the first outcome counts.
        submissions = [
            Submission(replace(ask, key=wanted.key), lambda _done: b"")
            for ask, wanted in zip(asks, bundle, strict=True)
        ]
        settled = {"keys": keys, "now": now, "outcome": f"{outcome.code} {outcome.evidence}"[:500]}
        while True:  # a database that is away must not have people told again when the lease is over
            try:
                await self._engine.obey(submissions, extra=[("settle", settled)])
                break
            except Exception as trouble:
                if not is_transient(trouble):
                    raise
                await asyncio.sleep(WHILE_HELD)

    async def _carried(self, bundle: list[Wanted]) -> Outcome:
        try:
            return await self._carriers[bundle[0].kind].carry(bundle)
        except Exception as defect:
            log.exception("carrier_failed", kind=bundle[0].kind, count=len(bundle))
            return Outcome(done=False, code="defect", evidence=type(defect).__name__, again=True)

    async def _retry(self, keys: list[str], outcome: Outcome, attempts: int) -> None:
        wait = outcome.retry_after or RETRIES[attempts - 1]
        log.info("effect_put_off", count=len(keys), code=outcome.code, seconds=wait.total_seconds())
        told = f"{outcome.code} {outcome.evidence}"[:500]
        async with self._engine.db.begin() as conn:
            parameters = {"keys": keys, "next_at": self._engine.clock.now() + wait, "outcome": told}
            await conn.execute(self._engine.sql["retry"], parameters)
