"""The generated documents say what the code says; `make docs` rewrites them."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from shared.contracts.catalogue import FACTS
from shouwen.documenting import SPOKEN_TO, asyncapi, documents, openapi
from shouwen.documenting.docstrings import first_sentence, meanings

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def written() -> Mapping[str, str]:
    return documents()


@pytest.mark.parametrize(
    "place",
    [
        "docs/messages.md",
        "docs/scenarios.md",
        "docs/asyncapi.json",
        *(f"tests/contract/openapi/{name}.json" for name in SPOKEN_TO),
    ],
)
def test_a_generated_document_is_current(place: str, written: Mapping[str, str]) -> None:
    assert (ROOT / place).read_text("utf-8") == written[place], "run `make docs` and read what changed"


def test_no_generated_document_is_left_over(written: Mapping[str, str]) -> None:
    kept = {f"tests/contract/openapi/{path.name}" for path in (ROOT / "tests/contract/openapi").glob("*.json")}
    assert kept == {place for place in written if "openapi" in place}


def test_the_log_is_described_without_its_private_part() -> None:
    described = json.dumps(asyncapi(), ensure_ascii=False)
    assert '"private"' not in described
    assert all(f'"{kind}"' in described for kind in FACTS)


@pytest.mark.parametrize("service", SPOKEN_TO)
def test_every_route_says_what_it_does(service: str) -> None:
    silent = [
        f"{method} {path}"
        for path, methods in openapi(service)["paths"].items()
        for method, operation in methods.items()
        if not operation.get("description")
    ]
    assert silent == []


class _Told:
    """Told at once,
    in two lines.

    Attributes:
        first: Begins here
            and ends ``there``.
        second: See :class:`Path`.

    Source: nowhere.
    """


class _ToldMore(_Told):
    """Told again.

    Attributes:
        second: Says more.
    """


def test_a_docstring_gives_its_first_paragraph_and_each_attribute() -> None:
    assert first_sentence(_Told) == "Told at once, in two lines."
    assert meanings(_Told) == {"first": "Begins here and ends `there`.", "second": "See `Path`."}


def test_what_a_shape_says_of_its_attributes_holds_for_its_heirs_until_they_say_more() -> None:
    assert meanings(_ToldMore) == {"first": "Begins here and ends `there`.", "second": "Says more."}
