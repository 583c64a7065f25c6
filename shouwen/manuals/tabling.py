"""Pages of a manual in Markdown: tables, lists."""

from collections.abc import Iterable, Iterator

Row = tuple[str, ...]


def table(title: str, heads: Row, rows: Iterable[Row]) -> Iterator[str]:
    """A table under its title; nothing where there is no row."""
    found = list(rows)
    if not found:
        return
    if title:
        yield ""
        yield f"**{title}**"
    yield ""
    yield f"| {' | '.join(heads)} |"
    yield "|" + "---|" * len(heads)
    yield from (f"| {' | '.join(_cell(cell) for cell in row)} |" for row in found)


def listed(title: str, lines: Iterable[str]) -> Iterator[str]:
    """A list under a heading of its own."""
    yield ""
    yield f"### {title}"
    yield ""
    yield from (f"- {line}" for line in lines)


def joined(*parts: str) -> str:
    """What there is of *parts*, apart from each other."""
    return "；".join(part for part in parts if part)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
