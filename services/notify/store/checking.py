"""Whether inboxes, outcomes and tellings agree with each other and with the cases: no log is needed for that.

The words of a message are held against what was wanted, not made again: a later release may word them otherwise.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from string import Formatter
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.state import Case
from services.notify.store.rows import inbox_row, owed_row
from shared.process.books import Finding, Page

NOTICE = "notice"
"""Code of a finding that is mended by telling the notices of its case again."""
NOTHING = ""
_PAGE = "entity > :after and (cast(:upto as text) is null or entity <= :upto)"
LAID = text(f"""
    select i.*, w.payload, w.key is not null as wanted, w.settled_at is null as open, d.notice is not null as ended
    from (select * from notify.inbox where {_PAGE}) i
    left join notify.wanted w on w.key = left(i.id, length(i.id) - length(i.person) - 1) || '/' || i.person || '/inbox'
    left join notify.deliveries d on d.notice = i.id and d.channel = 'inbox'
    order by i.entity, i.id""")  # noqa: S608  constants of this module
KNOWN = text("select id from notify.entities where id = any(cast(:ids as text[]))")
WAITING = text("""
    select v.entity, v.key from unnest(cast(:entities as text[]), cast(:keys as text[]), cast(:notices as text[]))
        as v(entity, key, notice)
    left join notify.wanted w on w.key = v.key and w.settled_at is null
    left join notify.inbox i on i.id = v.notice
    where w.key is null or i.id is null""")
OUTWARD = text(f"select * from notify.outward where {_PAGE} order by entity, id")  # noqa: S608
DROP = tuple(
    text(f"""
    delete from notify.{table} t where entity = any(cast(:ids as text[]))
        and not exists (select from notify.entities e where e.id = t.entity)""")  # noqa: S608
    for table in ("inbox", "outward")
)


async def strays(conn: AsyncConnection, page: Page) -> list[Finding]:
    """What is amiss with the notices of a page of cases."""
    place = {"after": page.after, "upto": page.upto}
    laid = list(await conn.execute(LAID, place))
    kept = list(await conn.execute(OUTWARD, place))
    cases = {entity: slot.state for entity, slot in page.slots.items() if isinstance(slot.state, Case)}
    lost = sorted({row.entity for row in (*laid, *kept)} - page.slots.keys())
    known = {row.id for row in await conn.execute(KNOWN, {"ids": lost})} if lost else set()
    found = [Finding(entity, "orphan", "row") for entity in lost if entity not in known]
    found += [finding for row in laid if row.entity in page.slots for finding in _laid(row)]
    return [*found, *await _waiting(conn, cases), *_outward(cases, kept)]


def _laid(row: Any) -> Iterator[Finding]:
    """One message in an inbox against the effect that laid it there, and its outcome."""
    if not row.wanted:
        if not row.ended:
            yield Finding(row.entity, NOTICE, row.id, "inbox + effect")
        return
    payload = json.loads(row.payload)
    should = inbox_row(payload)
    differ = [name for name in should if getattr(row, name) != should[name]]
    if differ:
        stands = " ".join(f"{name}={getattr(row, name)}" for name in differ)
        yield Finding(row.entity, NOTICE, stands, " ".join(f"{name}={should[name]}" for name in differ))
    elif not could_say(row.zh, payload):
        yield Finding(row.entity, NOTICE, row.zh[:60], payload["sentences"][0]["template"])
    elif not row.open and not row.ended:
        yield Finding(row.entity, NOTICE, row.id, "outcome")


def could_say(said: str, payload: Mapping[str, Any]) -> bool:
    """Whether *said* may be what *payload* says in Chinese: its sentences in their order, whatever the instants."""
    place = 0
    for part in (part for sentence in payload["sentences"] for part in _parts(sentence)):
        place = said.find(part, place)
        if place < 0:
            return False
        place += len(part)
    return True


def _parts(sentence: Mapping[str, Any]) -> Iterator[str]:
    for literal, gap, _, _ in Formatter().parse(sentence["template"]):
        yield literal
        value = sentence["gaps"].get(gap) if gap else None
        if isinstance(value, Mapping):
            yield value.get("zh", NOTHING)
        elif value is not None:
            yield str(value)


async def _waiting(conn: AsyncConnection, cases: Mapping[str, Case]) -> list[Finding]:
    """Messages that wait for their hour by their cases, and not by the effects wanted."""
    waits = [(entity, one) for entity, case in cases.items() for one in case.waiting]
    if not waits:
        return []
    asked = {
        "entities": [entity for entity, _ in waits],
        "keys": [one.key for _, one in waits],
        "notices": [one.notice for _, one in waits],
    }
    return [Finding(row.entity, NOTICE, NOTHING, row.key) for row in await conn.execute(WAITING, asked)]


def _outward(cases: Mapping[str, Case], kept: Sequence[Any]) -> Iterator[Finding]:
    """What people outside are to hear, against what the cases owe."""
    rows: dict[str, dict[str, Any]] = defaultdict(dict)
    for row in kept:
        rows[row.entity][row.id] = row
    for entity, case in cases.items():
        owed = {one.id: owed_row(entity, case.about, one) for one in case.owed} if case.about else {}
        here = rows.get(entity, {})
        for name in sorted({*owed, *case.settled, *here}):
            if not _as_owed(here.get(name), owed.get(name), settled=name in case.settled):
                stands = f"outward {name}" if name in here else NOTHING
                yield Finding(entity, NOTICE, stands, "to be told" if name in owed else "seen to")


def _as_owed(stands: Any, should: Mapping[str, Any] | None, *, settled: bool) -> bool:
    if stands is None or should is None:
        return stands is not None and settled and stands.seen_at is not None
    differ = (name for name in should if name != "to" and getattr(stands, name) != _listed(should[name]))
    return stands.seen_at is None and not any(differ)


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


async def drop(conn: AsyncConnection, entities: Sequence[str]) -> None:
    """Forget rows of entities that do not exist."""
    for statement in DROP:
        await conn.execute(statement, {"ids": list(entities)})
