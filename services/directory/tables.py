"""Tables of the directory beside the runtime's: records to read, passwords, failed sign-ins."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

UTC = sa.DateTime(timezone=True)


def tables(schema: str) -> sa.MetaData:
    """The tables in *schema*, freshly described; every instant is UTC."""
    metadata = sa.MetaData(schema=schema)
    sa.Table(
        "records",
        metadata,
        sa.Column("record", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("sites", ARRAY(sa.Text), nullable=False),
        sa.Column("body", JSONB, nullable=False),
        sa.Column("written_at", UTC, nullable=False),
        sa.Column("written_by", sa.Text, nullable=False),
    )
    sa.Table(
        "passwords",
        metadata,
        sa.Column("account", sa.Text, primary_key=True),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("set_at", UTC, nullable=False),
    )
    sa.Table(
        "sign_in_failures",
        metadata,
        sa.Column("username", sa.Text, nullable=False),
        sa.Column("failed_at", UTC, nullable=False),
        sa.Index(None, "username", "failed_at"),
        sa.Index(None, "failed_at"),
    )
    return metadata
