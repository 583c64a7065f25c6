"""The runtime's tables; a case is all escalation keeps."""

from alembic import op

from shared.schema.baseline import create_runtime_tables_v1, drop_runtime_tables_v1

revision = "0001"
down_revision = None

SCHEMA = "escalation"


def upgrade() -> None:
    create_runtime_tables_v1(op, SCHEMA)


def downgrade() -> None:
    drop_runtime_tables_v1(op, SCHEMA)
