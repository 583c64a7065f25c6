"""The runtime's tables, inboxes and deliveries."""

from alembic import op

from shared.schema.baseline import create_runtime_tables_v1, drop_runtime_tables_v1, run_all

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = """
create table notify.deliveries (
    notice text not null,
    channel text not null,
    outcome text not null,
    code text not null,
    evidence text not null,
    attempts integer not null,
    ended_at timestamptz not null,
    primary key (notice, channel)
);
create table notify.inbox (
    id text primary key,
    person text not null,
    entity text not null,
    site text not null,
    number text not null,
    sent_at timestamptz not null,
    zh text not null,
    en text not null,
    severity text not null,
    topic text not null,
    reason text not null,
    raise_id text,
    read_at timestamptz
);
create index inbox_unread on notify.inbox (person, sent_at) where read_at is null;
create index ix_notify_inbox_entity on notify.inbox (entity);
create index ix_notify_inbox_person on notify.inbox (person, sent_at, id);
"""


def upgrade() -> None:
    create_runtime_tables_v1(op, "notify")
    run_all(op, TABLES)


def downgrade() -> None:
    drop_runtime_tables_v1(op, "notify")
