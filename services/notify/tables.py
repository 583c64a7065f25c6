"""Tables of notify beside the runtime's: inboxes, what became of each notice, and what those outside are to hear."""

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
    _outward(metadata)
    return metadata


def _outward(metadata: sa.MetaData) -> None:
    sa.Table(
        "outward",
        metadata,
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("entity", sa.Text, nullable=False),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        *(sa.Column(name, sa.ARRAY(sa.Text), nullable=False) for name in ("audience", "means", "people")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("zh", "en")),
        sa.Column("wanted_at", UTC, nullable=False),
        sa.Column("not_before", UTC),
        sa.Column("due_at", UTC, nullable=False),
        sa.Column("usual", sa.Boolean, nullable=False),
        *(sa.Column(name, sa.Text) for name in ("outcome", "used", "by")),
        *(sa.Column(name, UTC) for name in ("told_at", "seen_at")),
        sa.Column("late", sa.Boolean),
        sa.Index("outward_open", "site", "due_at", "id", postgresql_where=sa.text("seen_at is null")),
        sa.Index(None, "entity"),
    )
