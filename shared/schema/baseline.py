"""The runtime's tables as the first migration of every service made them, for ever; a later shape is a later migration.

The words stand here as they were, and not the tables of today, so that an old database and a new one end up alike.
"""

from typing import Any

V1 = """
create table {s}.entities (
    id text primary key,
    state bytea,
    schema integer not null default '1',
    said integer not null default '0',
    said_chain bigint not null default '0',
    heard bytea,
    waiting integer not null default '0',
    site text,
    status text,
    parent text
);
create index ix_{s}_entities_parent on {s}.entities (parent) where parent is not null;
create index ix_{s}_entities_site on {s}.entities (site, status) where site is not null;
create table {s}.outbox (
    id text primary key,
    subject text not null,
    headers text not null,
    body bytea not null,
    created_at timestamptz not null,
    published_at timestamptz,
    seq bigint
);
create index ix_{s}_outbox_created_at on {s}.outbox (created_at) where published_at is null;
create index ix_{s}_outbox_published_at on {s}.outbox (published_at) where published_at is not null;
create table {s}.parked (
    entity text,
    speaker text,
    version integer,
    headers text not null,
    body bytea not null,
    parked_at timestamptz not null,
    primary key (entity, speaker, version)
);
create index ix_{s}_parked_parked_at on {s}.parked (parked_at);
create table {s}.dead_letters (
    id text primary key,
    entity text,
    speaker text,
    version integer,
    subject text not null,
    headers text not null,
    body bytea not null,
    reason text not null,
    died_at timestamptz not null,
    settled text
);
create index ix_{s}_dead_letters_entity on {s}.dead_letters (entity, speaker);
create table {s}.positions (
    durable text primary key,
    seq bigint not null
);
create table {s}.timers (
    entity text primary key,
    due_at timestamptz not null,
    rank smallint not null default '0',
    generation integer not null default '1'
);
create index ix_{s}_timers_due_at on {s}.timers (due_at, rank);
create table {s}.wanted (
    key text primary key,
    entity text not null,
    kind text not null,
    recipient text not null,
    payload text not null,
    next_at timestamptz not null,
    attempts integer not null default '0',
    started_at timestamptz,
    settled_at timestamptz,
    outcome text
);
create index ix_{s}_wanted_next_at on {s}.wanted (next_at) where settled_at is null;
create table {s}.idempotency (
    account text,
    key text,
    digest text not null,
    answer bytea not null,
    asked_at timestamptz not null,
    primary key (account, key)
);
create index ix_{s}_idempotency_asked_at on {s}.idempotency (asked_at);
"""


def create_runtime_tables_v1(op: Any, schema: str) -> None:
    """Create the runtime's tables in *schema*, inside a migration."""
    op.execute(f"create schema if not exists {schema}")
    run_all(op, V1.format(s=schema))


def run_all(op: Any, statements: str) -> None:
    """Run several statements, each ended with a semicolon, inside a migration."""
    for statement in filter(None, map(str.strip, statements.split(";"))):
        op.execute(statement)


def drop_runtime_tables_v1(op: Any, schema: str) -> None:
    """Take the schema away again, with all that stands in it."""
    op.execute(f"drop schema if exists {schema} cascade")
