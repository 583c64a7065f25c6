"""The runtime's tables, the archive, the rows and personal data apart."""

from alembic import op

from services.reporting.tables import tables
from shared.schema.baseline import create_runtime_tables_v1, drop_runtime_tables_v1

revision = "reporting_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_runtime_tables_v1(op, "reporting")
    tables().create_all(op.get_bind())


def downgrade() -> None:
    drop_runtime_tables_v1(op, "reporting")
