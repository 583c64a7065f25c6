"""The tables every service has in its own schema.

The same definition serves the first migration and the drift test; it is extended, never edited, by later migrations.

Source: design.md §4 (versions and parking), §5 (runtime).
"""

import sqlalchemy as sa

UTC = sa.DateTime(timezone=True)


def runtime_tables(schema: str) -> sa.MetaData:
    """The runtime's tables in *schema*, freshly described."""
    metadata = sa.MetaData(schema=schema)
    _entities(metadata)
    _messages(metadata)
    _unheard(metadata)
    _time_and_effects(metadata)
    _asked(metadata)
    return metadata


def _entities(metadata: sa.MetaData) -> None:
    sa.Table(
        "entities",
        metadata,
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("state", sa.LargeBinary),
        sa.Column("schema", sa.Integer, nullable=False, server_default="1"),
        sa.Column("said", sa.Integer, nullable=False, server_default="0"),
        sa.Column("said_chain", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("heard", sa.LargeBinary),
        sa.Column("waiting", sa.Integer, nullable=False, server_default="0"),
        sa.Column("site", sa.Text),
        sa.Column("status", sa.Text),
        sa.Column("parent", sa.Text),
        sa.Index(None, "parent", postgresql_where=sa.text("parent is not null")),
        sa.Index(None, "site", "status", postgresql_where=sa.text("site is not null")),
    )


def _messages(metadata: sa.MetaData) -> None:
    sa.Table(
        "outbox",
        metadata,
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("headers", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("published_at", UTC),
        sa.Column("seq", sa.BigInteger),
        sa.Index(None, "created_at", postgresql_where=sa.text("published_at is null")),
        sa.Index(None, "published_at", postgresql_where=sa.text("published_at is not null")),
    )


def _unheard(metadata: sa.MetaData) -> None:
    sa.Table(
        "parked",
        metadata,
        sa.Column("entity", sa.Text, primary_key=True),
        sa.Column("speaker", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("headers", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("parked_at", UTC, nullable=False),
        sa.Index(None, "parked_at"),
    )
    sa.Table(
        "dead_letters",
        metadata,
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("entity", sa.Text),
        sa.Column("speaker", sa.Text),
        sa.Column("version", sa.Integer),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("headers", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("died_at", UTC, nullable=False),
        sa.Column("settled", sa.Text),
        sa.Index(None, "entity", "speaker"),
    )
    sa.Table(
        "positions",
        metadata,
        sa.Column("durable", sa.Text, primary_key=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
    )


def _time_and_effects(metadata: sa.MetaData) -> None:
    sa.Table(
        "timers",
        metadata,
        sa.Column("entity", sa.Text, primary_key=True),
        sa.Column("due_at", UTC, nullable=False),
        sa.Column("rank", sa.SmallInteger, nullable=False, server_default="0"),
        sa.Column("generation", sa.Integer, nullable=False, server_default="1"),
        sa.Index(None, "due_at", "rank"),
    )
    sa.Table(
        "wanted",
        metadata,
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("entity", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("next_at", UTC, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("started_at", UTC),
        sa.Column("settled_at", UTC),
        sa.Column("outcome", sa.Text),
        sa.Index(None, "next_at", postgresql_where=sa.text("settled_at is null")),
    )


def _asked(metadata: sa.MetaData) -> None:
    sa.Table(
        "idempotency",
        metadata,
        sa.Column("account", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("answer", sa.LargeBinary, nullable=False),
        sa.Column("asked_at", UTC, nullable=False),
        sa.Index(None, "asked_at"),
    )
