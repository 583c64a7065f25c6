"""The vocabulary as text, from the very tables that read a file: it cannot be out of date."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from shouwen.scenarios.sights import ANY_FIELD, CLOSED, LISTED, NAMED, NONE, SHORT, SIGHTS, SIMPLE, Sight
from shouwen.scenarios.values import bare
from shouwen.scenarios.vocabulary import DEEDS, REFERENCES, VERBS, Deed, Verb

PLAIN = {str: "text", int: "number", bool: "true/false", datetime: "instant"}


PAGE = Path(__file__).parents[2] / "docs" / "scenarios.md"
BEGIN, END = "<!-- words -->", "<!-- /words -->"


def scenarios_page() -> str:
    """The manual of the format, with the vocabulary as it is now."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    words = "\n".join(vocabulary())
    return f"{before}{BEGIN}\n{words}\n{END}{rest.partition(END)[2]}"


def vocabulary() -> Iterator[str]:
    """Markdown: every act with its fields, then every check with its fields."""
    yield "| act | 动作 | field of a bare value | fields | done by |"
    yield "|---|---|---|---|---|"
    yield from (_verb(verb) for verb in VERBS.values())
    yield from (_deed(deed) for deed in DEEDS.values())
    yield ""
    yield "| check | 检查 | field of a bare value | fields |"
    yield "|---|---|---|---|"
    yield from (_sight(sight) for sight in SIGHTS.values())
    yield from (
        f"| `{word}` | | `{kind}.{field}` | short for `{kind}: {{{field}: …}}` |"
        for word, (kind, field) in SHORT.items()
    )
    yield from (
        f"| `{word}` | | `{kind}.{SIGHTS[kind].main}` | no `{kind}` with these fields |" for word, kind in NONE.items()
    )


def _verb(verb: Verb) -> str:
    fields = ", ".join(_field(verb, name) for name in verb.fields if name != "site")
    return f"| `{verb.name}` | {verb.zh} | {_code(verb.main)} | {fields} | {verb.by} |"


def _field(verb: Verb, name: str) -> str:
    if name in REFERENCES:
        return f"`{name}` ({'case' if REFERENCES[name] == 'case' else 'role or person'})"
    return f"`{name}` ({_kind(verb.command.model_fields[name].annotation)})"


def _kind(annotation: Any) -> str:
    wanted = bare(annotation)
    if get_origin(wanted) is Literal:
        return " / ".join(get_args(wanted))
    if get_origin(wanted) is tuple:
        return f"list of {_kind(get_args(wanted)[0])}"
    if isinstance(wanted, type) and issubclass(wanted, BaseModel):
        named = (f"{name}: {_kind(each.annotation)}" for name, each in wanted.model_fields.items())
        return f"{{{', '.join(named)}}}"
    return PLAIN.get(wanted, "text")


def _deed(deed: Deed) -> str:
    fields = ", ".join(f"`{name}` ({kind})" for name, kind in deed.fields.items()) or "any `name: value`"
    return f"| `{deed.name}` | {deed.zh} | {_code(deed.main)} | {fields} | — |"


def _sight(sight: Sight) -> str:
    fields = ", ".join(_seen(name, way) for name, way in sight.fields.items())
    return f"| `{sight.name}` | {sight.zh} | `{sight.main}` | {fields} |"


def _seen(name: str, way: str) -> str:
    if name == ANY_FIELD:
        return "any other field"
    words = " / ".join(CLOSED.get(way) or LISTED.get(way) or ())
    return f"`{name}` ({words or SIMPLE.get(way) or NAMED[way]})"


def _code(word: str | None) -> str:
    return f"`{word}`" if word else "—"
