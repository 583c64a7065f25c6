"""The runtime's tables, inboxes and deliveries."""

from alembic import op

from services.notify.tables import tables
from shared.schema.baseline import create_runtime_tables_v1, drop_runtime_tables_v1

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_runtime_tables_v1(op, "notify")
    tables("notify").create_all(op.get_bind())


def downgrade() -> None:
    drop_runtime_tables_v1(op, "notify")
