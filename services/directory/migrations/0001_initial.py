"""The runtime's tables, records, passwords and failed sign-ins."""

from alembic import op

from shared.schema.baseline import create_runtime_tables_v1, drop_runtime_tables_v1, run_all

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = """
create table directory.passwords (
    account text primary key,
    hash text not null,
    set_at timestamptz not null
);
create table directory.records (
    record text not null,
    key text not null,
    version integer not null,
    sites text[] not null,
    body jsonb not null,
    written_at timestamptz not null,
    written_by text not null,
    primary key (record, key, version)
);
create table directory.sign_in_failures (
    username text not null,
    failed_at timestamptz not null
);
create index ix_directory_sign_in_failures_failed_at on directory.sign_in_failures (failed_at);
create index ix_directory_sign_in_failures_username on directory.sign_in_failures (username, failed_at);
"""


def upgrade() -> None:
    create_runtime_tables_v1(op, "directory")
    run_all(op, TABLES)


def downgrade() -> None:
    drop_runtime_tables_v1(op, "directory")
