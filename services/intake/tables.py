"""Intake's own tables beside the runtime's: the register of the estate, what residents are found by, loads of files."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

NUMBERS_AT_ONCE = 50
"""Case numbers a process reserves at a time; those it does not use are gaps."""
UTC = sa.DateTime(timezone=True)


def tables(schema: str) -> sa.MetaData:
    """Own tables in *schema*, freshly described."""
    metadata = sa.MetaData(schema=schema)
    sa.Sequence("case_number", metadata=metadata, schema=schema, increment=NUMBERS_AT_ONCE)
    _estate(metadata)
    _keys(metadata)
    _jobs(metadata)
    _loaded(metadata)
    return metadata


def _estate(metadata: sa.MetaData) -> None:
    """Every kind of master data in one shape.

    ``until`` is the first day on which a record no longer holds; ``keys`` is what a resident is found by, parted by
    spaces, so that the rows of ``resident_keys`` are reached by their one index when they have to go.
    """
    sa.Table(
        "estate",
        metadata,
        sa.Column("site", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("body", JSONB, nullable=False),
        sa.Column("until", sa.Date),
        sa.Column("keys", sa.Text),
    )
    sa.Table(
        "estate_revisions",
        metadata,
        sa.Column("site", sa.Text, primary_key=True),
        sa.Column("revision", sa.BigInteger, nullable=False),
    )


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
    )


def _jobs(metadata: sa.MetaData) -> None:
    """A load of one file; ``step`` is what is to be done with it now, by the replica ``owner``."""
    sa.Table(
        "master_jobs",
        metadata,
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("leavers", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("folder", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("step", sa.Text),
        sa.Column("owner", sa.Text),
        sa.Column("beat", UTC),
        sa.Column("done", sa.Integer, nullable=False, server_default="0"),
        sa.Column("total", sa.Integer, nullable=False, server_default="0"),
        sa.Column("revision", sa.BigInteger),
        sa.Column("living", sa.Integer, nullable=False, server_default="0"),
        sa.Column("counts", JSONB, nullable=False, server_default="{}"),
        sa.Column("findings", sa.Integer, nullable=False, server_default="0"),
        sa.Column("applied_at", UTC),
        sa.Column("matters_after", sa.Text, nullable=False, server_default=""),
        sa.Column("trouble", sa.Text),
        sa.Index("ix_master_jobs_busy", "site", unique=True, postgresql_where=sa.text("step is not null")),
        sa.Index("ix_master_jobs_site", "site", "at"),
        sa.Index("ix_master_jobs_at", "at"),
    )


def _loaded(metadata: sa.MetaData) -> None:
    """What a load changes or has changed, with what was there before; and what is wrong with its file."""
    sa.Table(
        "master_changes",
        metadata,
        sa.Column("job", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("before", JSONB),
        sa.Column("after", JSONB, nullable=False),
        sa.Column("until_before", sa.Date),
        sa.Column("until_after", sa.Date),
        sa.Column("keys_before", sa.Text),
        sa.Column("keys", sa.Text),
    )
    sa.Table(
        "master_findings",
        metadata,
        sa.Column("job", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("body", JSONB, nullable=False),
    )
