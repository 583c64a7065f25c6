"""Duties that come round, and matters that come back."""

from alembic import op

from shared.schema.baseline import run_all

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

FORWARDS = """
create table intake.planned (
    site text,
    rule text,
    period text,
    unit text default '',
    opens_at timestamptz not null,
    due_at timestamptz not null,
    remind_at timestamptz,
    state text not null default 'waiting',
    by text,
    at timestamptz,
    reason text,
    primary key (site, rule, period, unit)
);
create index ix_planned_waiting on intake.planned (opens_at) where state = 'waiting';
create table intake.planned_sites (
    site text primary key,
    digest text not null,
    upto timestamptz not null
);
create table intake.recurrence_cases (
    case_id text,
    rule text,
    site text not null,
    kind text not null,
    window_number integer not null,
    received_at timestamptz not null,
    past boolean not null,
    primary key (case_id, rule)
);
create index ix_recurrence_cases_kind on intake.recurrence_cases (site, rule, kind, window_number);
create table intake.recurrence_kinds (
    site text,
    rule text,
    kind text,
    turn bigint not null default '1',
    to_count boolean not null default 'true',
    primary key (site, rule, kind)
);
create index ix_recurrence_kinds_to_count on intake.recurrence_kinds (site, rule, kind) where to_count;
create table intake.recurrences (
    site text,
    rule text,
    kind text,
    window_number integer,
    case_id text not null,
    primary key (site, rule, kind, window_number)
);
"""
BACKWARDS = """
drop table intake.recurrences;
drop table intake.recurrence_kinds;
drop table intake.recurrence_cases;
drop table intake.planned_sites;
drop table intake.planned;
"""


def upgrade() -> None:
    run_all(op, FORWARDS)


def downgrade() -> None:
    run_all(op, BACKWARDS)
