"""The SQL of the runtime, written once per schema; arrays in, set-based work, never a statement of changing length.

Schema names come from the code's own service list, never from input.
"""

import re
from collections.abc import Mapping
from functools import cache

from sqlalchemy import TextClause, text

ARRAY = re.compile(r"cast\(:\w+ as (\w+\[\])\)")


def planned_once(sql: str) -> str:
    """*sql* with its arrays hidden from the planner, which would otherwise plan every execution for their lengths.

    Only where there is nothing to choose: the one plan is made while a table may still be empty.
    """
    return ARRAY.sub(r"cast((select \g<0>) as \1)", sql)


SQL: dict[str, str] = {
    # Sorted inserts first, then sorted locks: no waiter ever holds what an earlier phase of another batch needs. When
    # somebody else makes one of the rows meanwhile, none is locked: the answer is short, and whoever asks asks again.
    "lock": """
        with known as (select id from {s}.entities where id = any(cast(:ids as text[]))), made as (
            insert into {s}.entities (id) select id from unnest(cast(:ids as text[])) as t(id)
            where id not in (select id from known) order by id on conflict (id) do nothing
            returning id, state, schema, said, said_chain, heard, waiting)
        select * from made union all select * from (
            select id, state, schema, said, said_chain, heard, waiting from {s}.entities
            where id = any(cast(:ids as text[])) and (select count(*) from known) + (select count(*) from made)
                = cardinality(cast(:ids as text[])) order by id for update) as held""",
    "lock_free": """
        select id, state, schema, said, said_chain, heard, waiting from {s}.entities
        where id = any(cast(:ids as text[])) order by id for update skip locked""",
    "peek": """
        select id, state, schema, said, said_chain, heard, waiting from {s}.entities
        where id = any(cast(:ids as text[]))""",
    # One round trip for what nearly every transaction writes. What is there is held: a conflict finds it by its id.
    "write": planned_once("""
        with v as (select * from unnest(cast(:ids as text[]), cast(:states as bytea[]), cast(:schemas as int[]),
                cast(:said as int[]), cast(:chains as bigint[]), cast(:heard as bytea[]), cast(:waiting as int[]),
                cast(:sites as text[]), cast(:statuses as text[]), cast(:parents as text[]), cast(:fresh as bool[]))
                as v(id, state, schema, said, said_chain, heard, waiting, site, status, parent, fresh)),
            opened as (
                insert into {s}.entities (id, state, schema, said, said_chain, heard, waiting, site, status, parent)
                select id, state, schema, said, said_chain, heard, waiting, site, status, parent from v where fresh),
            armed as (
                insert into {s}.timers (entity, due_at, rank) select * from unnest(cast(:armed as text[]),
                    cast(:dues as timestamptz[]), cast(:ranks as smallint[])) as t(entity, due_at, rank) order by entity
                on conflict (entity) do update set due_at = excluded.due_at, rank = excluded.rank,
                    generation = timers.generation + 1),
            spoken as (
                insert into {s}.outbox (id, subject, headers, body, created_at)
                select id, subject, headers, body, :now from unnest(cast(:messages as text[]),
                    cast(:subjects as text[]), cast(:headers as text[]), cast(:bodies as bytea[]))
                    as o(id, subject, headers, body))
        insert into {s}.entities (id, state, schema, said, said_chain, heard, waiting, site, status, parent)
        select id, state, schema, said, said_chain, heard, waiting, site, status, parent from v where not fresh
        on conflict (id) do update set state = excluded.state, schema = excluded.schema, said = excluded.said,
            said_chain = excluded.said_chain, heard = excluded.heard, waiting = excluded.waiting,
            site = excluded.site, status = excluded.status, parent = excluded.parent"""),
    "unseed": "delete from {s}.entities where id = any(cast(:ids as text[])) and state is null",
    # Never waits: what another replica holds it publishes and marks itself, and two that wait for each other deadlock.
    "said": """
        with free as (select id from {s}.outbox where id = any(cast(:ids as text[])) for update skip locked)
        update {s}.outbox o set published_at = :now, seq = v.seq
        from free join unnest(cast(:ids as text[]), cast(:seqs as bigint[])) as v(id, seq) on v.id = free.id
        where o.id = free.id""",
    "unsaid": """
        select id, subject, headers, body from {s}.outbox where published_at is null and created_at < :before
        order by id limit :most for update skip locked""",
    "forget_said": "delete from {s}.outbox where published_at < :before",
    "last_said": """
        select id, seq from {s}.outbox where seq is not null and subject like 'ev.%' order by seq desc limit 1""",
    "say_again": """
        update {s}.outbox set published_at = null, seq = null where seq is not null and subject like 'ev.%'""",
    "say_records_again": """
        update {s}.outbox set published_at = null, seq = null where seq > :seq and subject like 'directory.%'""",
    "unsaid_age": """
        select count(*) as rows, min(created_at) as oldest from {s}.outbox where published_at is null""",
    "park": """
        insert into {s}.parked (entity, speaker, version, headers, body, parked_at)
        select entity, speaker, version, headers, body, :now from unnest(cast(:entities as text[]),
            cast(:speakers as text[]), cast(:versions as int[]), cast(:headers as text[]), cast(:bodies as bytea[]))
            as v(entity, speaker, version, headers, body)
        on conflict do nothing""",
    "parked_of": """
        select entity, speaker, version, headers, body from {s}.parked where entity = any(cast(:ids as text[]))
        order by entity, speaker, version""",
    "unpark": """
        delete from {s}.parked p using unnest(cast(:entities as text[]), cast(:speakers as text[]),
            cast(:versions as int[])) as v(entity, speaker, version)
        where p.entity = v.entity and p.speaker = v.speaker and p.version = v.version""",
    "parked_long": """
        select p.entity, p.speaker, min(p.version) as version, min(p.parked_at) as since from {s}.parked p
        where p.parked_at < :before and (p.entity, p.speaker) > (:entity, :speaker) and not exists (
            select 1 from {s}.dead_letters d where d.entity = p.entity and d.speaker = p.speaker and d.settled is null)
        group by p.entity, p.speaker order by 1, 2 limit :most""",
    "bury": """
        with buried as (
            insert into {s}.dead_letters (id, entity, speaker, version, subject, headers, body, reason, died_at)
            values (:id, :entity, :speaker, :version, :subject, :headers, :body, :reason, :now)
            on conflict do nothing returning id)
        insert into {s}.outbox (id, subject, headers, body, created_at)
        select :copy_id, :copy_subject, :copy_headers, :copy_body, :now from buried on conflict do nothing""",
    "disarm": "delete from {s}.timers where entity = any(cast(:ids as text[]))",
    "due": "select entity from {s}.timers where due_at < :now order by rank, due_at limit :most",
    "put_off": "update {s}.timers set due_at = greatest(due_at, :until) where entity = :entity",
    "next_due": "select min(due_at) from {s}.timers",
    "still_due": "select entity from {s}.timers where entity = any(cast(:ids as text[])) and due_at < :now",
    "want": """
        insert into {s}.wanted (key, entity, kind, recipient, payload, next_at)
        select key, entity, kind, recipient, payload, next_at from unnest(cast(:keys as text[]),
            cast(:entities as text[]), cast(:kinds as text[]), cast(:recipients as text[]), cast(:payloads as text[]),
            cast(:nexts as timestamptz[])) as v(key, entity, kind, recipient, payload, next_at)
        on conflict (key) do nothing""",
    "unwant": """
        update {s}.wanted set settled_at = :now, outcome = 'no longer wanted'
        where key = any(cast(:keys as text[])) and settled_at is null""",
    # next_at is pushed ahead as a lease: an attempt whose process died is taken up again after it.
    "claim": """
        update {s}.wanted w set attempts = w.attempts + 1, started_at = :now, next_at = :lease
        from (select key from {s}.wanted where settled_at is null and next_at <= :now
              order by next_at limit :most for update skip locked) c
        where w.key = c.key
        returning w.key, w.entity, w.kind, w.recipient, w.payload, w.attempts, w.started_at""",
    "settle": "update {s}.wanted set settled_at = :now, outcome = :outcome where key = any(cast(:keys as text[]))",
    "retry": "update {s}.wanted set next_at = :next_at, outcome = :outcome where key = any(cast(:keys as text[]))",
    "next_wanted": "select min(next_at) from {s}.wanted where settled_at is null",
    "remember": """
        insert into {s}.idempotency (account, key, digest, answer, asked_at)
        select account, key, digest, answer, :now from unnest(cast(:accounts as text[]), cast(:keys as text[]),
            cast(:digests as text[]), cast(:answers as bytea[])) as v(account, key, digest, answer)""",
    "remembered": """
        select i.account, i.key, i.digest, i.answer from {s}.idempotency i join unnest(cast(:accounts as text[]),
            cast(:keys as text[])) as v(account, key) on i.account = v.account and i.key = v.key""",
    "forget_asked": "delete from {s}.idempotency where asked_at < :before",
}


Statements = Mapping[str, TextClause]
"""Every statement of the runtime for one schema, by name."""


@cache
def statements_for(schema: str) -> Statements:
    """The statements of *schema*, built once."""
    return {name: text(sql.format(s=schema)) for name, sql in SQL.items()}
