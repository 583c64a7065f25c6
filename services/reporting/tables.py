"""Reporting's own tables: the archive, the rows, and personal data apart from both.

Source: design.md §4 (personal data apart), §9.
"""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

SCHEMA = "reporting"
UTC = sa.DateTime(timezone=True)
_EMPTY = sa.text("'{}'")
NO_DUE = "timestamptz '9999-12-31 00:00:00+00'"
"""Where a case without a due instant stands on the board; the same words in the index as in what reads it."""


def tables(schema: str = SCHEMA) -> sa.MetaData:
    """The tables beside the runtime's, freshly described."""
    metadata = sa.MetaData(schema=schema)
    _archive(metadata)
    _cases(metadata)
    _private(metadata)
    _steps(metadata)
    _issues(metadata)
    return metadata


def _archive(metadata: sa.MetaData) -> None:
    sa.Table(
        "facts",
        metadata,
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("entity", sa.Text, nullable=False),
        sa.Column("correlation", sa.Text, nullable=False),
        sa.Column("causation", sa.Text),
        sa.Column("speaker", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("public", JSONB, nullable=False),
        sa.PrimaryKeyConstraint("entity", "id"),
    )


def _cases(metadata: sa.MetaData) -> None:
    sa.Table(
        "cases",
        metadata,
        sa.Column("case_id", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Text) for name in TEXTS),
        *(sa.Column(name, sa.Integer) for name in NUMBERS),
        *(sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false()) for name in MARKS),
        *(sa.Column(name, UTC) for name in INSTANTS),
        sa.Column("local_date", sa.Date),
        *(sa.Column(name, JSONB) for name in ("promises", "clocks")),
        sa.Column("flags", sa.ARRAY(sa.Text), nullable=False, server_default=_EMPTY),
        *(sa.Column(name, JSONB, nullable=False, server_default=_EMPTY) for name in ("form", "steps")),
        sa.Index("ix_cases_newest", "site", "received_at", "case_id"),
        sa.Index(
            "ix_cases_unfinished",
            "site",
            "status",
            "received_at",
            "case_id",
            postgresql_where=sa.text("status <> 'closed'"),
        ),
        sa.Index(
            "ix_cases_site_resolve_due",
            "site",
            "resolve_due_at",
            postgresql_where=sa.text("resolve_due_at is not null"),
        ),
        sa.Index(None, "number"),
        sa.Index(
            "ix_cases_board",
            "site",
            sa.text(f"coalesce(next_due_at, {NO_DUE})"),
            "case_id",
            postgresql_include=["next_due_at"],
            postgresql_where=sa.text("open and site is not null"),
        ),
        sa.Index(None, "incident", postgresql_where=sa.text("incident is not null")),
    )


def _private(metadata: sa.MetaData) -> None:
    sa.Table(
        "fact_private",
        metadata,
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("entity", sa.Text, nullable=False),
        sa.Column("private", JSONB, nullable=False),
        sa.Index(None, "entity"),
    )
    sa.Table(
        "case_private",
        metadata,
        sa.Column("case_id", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Text) for name in PRIVATE),
        sa.Column("forms", JSONB, nullable=False, server_default=_EMPTY),
        sa.Index(None, "resident", postgresql_where=sa.text("resident is not null")),
    )


def _steps(metadata: sa.MetaData) -> None:
    sa.Table(
        "steps",
        metadata,
        sa.Column("case_id", sa.Text, primary_key=True),
        sa.Column("step", sa.Text, primary_key=True),
        sa.Column("count", sa.Integer, primary_key=True),
        sa.Column("fact", sa.Text, nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text),
        sa.Column("form", JSONB, nullable=False),
    )
    sa.Table(
        "money",
        metadata,
        sa.Column("fact", sa.Text, primary_key=True),
        sa.Column("line", sa.Integer, primary_key=True),
        sa.Column("case_id", sa.Text, nullable=False),
        sa.Column("at", UTC, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("by", "item", "move", "payer", "debit", "credit")),
        sa.Column("amount", sa.Numeric(14, 2), nullable=False),
        sa.Index(None, "case_id"),
    )


def _issues(metadata: sa.MetaData) -> None:
    keys = ("site", "register", "period")
    sa.Table(
        "issues",
        metadata,
        *(sa.Column(name, sa.Text, primary_key=True) for name in keys),
        *(sa.Column(name, sa.Text) for name in ("signed_by", "signed_as", "signed_digest", "archived_by")),
        sa.Column("signed_at", UTC),
        sa.Column("archived_at", UTC),
    )
    sa.Table(
        "issue_private",
        metadata,
        *(sa.Column(name, sa.Text, primary_key=True) for name in keys),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )


TEXTS = (
    "number",
    "site",
    "pack",
    "case_type",
    "kind",
    "category",
    "severity",
    "validity",
    "channel",
    "unit",
    "responsible",
    "department",
    "assignee",
    "handled_by",
    "first_receiver",
    "registered_by",
    "incident",
    "source",
    "source_key",
    "month",
    "status",
    "order",
    "satisfaction",
    "ending",
    "resolve_outcome",
    "reply_outcome",
    "extended_by",
    "next_due_clock",
    "planned_rule",
    "planned_period",
    "outer_line",
    "outer_number",
    "opened_by",
)
NUMBERS = ("pack_version", "round", "asked", "answers", "satisfied", "reopened", "breaches", "raises")
MARKS = ("open", "opens_incident", "drill", "historical")
INSTANTS = (
    "received_at",
    "logged_at",
    "customer_limit",
    "withdrawn_at",
    "first_reply_at",
    "completed_at",
    "asked_at",
    "closed_at",
    "reply_due_at",
    "resolve_due_at",
    "next_due_at",
    "next_start_at",
    "last_fact_at",
    "planned_due_at",
    "outer_deadline",
)
PRIVATE = ("name", "phone", "resident", "content", "demand", "place", "done", "told")

TYPES = {
    "case_id": "text",
    **dict.fromkeys(TEXTS, "text"),
    **dict.fromkeys(NUMBERS, "integer"),
    **dict.fromkeys(MARKS, "boolean"),
    **dict.fromkeys(INSTANTS, "timestamptz"),
    "local_date": "date",
    **dict.fromkeys(("promises", "clocks", "form", "steps"), "jsonb"),
    "flags": "text[]",
}
"""What each of them is to PostgreSQL."""
COLUMNS = tuple(TYPES)
"""Every column of ``cases``."""
