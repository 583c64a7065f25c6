"""The runtime's tables and sessions."""

from alembic import op

from services.console.tables import tables
from shared.schema.baseline import create_runtime_tables_v1, drop_runtime_tables_v1

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_runtime_tables_v1(op, "console")
    tables("console").create_all(op.get_bind())


def downgrade() -> None:
    drop_runtime_tables_v1(op, "console")
