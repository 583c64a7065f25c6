"""``shouwen calendar``: check working-time rows, show and change the calendars of sites."""

import typer

app = typer.Typer(
    name="calendar",
    help="工作日历 / working calendars: which hours count.",
    no_args_is_help=True,
)
