"""What cases are found by when a matter like them is told."""

from alembic import op

from shared.schema.baseline import run_all

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

FORWARDS = """
create table intake.traces (
    site text not null,
    clue bigint not null,
    at timestamptz not null,
    case_id text not null
);
create index ix_traces_clue on intake.traces (site, clue, at);
create index ix_traces_at on intake.traces using brin (at);
"""
BACKWARDS = """
drop table intake.traces;
"""


def upgrade() -> None:
    run_all(op, FORWARDS)


def downgrade() -> None:
    run_all(op, BACKWARDS)
