"""The runbook says of every table what looks at it, so that a new one is not forgotten."""

import re
from importlib import import_module
from pathlib import Path

import pytest

RUNBOOK = Path(__file__).parents[3] / "docs" / "runbooks" / "verify.md"
SERVICES = ("console", "directory", "dispatch", "escalation", "intake", "notify", "reporting")
RUNTIME = {"entities", "outbox", "parked", "dead_letters", "positions", "timers", "wanted", "idempotency"}


def told() -> dict[str, set[str]]:
    """Tables by the service named before them; those of the runtime under no name."""
    tables: dict[str, set[str]] = {}
    for cell in re.findall(r"^\| ((?:\w+ )?`[^|]+) \|", RUNBOOK.read_text("utf-8"), flags=re.MULTILINE):
        service = cell.partition("`")[0].strip()
        tables.setdefault(service, set()).update(re.findall(r"`(\w+)`", cell))
    return tables


@pytest.mark.parametrize("service", SERVICES)
def test_every_table_of_a_service_is_told_of(service: str) -> None:
    metadata = import_module(f"services.{service}.tables").tables(service)
    own = {table.name for table in metadata.tables.values()} - RUNTIME
    assert own == told().get(service, set())


def test_every_table_of_the_runtime_is_told_of() -> None:
    metadata = import_module("shared.schema.tables").runtime_tables("any")
    assert {table.name for table in metadata.tables.values()} == RUNTIME <= told()[""]
