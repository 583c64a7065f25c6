"""The runtime's tables, case numbers, units, residents and their search keys."""

import sqlalchemy as sa
from alembic import op

from shared.schema.baseline import create_runtime_tables_v1, drop_runtime_tables_v1

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_runtime_tables_v1(op, "intake")
    op.execute("create sequence intake.case_number increment by 50")
    op.create_table(
        "units",
        sa.Column("site", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("building", sa.Text, nullable=False, server_default=""),
        schema="intake",
    )
    op.create_table(
        "residents",
        sa.Column("site", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("phone", sa.Text),
        sa.Column("kind", sa.Text, nullable=False),
        schema="intake",
    )
    op.create_index("ix_intake_residents_site", "residents", ["site", "unit"], schema="intake")
    op.create_table(
        "resident_keys",
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("resident", sa.Text, nullable=False),
        schema="intake",
    )
    op.create_index(
        "ix_resident_keys_beginning",
        "resident_keys",
        ["site", "key", "resident"],
        schema="intake",
        postgresql_ops={"key": "text_pattern_ops"},
    )
    op.create_index("ix_intake_resident_keys_site", "resident_keys", ["site", "resident"], schema="intake")


def downgrade() -> None:
    drop_runtime_tables_v1(op, "intake")
