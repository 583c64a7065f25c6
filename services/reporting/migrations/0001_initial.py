"""The runtime's tables, the archive, the rows and personal data apart."""

from alembic import op

from shared.schema.baseline import create_runtime_tables_v1, drop_runtime_tables_v1, run_all

revision = "reporting_0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = """
create table reporting.case_private (
    case_id text primary key,
    name text,
    phone text,
    resident text,
    content text,
    demand text,
    place text,
    done text,
    told text
);
create index ix_reporting_case_private_resident on reporting.case_private (resident) where resident is not null;
create table reporting.cases (
    case_id text primary key,
    number text,
    site text,
    pack text,
    case_type text,
    kind text,
    category text,
    severity text,
    validity text,
    channel text,
    unit text,
    responsible text,
    department text,
    assignee text,
    handled_by text,
    first_receiver text,
    registered_by text,
    incident text,
    source text,
    source_key text,
    month text,
    status text,
    "order" text,
    satisfaction text,
    ending text,
    resolve_outcome text,
    reply_outcome text,
    extended_by text,
    next_due_clock text,
    pack_version integer,
    round integer,
    asked integer,
    answers integer,
    satisfied integer,
    reopened integer,
    breaches integer,
    raises integer,
    open boolean default false not null,
    opens_incident boolean default false not null,
    drill boolean default false not null,
    historical boolean default false not null,
    received_at timestamptz,
    logged_at timestamptz,
    customer_limit timestamptz,
    withdrawn_at timestamptz,
    first_reply_at timestamptz,
    completed_at timestamptz,
    asked_at timestamptz,
    closed_at timestamptz,
    reply_due_at timestamptz,
    resolve_due_at timestamptz,
    next_due_at timestamptz,
    next_start_at timestamptz,
    last_fact_at timestamptz,
    local_date date,
    promises jsonb,
    clocks jsonb
);
create index ix_cases_board on reporting.cases (site, next_due_at) where open and site is not null;
create index ix_cases_site_received on reporting.cases (site, received_at);
create index ix_cases_site_resolve_due on reporting.cases (site, resolve_due_at) where resolve_due_at is not null;
create index ix_reporting_cases_incident on reporting.cases (incident) where incident is not null;
create index ix_reporting_cases_month on reporting.cases (month, site, category);
create index ix_reporting_cases_number on reporting.cases (number);
create table reporting.fact_private (
    id text primary key,
    entity text not null,
    private jsonb not null
);
create index ix_reporting_fact_private_entity on reporting.fact_private (entity);
create table reporting.facts (
    id text primary key,
    entity text not null,
    correlation text not null,
    causation text,
    speaker text not null,
    kind text not null,
    version integer not null,
    at timestamptz not null,
    public jsonb not null
);
create index ix_reporting_facts_at on reporting.facts (at);
create index ix_reporting_facts_entity on reporting.facts (entity, at);
"""


def upgrade() -> None:
    create_runtime_tables_v1(op, "reporting")
    run_all(op, TABLES)


def downgrade() -> None:
    drop_runtime_tables_v1(op, "reporting")
