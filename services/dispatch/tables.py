"""The tables of dispatch: the runtime's, and an index of cases by site, state, department and assignee."""

import sqlalchemy as sa

from shared.schema.tables import runtime_tables


def tables(schema: str = "dispatch") -> sa.MetaData:
    """Everything in *schema*, freshly described."""
    metadata = runtime_tables(schema)
    sa.Table(
        "cases",
        metadata,
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("department", sa.Text, nullable=False),
        sa.Column("assignee", sa.Text),
        sa.Column("order_number", sa.Text),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("severity", sa.Text, nullable=False),
        sa.Column("incident", sa.Text),
        sa.Column("ending", sa.Text),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Index(None, "site", "status", "id"),
        sa.Index(None, "department", "site", "status", "id"),
        sa.Index(None, "assignee", "id", postgresql_where=sa.text("assignee is not null")),
    )
    return metadata
