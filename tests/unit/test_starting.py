"""A service that was killed is back soon: it imports what it needs and nothing else."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from alembic.script import ScriptDirectory

from shared.schema.revisions import head_of, knows
from shouwen.cli import PLACES, app
from shouwen.places import SERVICES, migrations_of

SERVED = """
import json, sys
import typer
from shouwen.cli import app
typer.main.get_command(app).commands["serve"]
import services.escalation.app
print(json.dumps(sorted(sys.modules)))
"""
OF_OTHERS = (
    *(f"services.{name}" for name in SERVICES if name != "escalation"),
    *("alembic", "xlsxwriter", "openpyxl", "jinja2", "psutil", "httpx2", "yaml"),
    *("shouwen.scenarios", "shouwen.importing", "shouwen.torture", "shouwen.embedded", "shouwen.composition"),
)


def test_serving_one_service_imports_nothing_of_the_others() -> None:
    told = subprocess.run([sys.executable, "-c", SERVED], check=True, capture_output=True, text=True)
    imported = json.loads(told.stdout)
    assert "services.escalation.app" in imported
    assert [name for name in imported if name.startswith(tuple(f"{other}." for other in OF_OTHERS))] == []
    assert not {*OF_OTHERS} & {*imported}


@pytest.mark.parametrize("name", PLACES)
def test_every_command_is_where_the_command_line_looks_for_it(name: str) -> None:
    command = vars(typer.main.get_command(app))["commands"][name]
    assert command.name == name
    assert command.help


@pytest.mark.parametrize("service", SERVICES)
def test_revisions_are_read_as_alembic_reads_them(service: str) -> None:
    folder = migrations_of(service)
    scripts = ScriptDirectory(str(folder.parent), version_locations=[str(folder)])
    assert [head_of(folder)] == scripts.get_heads()
    assert all(knows(folder, script.revision) for script in scripts.walk_revisions())
    assert not knows(folder, "9999")


def test_two_newest_revisions_are_refused(tmp_path: Path) -> None:
    for name, before in (("0001", "None"), ("0002", '"0001"'), ("0003", '"0001"')):
        (tmp_path / f"{name}_x.py").write_text(f'revision = "{name}"\ndown_revision = {before}\n', "utf-8")
    with pytest.raises(RuntimeError, match="0002', '0003"):
        head_of(tmp_path)
