"""The runtime's tables and sessions."""

from alembic import op

from shared.schema.baseline import create_runtime_tables_v1, drop_runtime_tables_v1, run_all

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = """
create table console.sessions (
    sha256 text primary key,
    account text not null,
    created_at timestamptz not null,
    seen_at timestamptz not null,
    ends_at timestamptz not null
);
create index ix_console_sessions_ends_at on console.sessions (ends_at);
"""


def upgrade() -> None:
    create_runtime_tables_v1(op, "console")
    run_all(op, TABLES)


def downgrade() -> None:
    drop_runtime_tables_v1(op, "console")
