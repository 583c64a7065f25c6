"""The ``shouwen`` command.

What a command needs is imported when it is asked for, so that a service that was killed is back without waiting for
spreadsheets, scenarios and the demo.
"""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command, get_group

from shouwen.memory import grow_freely

PLACES = {
    "up": "up:up",
    "serve": "serve:serve",
    "provision": "preparing:provision",
    "migrate": "preparing:migrate",
    "administrator": "preparing:administrator",
    "import": "import_:import_history",
    "verify": "verify:verify",
    "register": "register:register",
    "torture": "torture:torture",
    "parked": "parked:app",
    "explain": "explain:explain",
    "dlq": "dlq:app",
    "scenario": "scenario:app",
    "pack": "pack:app",
    "calendar": "calendar_:app",
    "master": "master:app",
}
"""In the order of ``--help``: module under ``shouwen.commands``, and a function or a group in it."""


class _OnDemand(Mapping[str, Any]):
    """Commands by name; one that is not asked for is not imported."""

    def __init__(self) -> None:
        self._known: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._known:
            self._known[name] = _command(name, *PLACES[name].split(":"))
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(PLACES)

    def __len__(self) -> int:
        return len(PLACES)


def _command(name: str, module: str, attribute: str) -> Any:
    grow_freely()  # most of a start is imports
    found = getattr(import_module(f"shouwen.commands.{module}"), attribute)
    if isinstance(found, typer.Typer):
        return get_group(found)
    alone = typer.Typer(add_completion=False)
    alone.command(name)(found)
    return get_command(alone)


class _Group(TyperGroup):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.commands: Any = _OnDemand()


app = typer.Typer(
    name="shouwen",
    help="首问：谁先接，谁到底。 Whoever is asked first answers for the matter to its end.",
    cls=_Group,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


@app.callback()
def shouwen() -> None:
    """Every command has a place of its own."""
