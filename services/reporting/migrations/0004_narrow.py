"""Fewer indexes, each of which every fact paid for: one for the archive, none by month, none of where entities are."""

from alembic import op

from shared.schema.baseline import run_all

revision = "reporting_0004"
down_revision = "reporting_0003"
branch_labels = None
depends_on = None

FORWARDS = """
drop index reporting.ix_reporting_facts_at;
drop index reporting.ix_reporting_facts_entity;
alter table reporting.facts drop constraint facts_pkey, add primary key (entity, id);
drop index reporting.ix_reporting_cases_month;
update reporting.entities set site = null, status = null, parent = null
    where site is not null or status is not null or parent is not null;
"""
BACKWARDS = """
update reporting.entities e set site = c.site, status = c.status, parent = c.incident
    from reporting.cases c where c.case_id = e.id;
create index ix_reporting_cases_month on reporting.cases (month, site, category);
alter table reporting.facts drop constraint facts_pkey, add primary key (id);
create index ix_reporting_facts_entity on reporting.facts (entity, at);
create index ix_reporting_facts_at on reporting.facts (at);
"""


def upgrade() -> None:
    run_all(op, FORWARDS)


def downgrade() -> None:
    run_all(op, BACKWARDS)
