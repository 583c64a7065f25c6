"""The runtime's tables as the first migration of every service made them; later shapes come as later migrations."""

from typing import Any

from shared.schema.tables import runtime_tables


def create_runtime_tables_v1(op: Any, schema: str) -> None:
    """Create the runtime's tables in *schema*, inside a migration."""
    op.execute(f"create schema if not exists {schema}")
    runtime_tables(schema).create_all(op.get_bind())


def drop_runtime_tables_v1(op: Any, schema: str) -> None:
    """Take the schema away again, with all that stands in it."""
    op.execute(f"drop schema if exists {schema} cascade")
