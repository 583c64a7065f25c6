"""SQL of a process about the runtime's tables beside what keeps the promises, written once per schema.

Schema names come from the code's own service list, never from input.
"""

from functools import cache

from sqlalchemy import TextClause, text

SQL: dict[str, str] = {
    "digest": """
        select id, said, said_chain, heard, waiting from {s}.entities where id > :after order by id limit :most""",
    "parked_count": """
        select count(*) from {s}.parked""",
    "position": """
        insert into {s}.positions (durable, seq) values (:durable, :seq)
        on conflict (durable) do update set seq = excluded.seq""",
    "position_of": """
        select seq from {s}.positions where durable = :durable""",
    "dead_letter": """
        select id, subject, headers, body, settled from {s}.dead_letters where id = :id""",
    "settle_dead": """
        update {s}.dead_letters set settled = :settled where id = :id and settled is null""",
    "lane": """
        select version from {s}.parked where entity = :entity and speaker = :speaker order by version""",
    "heard": """
        select heard from {s}.entities where id = :entity""",
    "lane_dead": """
        select id from {s}.dead_letters where entity = :entity and speaker = :speaker and settled is null limit 1""",
    "lay_aside": """
        insert into {s}.dead_letters (id, entity, speaker, version, subject, headers, body, reason, died_at, settled)
        values (:id, :entity, :speaker, :version, :subject, :headers, :body, :reason, :now, :settled)
        on conflict (id) do update set settled = excluded.settled""",
    "given_up": """
        select entity, speaker, version, headers, settled from {s}.dead_letters
        where settled is not null and cast(settled as json) ->> 'how' = 'given_up'
        order by entity, speaker, version""",
    "said": """
        select said from {s}.entities where id = :entity""",
    "kept": """
        select cast(cast(headers as json) ->> 'version' as int) as version from {s}.outbox
        where subject like 'ev.%' and split_part(subject, '.', 4) = :entity""",
    "aged_replayed": """
        delete from {s}.dead_letters where settled is not null and cast(settled as json) ->> 'how' = 'replayed'
            and cast(cast(settled as json) ->> 'at' as timestamptz) < :before""",
    "aged_bodies": """
        update {s}.dead_letters set body = '' where settled is not null and body <> ''
            and cast(cast(settled as json) ->> 'at' as timestamptz) < :before""",
}


@cache
def statement(name: str, schema: str) -> TextClause:
    """The statement called *name* for *schema*."""
    return text(SQL[name].format(s=schema))
