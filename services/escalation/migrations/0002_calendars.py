"""How far each site's calendar has been followed, which deadlines are provisional, and the alarms about them."""

from alembic import op

from shared.schema.baseline import run_all

revision = "0002"
down_revision = "0001"

FORWARDS = """
create table escalation.calendars (
    site text primary key,
    version text not null,
    revision integer not null,
    known_to integer not null,
    since timestamptz not null,
    reached text not null default '',
    moved integer not null default '0',
    followed_at timestamptz,
    leased_until timestamptz
);
create table escalation.provisional (
    entity text,
    clock text,
    year integer,
    site text not null,
    primary key (entity, clock, year)
);
create index ix_escalation_provisional_site on escalation.provisional (site, year);
create table escalation.calendar_alarms (
    site text,
    year integer,
    since timestamptz not null,
    primary key (site, year)
);
"""
BACKWARDS = """
drop table escalation.calendar_alarms;
drop table escalation.provisional;
drop table escalation.calendars;
"""


def upgrade() -> None:
    run_all(op, FORWARDS)


def downgrade() -> None:
    run_all(op, BACKWARDS)
