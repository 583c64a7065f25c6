"""Tables beside the runtime's: how far each calendar has been followed, and which deadlines are provisional."""

import sqlalchemy as sa

UTC = sa.DateTime(timezone=True)


def tables(schema: str) -> sa.MetaData:
    """The tables in *schema*, freshly described; every instant is UTC."""
    metadata = sa.MetaData(schema=schema)
    sa.Table(
        "calendars",
        metadata,
        sa.Column("site", sa.Text, primary_key=True),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("known_to", sa.Integer, nullable=False),
        sa.Column("since", UTC, nullable=False),
        sa.Column("reached", sa.Text, nullable=False, server_default=""),
        sa.Column("moved", sa.Integer, nullable=False, server_default="0"),
        sa.Column("followed_at", UTC),
        sa.Column("leased_until", UTC),
    )
    sa.Table(
        "provisional",
        metadata,
        sa.Column("entity", sa.Text, primary_key=True),
        sa.Column("clock", sa.Text, primary_key=True),
        sa.Column("year", sa.Integer, primary_key=True),
        sa.Column("site", sa.Text, nullable=False),
        sa.Index(None, "site", "year"),
    )
    sa.Table(
        "calendar_alarms",
        metadata,
        sa.Column("site", sa.Text, primary_key=True),
        sa.Column("year", sa.Integer, primary_key=True),
        sa.Column("since", UTC, nullable=False),
    )
    return metadata
