"""What people outside the house are to be told, and whether staff have seen to it."""

from alembic import op

from shared.schema.baseline import run_all

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

FORWARDS = """
create table notify.outward (
    id text primary key,
    entity text not null,
    site text not null,
    number text not null,
    rule text not null,
    audience text[] not null,
    means text[] not null,
    people text[] not null,
    zh text not null,
    en text not null,
    wanted_at timestamptz not null,
    not_before timestamptz,
    due_at timestamptz not null,
    usual boolean not null,
    outcome text,
    used text,
    by text,
    told_at timestamptz,
    seen_at timestamptz,
    late boolean
);
create index outward_open on notify.outward (site, due_at, id) where seen_at is null;
create index ix_notify_outward_entity on notify.outward (entity);
"""
BACKWARDS = """
drop table notify.outward;
"""


def upgrade() -> None:
    run_all(op, FORWARDS)


def downgrade() -> None:
    run_all(op, BACKWARDS)
