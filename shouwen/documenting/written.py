"""Which document lies where."""

import json
from collections.abc import Mapping
from typing import Any

from shouwen.documenting.events import asyncapi
from shouwen.documenting.interfaces import SPOKEN_TO, openapi
from shouwen.documenting.keys import PAGE as KEYS
from shouwen.documenting.keys import reference_page
from shouwen.documenting.messages import messages_page
from shouwen.manuals.coverage import PAGE as COVERAGE
from shouwen.manuals.coverage import coverage_page
from shouwen.scenarios.documenting import scenarios_page


def documents() -> Mapping[str, str]:
    """Content of every generated document, by its path in the repository."""
    described = {f"tests/contract/openapi/{name}.json": _as_json(openapi(name)) for name in SPOKEN_TO}
    pages = {
        "docs/messages.md": messages_page(),
        "docs/scenarios.md": scenarios_page(),
        COVERAGE: coverage_page(),
        KEYS: reference_page(),
    }
    return {**pages, "docs/asyncapi.json": _as_json(asyncapi()), **described}


def _as_json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
