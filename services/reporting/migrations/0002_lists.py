"""Lists walk an index in their own order: the newest of an estate, and what falls due next on it."""

from alembic import op

from shared.schema.baseline import run_all

revision = "reporting_0002"
down_revision = "reporting_0001"
branch_labels = None
depends_on = None

FORWARDS = """
drop index reporting.ix_cases_site_received;
create index ix_cases_newest on reporting.cases (site, received_at, case_id);
create index ix_cases_unfinished on reporting.cases (site, status, received_at, case_id) where status <> 'closed';
drop index reporting.ix_cases_board;
create index ix_cases_board on reporting.cases
    (site, coalesce(next_due_at, timestamptz '9999-12-31 00:00:00+00'), case_id) include (next_due_at)
    where open and site is not null;
"""
BACKWARDS = """
drop index reporting.ix_cases_board;
create index ix_cases_board on reporting.cases (site, next_due_at) where open and site is not null;
drop index reporting.ix_cases_unfinished;
drop index reporting.ix_cases_newest;
create index ix_cases_site_received on reporting.cases (site, received_at);
"""


def upgrade() -> None:
    run_all(op, FORWARDS)


def downgrade() -> None:
    run_all(op, BACKWARDS)
