"""Intake's own tables beside the runtime's: units, residents, and the keys residents are found by."""

import sqlalchemy as sa

NUMBERS_AT_ONCE = 50
"""Case numbers a process reserves at a time; those it does not use are gaps."""


def tables(schema: str) -> sa.MetaData:
    """Own tables in *schema*, freshly described."""
    metadata = sa.MetaData(schema=schema)
    sa.Sequence("case_number", metadata=metadata, schema=schema, increment=NUMBERS_AT_ONCE)
    sa.Table(
        "units",
        metadata,
        sa.Column("site", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("building", sa.Text, nullable=False, server_default=""),
    )
    sa.Table(
        "residents",
        metadata,
        sa.Column("site", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("phone", sa.Text),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Index(None, "site", "unit"),
    )
    _keys(metadata)
    return metadata


def _keys(metadata: sa.MetaData) -> None:
    sa.Table(
        "resident_keys",
        metadata,
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("resident", sa.Text, nullable=False),
        # Compared byte by byte, so that a beginning is found by range whatever the database's collation.
        sa.Index(
            "ix_resident_keys_beginning",
            "site",
            "key",
            "resident",
            postgresql_ops={"key": "text_pattern_ops"},
        ),
        sa.Index(None, "site", "resident"),
    )
