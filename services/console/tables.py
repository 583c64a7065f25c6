"""Who is signed in; the token itself is only in the browser."""

import sqlalchemy as sa

SCHEMA = "console"


def tables(schema: str = SCHEMA) -> sa.MetaData:
    """The table beside the runtime's, freshly described."""
    metadata = sa.MetaData(schema=schema)
    instant = sa.DateTime(timezone=True)
    sa.Table(
        "sessions",
        metadata,
        sa.Column("sha256", sa.Text, primary_key=True),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("seen_at", instant, nullable=False),
        sa.Column("ends_at", instant, nullable=False),
        sa.Index(None, "ends_at"),
    )
    return metadata
