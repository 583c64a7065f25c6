"""The ``shouwen`` command."""

import typer

from shouwen.commands import adopting, calendar_change, manuals
from shouwen.commands.calendar_ import app as calendar
from shouwen.commands.dlq import app as dlq
from shouwen.commands.explain import explain
from shouwen.commands.import_ import import_history
from shouwen.commands.master import app as master
from shouwen.commands.pack import app as pack
from shouwen.commands.parked import parked
from shouwen.commands.register import register
from shouwen.commands.scenario import app as scenario
from shouwen.commands.serve import administrator, migrate, provision, serve
from shouwen.commands.torture import torture
from shouwen.commands.up import up
from shouwen.commands.verify import verify

app = typer.Typer(
    name="shouwen",
    help="首问：谁先接，谁到底。 Whoever is asked first answers for the matter to its end.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
for command in (up, serve, provision, migrate, administrator):
    app.command()(command)
app.command("import")(import_history)
app.command()(verify)
app.command()(register)
app.command()(torture)
app.command()(parked)
app.command()(explain)
app.add_typer(dlq)
app.add_typer(scenario)
pack.command("list")(manuals.listed)
for of_pack in (manuals.show, manuals.lint, manuals.diff, adopting.publish, adopting.use, adopting.drop):
    pack.command()(of_pack)
app.add_typer(pack)
calendar.command()(calendar_change.show)
calendar.command()(calendar_change.status)
calendar.command()(calendar_change.change)
app.add_typer(calendar)
app.add_typer(master)
