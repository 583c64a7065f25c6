"""Tables and sentences on a terminal; what came from outside is shown as it is, never obeyed."""

import json
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

FOLLOWED = 2
"""Blank columns kept between two columns."""
WHOLE = 2
"""Columns from the left that stay on one line however narrow the terminal is: they are copied."""
NAMED = 3
"""Columns from the left that name a row of a :func:`listing`."""
WIDE = 130
"""Columns of a terminal on which such a row fits side by side."""
TELLING = 300
"""Characters of a cell that are shown; the rest says the same again."""


def terminal() -> Console:
    """A console that reads no markup in what it prints."""
    return Console(highlight=False, markup=False, soft_wrap=True)


def plain(said: object) -> str:
    """*said* without characters a terminal would obey."""
    return "".join(each if each.isprintable() else "\ufffd" for each in str(said))


def lines(said: Any) -> str:
    """*said* as JSON over several lines, each of them plain."""
    return "\n".join(plain(line) for line in as_json(said).splitlines())


def instant(stated: str) -> str:
    """An instant in UTC as the services write it, to the second."""
    return f"{stated[:19]}Z"


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Table:
    """Rows under headings in both languages; long cells are folded, never cut, but for what people copy."""
    drawn = Table(box=None, pad_edge=False, padding=(0, FOLLOWED, 0, 0))
    for place, column in enumerate(columns):
        drawn.add_column(column, overflow="fold", no_wrap=place < WHOLE)
    for row in rows:
        drawn.add_row(*(Text(plain(cell)) for cell in row))
    return drawn


def listing(screen: Console, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table, or on a narrow terminal each row over three lines: its names whole, the rest, its last cell."""
    short = [[str(cell)[:TELLING] for cell in row] for row in rows]
    if screen.width >= WIDE:
        screen.print(table(columns, short))
        return
    for row in short:
        told = [f"{' '.join(column.split())} {plain(cell)}" for column, cell in zip(columns, row, strict=True)]
        screen.print("  ".join(plain(cell) for cell in row[:NAMED]))
        screen.print(f"    {' · '.join(told[NAMED:-1])}\n    {told[-1]}")


def as_json(said: Any) -> str:
    """*said* for a program."""
    return json.dumps(said, ensure_ascii=False, indent=2)
