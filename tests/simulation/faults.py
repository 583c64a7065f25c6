"""Deliberate faults of the runtime, each a small change somebody could make in good faith.

Every fault names the lines it changes; when those are written differently one day, the fault says so instead of
silently breaking nothing.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One change of one module.

    Attributes:
        old: Text that stands in the module exactly once.
        new: What stands there instead.
        also: More changes of the same fault: module, old, new.
        seeds: How many worlds may pass before it must have been found.
        rare: Worlds that have shown a fault few do; lived through first, so that nobody waits for the others.
    """

    name: str
    module: str
    old: str
    new: str
    also: tuple[tuple[str, str, str], ...] = ()
    seeds: int = 200
    rare: tuple[int, ...] = ()

    @property
    def changes(self) -> tuple[tuple[str, str, str], ...]:
        """Every change: module, old, new."""
        return ((self.module, self.old, self.new), *self.also)


FAULTS = (
    Fault(
        "acknowledge before the commit",
        "shared.runtime.settling",
        "        if ready:\n            await self._engine.hear(",
        "        for msg, _ in ready:\n            await msg.ack()\n"
        "        if ready:\n            await self._engine.hear(",
    ),
    Fault(
        "acknowledge what failed",
        "shared.runtime.settling",
        "            await msg.nak(delay=delay(msg.metadata.num_delivered))",
        "            await msg.ack()",
    ),
    Fault(
        "acknowledge what the reader heard last, whichever batch that was",
        "shared.runtime.settling",
        "            await self._engine.hear([letter for _, letter in ready])\n"
        "        if self._reader.still_ours():\n            for msg, _ in ready:\n",
        "            self._last = ready\n            await self._engine.hear([letter for _, letter in ready])\n"
        "        if ready and self._reader.still_ours():\n            for msg, _ in self._last:\n",
    ),
    Fault(
        "bury a letter the database refused and leave it parked",
        "shared.runtime.engine",
        "            await self._hear(doomed, len(letters))\n",
        """            from shared.storage.letters import Dead
            work = Work({}, dead=[Dead(one, one.flaw) for one in doomed])
            async with self.db.begin() as conn:
                await self.unit.save(conn, work, self.clock.now())
""",
        rare=(197,),
    ),
    Fault(
        "forget the version check",
        "shared.runtime.folding",
        "        if heading.version <= last:\n            return\n",
        "",
    ),
    Fault(
        "apply what came too early",
        "shared.runtime.folding",
        "        if heading.version > last + 1 or not self.ready(letter):",
        "        if not self.ready(letter):",
    ),
    Fault(
        "never drain what was parked",
        "shared.runtime.folding",
        " and drain and work.parked:\n            self._drain(work, heading, now)",
        ":\n            return",
    ),
    Fault(
        "write the outbox after the transaction",
        "shared.runtime.engine",
        "            await self.write(conn, work)\n            await self._remember(conn, fresh)\n",
        """            spoken, work.spoken = work.spoken, []
            await self.write(conn, work)
            await self._remember(conn, fresh)
            work.spoken = spoken
""",
    ),
    Fault(
        "publish before the commit",
        "shared.runtime.engine",
        "        await self.projection.project(conn, work)\n",
        "        self.publisher.publish_soon(letters_of(work.spoken))\n"
        "        await self.projection.project(conn, work)\n",
    ),
    Fault(
        "read entities without locking them",
        "shared.storage.unit",
        '            held = await self._rows(conn, "lock", ids)\n',
        """            held = await self._rows(conn, "peek", ids)
            held |= await self._rows(conn, "lock", [one for one in ids if one not in held])
""",
    ),
    Fault(
        "claim deadlines before entities",
        "shared.runtime.engine",
        "                work = await self.unit.load_free(conn, due, now)\n",
        """                for entity in due:
                    await conn.execute(self.sql["put_off"], {"entity": entity, "until": now})
                work = await self.unit.load_free(conn, due, now)
""",
    ),
    Fault(
        "leave a timer behind when nothing is due any more",
        "shared.storage.unit",
        "        if len(armed) < len(moved):",
        "        if not moved:",
    ),
    Fault(
        "arm a timer when it was first set only",
        "shared.storage.unit",
        "for s in slots) if due != slot.due_before]",
        "for s in slots) if slot.due_before is None]",
    ),
    Fault(
        "fire a timer by what was read before the lock",
        "shared.runtime.folding",
        "            state, steps = advance(kind, slot.state, now, moment)\n",
        """            due = kind.due(slot.state)
            if due is None:
                continue
            step = kind.fire(slot.state, Moment(at=due, now=now, book=self._book))
            state, steps = step.state, [(due, step)]
""",
        also=(("shared.storage.unit", "still = {row.entity for row in due}", "still = {*slots, *due}"),),
        seeds=600,
    ),
    Fault(
        "fire a day early",
        "shared.contracts.advancing",
        "    while due is not None and due < to:",
        "    while due is not None and due < to + __import__('datetime').timedelta(days=1):",
    ),
    Fault(
        "judge what was late by the time it was handled",
        "shared.contracts.advancing",
        "Moment(at=due, now=moment.now",
        "Moment(at=moment.now, now=moment.now",
    ),
    Fault(
        "send inside a transaction",
        "shared.runtime.sending",
        "        outcome = await self._carried(bundle)\n",
        "        async with self._engine.db.begin():\n            outcome = await self._carried(bundle)\n",
    ),
    Fault(
        "send before the attempt is committed",
        "shared.runtime.sending",
        'db.begin() as conn:\n            rows = await conn.execute(self._engine.sql["claim"]',
        'db.connect() as conn:\n            rows = await conn.execute(self._engine.sql["claim"]',
    ),
    Fault(
        "report an outcome without a key",
        "shared.runtime.sending",
        '            Submission(replace(ask, key=wanted.key), lambda _done: b"")',
        '            Submission(ask, lambda _done: b"")',
        seeds=600,
        rare=(16,),
    ),
    Fault(
        "forget the keys of commands",
        "shared.runtime.engine",
        "        if key is not None:\n            fresh[key] = (ask.digest, rendered)\n",
        "",
    ),
    Fault(
        "answer before the commit",
        "shared.runtime.desk",
        "        try:\n            await self._engine.obey([submission for submission, _ in waiting])\n",
        """        for submission, done in waiting:
            submission.answer = submission.render(Done(submission.ask.entities[0], 1, None, ""))
            _finish(done, None)
        try:
            await self._engine.obey([submission for submission, _ in waiting])
""",
    ),
    Fault(
        "mark as published what was only sent",
        "shared.runtime.publishing",
        "            async with self._patient():\n                seqs",
        "            self._marks.extend((m.id, 1) for m in chunk)\n"
        "            async with self._patient():\n                seqs",
    ),
    Fault(
        "leave to nobody what a crash left behind",
        "shared.runtime.publishing",
        "            if rows:\n                await self.publish([outgoing(row) for row in rows])\n",
        "            if rows:\n",
    ),
    Fault(
        "never look whether the stream came back shorter",
        "shared.runtime.publishing",
        "            if not stands:",
        "            if stands is None:",
        seeds=400,
        rare=(50,),
    ),
    Fault(
        "say new facts before looking what is gone",
        "shared.runtime.publishing",
        '        return self._nc is None or self._nc.stats["reconnects"] != self._mended_at',
        "        return False",
        seeds=1500,
        rare=(378,),
    ),
)
