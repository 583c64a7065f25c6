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
}


@cache
def statement(name: str, schema: str) -> TextClause:
    """The statement called *name* for *schema*."""
    return text(SQL[name].format(s=schema))
