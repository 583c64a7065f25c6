"""The ``shouwen`` command."""

import typer

from shouwen.commands.serve import administrator, migrate, provision, serve
from shouwen.commands.up import up

app = typer.Typer(
    name="shouwen",
    help="首问：谁先接，谁到底。 Whoever is asked first answers for the matter to its end.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
for command in (up, serve, provision, migrate, administrator):
    app.command()(command)
