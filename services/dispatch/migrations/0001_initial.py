"""The runtime's tables and the index of cases."""

import sqlalchemy as sa
from alembic import op

from shared.schema.baseline import create_runtime_tables_v1, drop_runtime_tables_v1

revision = "0001"
down_revision = None

SCHEMA = "dispatch"


def upgrade() -> None:
    create_runtime_tables_v1(op, SCHEMA)
    op.create_table(
        "cases",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("department", sa.Text, nullable=False),
        sa.Column("assignee", sa.Text),
        sa.Column("order_number", sa.Text),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("severity", sa.Text, nullable=False),
        sa.Column("incident", sa.Text),
        sa.Column("ending", sa.Text),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        schema=SCHEMA,
    )
    _indexes()


def _indexes() -> None:
    op.create_index("ix_dispatch_cases_site", "cases", ["site", "status", "id"], schema=SCHEMA)
    op.create_index("ix_dispatch_cases_department", "cases", ["department", "site", "status", "id"], schema=SCHEMA)
    op.create_index(
        "ix_dispatch_cases_assignee",
        "cases",
        ["assignee", "id"],
        schema=SCHEMA,
        postgresql_where=sa.text("assignee is not null"),
    )


def downgrade() -> None:
    drop_runtime_tables_v1(op, SCHEMA)
