"""Units and residents become records of the estate, beside four more kinds; loads of files are kept.

Both are copied and the old tables dropped in the migration's own transaction.
"""

from alembic import op

from shared.schema.baseline import run_all

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

FORWARDS = """
create table intake.estate (
    site text,
    kind text,
    id text,
    body jsonb not null,
    until date,
    keys text,
    primary key (site, kind, id)
);
insert into intake.estate (site, kind, id, body)
    select site, 'units', id, jsonb_strip_nulls(jsonb_build_object('building', nullif(building, ''))) from intake.units;
insert into intake.estate (site, kind, id, body, keys)
    select r.site, 'residents', r.id,
        jsonb_strip_nulls(jsonb_build_object('unit', unit, 'name', name, 'phone', phone, 'kind', r.kind)),
        (select string_agg(k.key, ' ') from intake.resident_keys k where k.site = r.site and k.resident = r.id)
    from intake.residents r;
drop index intake.ix_intake_resident_keys_site;
drop table intake.residents;
drop table intake.units;
create table intake.estate_revisions (
    site text primary key,
    revision bigint not null
);
create table intake.master_jobs (
    id text primary key,
    site text not null,
    name text not null,
    account text not null,
    by text not null,
    at timestamptz not null,
    leavers text not null,
    fingerprint text not null,
    folder text not null,
    state text not null,
    step text,
    owner text,
    beat timestamptz,
    done integer not null default '0',
    total integer not null default '0',
    revision bigint,
    living integer not null default '0',
    counts jsonb not null default '{}',
    findings integer not null default '0',
    applied_at timestamptz,
    matters_after text not null default '',
    trouble text
);
create unique index ix_master_jobs_busy on intake.master_jobs (site) where step is not null;
create index ix_master_jobs_site on intake.master_jobs (site, at);
create index ix_master_jobs_at on intake.master_jobs (at);
create table intake.master_changes (
    job text,
    kind text,
    id text,
    what text not null,
    before jsonb,
    after jsonb not null,
    until_before date,
    until_after date,
    keys_before text,
    keys text,
    primary key (job, kind, id)
);
create table intake.master_findings (
    job text,
    number integer,
    body jsonb not null,
    primary key (job, number)
);
"""
BACKWARDS = """
drop table intake.master_findings;
drop table intake.master_changes;
drop table intake.master_jobs;
drop table intake.estate_revisions;
create table intake.units (
    site text,
    id text,
    name text not null,
    building text not null default '',
    primary key (site, id)
);
insert into intake.units (site, id, name, building)
    select site, id, id, coalesce(body ->> 'building', '') from intake.estate where kind = 'units';
create table intake.residents (
    site text,
    id text,
    unit text not null,
    name text not null,
    phone text,
    kind text not null,
    primary key (site, id)
);
create index ix_intake_residents_site on intake.residents (site, unit);
insert into intake.residents (site, id, unit, name, phone, kind)
    select site, id, body ->> 'unit', body ->> 'name', body ->> 'phone', body ->> 'kind'
    from intake.estate where kind = 'residents';
drop table intake.estate;
create index ix_intake_resident_keys_site on intake.resident_keys (site, resident);
"""


def upgrade() -> None:
    run_all(op, FORWARDS)


def downgrade() -> None:
    run_all(op, BACKWARDS)
