"""Forms, steps, money and where a case comes from; issues of registers that were signed and filed."""

from alembic import op

from shared.schema.baseline import run_all

revision = "reporting_0003"
down_revision = "reporting_0002"
branch_labels = None
depends_on = None

FORWARDS = """
alter table reporting.cases
    add column planned_rule text,
    add column planned_period text,
    add column outer_line text,
    add column outer_number text,
    add column opened_by text,
    add column planned_due_at timestamptz,
    add column outer_deadline timestamptz,
    add column flags text[] not null default '{}',
    add column form jsonb not null default '{}',
    add column steps jsonb not null default '{}';
alter table reporting.case_private add column forms jsonb not null default '{}';
create table reporting.steps (
    case_id text not null,
    step text not null,
    count integer not null,
    fact text not null,
    at timestamptz not null,
    by text not null,
    outcome text,
    form jsonb not null,
    primary key (case_id, step, count)
);
create table reporting.money (
    fact text not null,
    line integer not null,
    case_id text not null,
    at timestamptz not null,
    by text not null,
    item text not null,
    move text not null,
    payer text not null,
    debit text not null,
    credit text not null,
    amount numeric(14, 2) not null,
    primary key (fact, line)
);
create index ix_reporting_money_case_id on reporting.money (case_id);
create table reporting.issues (
    site text not null,
    register text not null,
    period text not null,
    signed_by text,
    signed_as text,
    signed_digest text,
    archived_by text,
    signed_at timestamptz,
    archived_at timestamptz,
    primary key (site, register, period)
);
create table reporting.issue_private (
    site text not null,
    register text not null,
    period text not null,
    content bytea not null,
    primary key (site, register, period)
);
"""
BACKWARDS = """
drop table reporting.issue_private;
drop table reporting.issues;
drop table reporting.money;
drop table reporting.steps;
alter table reporting.case_private drop column forms;
alter table reporting.cases
    drop column planned_rule,
    drop column planned_period,
    drop column outer_line,
    drop column outer_number,
    drop column opened_by,
    drop column planned_due_at,
    drop column outer_deadline,
    drop column flags,
    drop column form,
    drop column steps;
"""


def upgrade() -> None:
    run_all(op, FORWARDS)


def downgrade() -> None:
    run_all(op, BACKWARDS)
