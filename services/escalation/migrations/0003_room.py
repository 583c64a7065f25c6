"""Room in every page of states, so that what a case comes to is written where the case stands.

A page without room sends each new state to another one, and every index of the table is told. PostgreSQL fills by the
new measure what is written from now on; nothing is locked or rewritten.
"""

from alembic import op

revision = "0003"
down_revision = "0002"

FORWARDS = "alter table escalation.entities set (fillfactor = 80)"
BACKWARDS = "alter table escalation.entities reset (fillfactor)"


def upgrade() -> None:
    op.execute(FORWARDS)


def downgrade() -> None:
    op.execute(BACKWARDS)
