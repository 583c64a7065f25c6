"""What a docstring says: its first sentence, and the meaning of each attribute."""

import inspect
import re
from collections.abc import Mapping

_HEADING = "Attributes:"
_ROLE = re.compile(r":\w+:`~?")
_ATTRIBUTE = re.compile(r" {4}(\w+): (.+)")


def first_sentence(kind: type) -> str:
    """The first paragraph of the class's own docstring, on one line."""
    paragraph = _text(kind).partition("\n\n")[0]
    return " ".join(paragraph.split())


def meanings(kind: type) -> Mapping[str, str]:
    """Meaning by attribute, those of the bases included."""
    found: dict[str, str] = {}
    for one in reversed(kind.__mro__):
        found |= _attributes(_text(one))
    return found


def _text(kind: type) -> str:
    """The class's own docstring, its reStructuredText marks made Markdown."""
    return _ROLE.sub("`", inspect.cleandoc(kind.__dict__.get("__doc__") or "").replace("``", "`"))


def _attributes(documented: str) -> dict[str, str]:
    found: dict[str, str] = {}
    name = ""
    for line in _section(documented):
        if matched := _ATTRIBUTE.fullmatch(line):
            name = matched[1]
            found[name] = matched[2]
        elif name:
            found[name] += f" {line.strip()}"
    return found


def _section(documented: str) -> list[str]:
    lines = documented.splitlines()
    if _HEADING not in lines:
        return []
    body = lines[lines.index(_HEADING) + 1 :]
    end = next((number for number, line in enumerate(body) if not line.startswith("    ")), len(body))
    return body[:end]
