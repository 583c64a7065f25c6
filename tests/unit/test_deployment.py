"""What an installation is made of says what the code says: settings, services, the paths of the gateway."""

import re
import tomllib
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from pydantic_settings import BaseSettings

from shared.process.settings import RuntimeSettings
from shouwen.cli import app
from shouwen.places import SERVICES

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
SETTING = re.compile(r"#?([A-Z][A-Z_]+)=(.*)")


REQUIRED = {
    "SHOUWEN_DATABASE_URL": "postgresql+asyncpg://somebody@somewhere/it",
    "SHOUWEN_NATS_URL": "nats://somewhere",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One setting of ``env.example``: its value there, and the comment right above it."""

    value: str
    meaning: str


def settings_of_the_code() -> list[type[BaseSettings]]:
    named = [f"services.{service}.settings" for service in SERVICES]
    modules = [import_module(name) for name in named if find_spec(name)]
    found = [thing for module in modules for thing in vars(module).values() if isinstance(thing, type)]
    return [RuntimeSettings, *(kind for kind in found if issubclass(kind, BaseSettings) and kind is not BaseSettings)]


def variable(kind: type[BaseSettings], field: str) -> str:
    return f"{kind.model_config.get('env_prefix', '')}{field}".upper()


def example() -> dict[str, Line]:
    found: dict[str, Line] = {}
    comment: list[str] = []
    for line in (DEPLOY / "env.example").read_text("utf-8").splitlines():
        if matched := SETTING.fullmatch(line):
            found[matched[1]] = Line(matched[2], " ".join(comment))
            comment = []
        elif line.startswith("# "):
            comment.append(line.removeprefix("# "))
        else:
            comment = []
    return found


def variables_of_commands() -> set[str]:
    group = typer.main.get_command(app)
    commands: dict[str, Any] = vars(group)["commands"]
    return {str(p.envvar) for command in commands.values() for p in command.params if p.envvar}


def fields() -> list[Any]:
    every = [
        (variable(kind, name), field) for kind in settings_of_the_code() for name, field in kind.model_fields.items()
    ]
    return [pytest.param(name, field.description, id=name) for name, field in every]


@pytest.mark.parametrize(("name", "meaning"), fields())
def test_every_setting_is_in_the_example_with_its_meaning(name: str, meaning: str) -> None:
    assert meaning
    assert meaning in example()[name].meaning


@pytest.mark.parametrize("kind", settings_of_the_code(), ids=lambda kind: str(kind.__name__))
def test_the_example_shows_the_defaults(kind: type[BaseSettings], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, line in example().items():
        monkeypatch.setenv(name, line.value or REQUIRED.get(name, "required, and long enough"))
    read = kind()
    optional = {name: field.default for name, field in kind.model_fields.items() if not field.is_required()}
    assert {name: getattr(read, name) for name in optional} == optional


def test_the_example_names_nothing_that_nobody_reads() -> None:
    known = {variable(kind, name) for kind in settings_of_the_code() for name in kind.model_fields}
    asked = set(re.findall(r"\$\{(\w+)", (DEPLOY / "compose.yaml").read_text("utf-8")))
    assert set(example()) == known | variables_of_commands() | asked


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    described: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]
    return described


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_is_composed_and_serves_what_it_is_called(service: str, services: dict[str, Any]) -> None:
    described = services[service]
    assert described["command"] == ["serve", service, "--host", "0.0.0.0"]
    assert described["depends_on"] == {"provision": {"condition": "service_completed_successfully"}}
    assert "ports" not in described


def test_only_the_gateway_is_published(services: dict[str, Any]) -> None:
    assert [name for name, described in services.items() if "ports" in described] == ["gateway"]


def test_nothing_else_is_composed_than_the_services_and_what_they_stand_on(services: dict[str, Any]) -> None:
    assert set(services) == {*SERVICES, "provision", "gateway", "nats", "postgres"}


def test_the_gateway_knows_the_way_to_every_interface() -> None:
    found = re.search(r"/api/\(([\w|]+)\)/", (DEPLOY / "gateway.conf").read_text("utf-8"))
    assert found is not None
    assert set(found[1].split("|")) == set(SERVICES) - {"console"}


def test_what_is_installed_finds_its_streams_where_it_looks() -> None:
    built = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert built["force-include"]["deploy/streams.toml"] == "shouwen/deploy/streams.toml"
    assert all((ROOT / place).exists() for place in built["force-include"])
