"""Today's code reads yesterday's messages: one sample for each version of each fact, written once and never edited."""

import json
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.catalogue import FACTS, read
from shared.contracts.envelope import Fact, Heard, heading_of

GOLDEN = Path(__file__).parent / "golden"


def sample_of(name: str) -> dict[str, Any]:
    sample: dict[str, Any] = json.loads((GOLDEN / name).read_text("utf-8"))
    return sample


def file_of(fact: type[Fact]) -> str:
    return f"{fact.wire_kind()}.v{fact.schema_version}.json"


SAMPLES = sorted(path.name for path in GOLDEN.glob("*.json"))


def still_says(now: Any, then: Any) -> bool:
    """Whether everything *then* said is said *now*; fields added since do not count."""
    if isinstance(then, dict):
        return isinstance(now, dict) and all(key in now and still_says(now[key], then[key]) for key in then)
    if isinstance(then, list):
        return isinstance(now, list) and len(now) == len(then) and all(map(still_says, now, then))
    return bool(now == then)


@pytest.mark.parametrize("kind", FACTS)
def test_every_fact_has_a_sample_of_its_contract_version(kind: str) -> None:
    assert (GOLDEN / file_of(FACTS[kind])).exists()


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_of_any_version_is_read_and_keeps_its_meaning(name: str) -> None:
    sample = sample_of(name)
    heard = read(sample["headers"], json.dumps(sample["body"]).encode())
    assert isinstance(heard, Heard)
    assert still_says(heard.fact.model_dump(mode="json"), sample["body"])


@pytest.mark.parametrize("name", SAMPLES)
def test_the_envelope_of_a_sample_is_written_as_it_was_read(name: str) -> None:
    sample = sample_of(name)
    assert heading_of(sample["headers"]).headers() == sample["headers"]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_published_where_it_always_was(name: str) -> None:
    sample = sample_of(name)
    heard = read(sample["headers"], json.dumps(sample["body"]).encode())
    assert isinstance(heard, Heard)
    assert heard.fact.subject(heard.heading) == sample["subject"]


@pytest.mark.parametrize("kind", FACTS)
def test_a_field_added_by_a_newer_speaker_is_ignored(kind: str) -> None:
    sample = sample_of(file_of(FACTS[kind]))
    plain = read(sample["headers"], json.dumps(sample["body"]).encode())
    added = read(sample["headers"], json.dumps(sample["body"] | {"said_since": ["x"]}).encode())
    assert added == plain


@pytest.mark.parametrize(
    ("now", "then", "same"),
    [
        pytest.param({"a": 1, "new": 2}, {"a": 1}, True, id="a field added"),
        pytest.param({"a": 2}, {"a": 1}, False, id="a value changed"),
        pytest.param({"a": 1}, {"a": 1, "b": 2}, False, id="a field lost"),
        pytest.param([{"a": 1, "new": 0}], [{"a": 1}], True, id="a field added inside a list"),
        pytest.param([1], [1, 2], False, id="a shorter list"),
    ],
)
def test_only_additions_keep_a_meaning(now: object, then: object, same: bool) -> None:  # noqa: FBT001  a row's column
    assert still_says(now, then) is same
