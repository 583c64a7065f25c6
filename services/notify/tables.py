"""Tables of notify beside the runtime's: inboxes, and what became of each notice on each channel."""

import sqlalchemy as sa

UTC = sa.DateTime(timezone=True)


def tables(schema: str) -> sa.MetaData:
    """The tables in *schema*, freshly described; every instant is UTC."""
    metadata = sa.MetaData(schema=schema)
    sa.Table(
        "inbox",
        metadata,
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("entity", sa.Text, nullable=False),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("sent_at", UTC, nullable=False),
        sa.Column("zh", sa.Text, nullable=False),
        sa.Column("en", sa.Text, nullable=False),
        sa.Column("severity", sa.Text, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("raise_id", sa.Text),
        sa.Column("read_at", UTC),
        sa.Index(None, "person", "sent_at", "id"),
        sa.Index("inbox_unread", "person", "sent_at", postgresql_where=sa.text("read_at is null")),
        sa.Index(None, "entity"),
    )
    sa.Table(
        "deliveries",
        metadata,
        sa.Column("notice", sa.Text, primary_key=True),
        sa.Column("channel", sa.Text, primary_key=True),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("ended_at", UTC, nullable=False),
    )
    return metadata
