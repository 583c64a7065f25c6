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
    _planned(metadata)
    _recurring(metadata)
    _traces(metadata)
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


def _traces(metadata: sa.MetaData) -> None:
    """What recent cases are found by: digests of unit, place, caller and words."""
    sa.Table(
        "traces",
        metadata,
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("clue", sa.BigInteger, nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("case_id", sa.Text, nullable=False),
        sa.Index("ix_traces_clue", "site", "clue", "at"),
        sa.Index("ix_traces_at", "at", postgresql_using="brin"),
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


def _planned(metadata: sa.MetaData) -> None:
    """Duties that come round, written some days ahead; up to when each site's are, and under which rules.

    ``unit`` is empty but for a plan of each unit; ``state`` is ``waiting``, ``opened``, ``skipped``, ``refused`` or,
    of a plan of each unit, ``spread`` over them.
    """
    sa.Table(
        "planned",
        metadata,
        sa.Column("site", sa.Text, primary_key=True),
        sa.Column("rule", sa.Text, primary_key=True),
        sa.Column("period", sa.Text, primary_key=True),
        sa.Column("unit", sa.Text, primary_key=True, server_default=""),
        sa.Column("opens_at", UTC, nullable=False),
        sa.Column("due_at", UTC, nullable=False),
        sa.Column("remind_at", UTC),
        sa.Column("state", sa.Text, nullable=False, server_default="waiting"),
        sa.Column("by", sa.Text),
        sa.Column("at", UTC),
        sa.Column("reason", sa.Text),
        sa.Index("ix_planned_waiting", "opens_at", postgresql_where=sa.text("state = 'waiting'")),
    )
    sa.Table(
        "planned_sites",
        metadata,
        sa.Column("site", sa.Text, primary_key=True),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("upto", UTC, nullable=False),
    )


def _recurring(metadata: sa.MetaData) -> None:
    """Cases by what makes them the same; kinds to be counted anew; what has been raised, once for ever."""
    sa.Table(
        "recurrence_cases",
        metadata,
        sa.Column("case_id", sa.Text, primary_key=True),
        sa.Column("rule", sa.Text, primary_key=True),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("window_number", sa.Integer, nullable=False),
        sa.Column("received_at", UTC, nullable=False),
        sa.Column("past", sa.Boolean, nullable=False),
        sa.Index("ix_recurrence_cases_kind", "site", "rule", "kind", "window_number"),
    )
    sa.Table(
        "recurrence_kinds",
        metadata,
        sa.Column("site", sa.Text, primary_key=True),
        sa.Column("rule", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("turn", sa.BigInteger, nullable=False, server_default="1"),
        sa.Column("to_count", sa.Boolean, nullable=False, server_default="true"),
        sa.Index("ix_recurrence_kinds_to_count", "site", "rule", "kind", postgresql_where=sa.text("to_count")),
    )
    sa.Table(
        "recurrences",
        metadata,
        sa.Column("site", sa.Text, primary_key=True),
        sa.Column("rule", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("window_number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("case_id", sa.Text, nullable=False),
    )
