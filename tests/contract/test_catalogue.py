"""What is said: by one speaker each, read or refused by name, personal data apart."""

import tomllib
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from shared.contracts import directory, dispatch, escalation, intake, notify
from shared.contracts.catalogue import FACTS, read
from shared.contracts.envelope import Fact, Heading, Heard, Private, UnreadableMessage
from shared.contracts.fold import Folds
from shouwen.documenting.shapes import members, parts
from shouwen.places import SERVICES

SPEAKERS = (intake, dispatch, escalation, notify, directory)
STREAMS = Path(__file__).parents[2] / "deploy" / "streams.toml"
CASE = "case-0195887a3c4f7b21a0c5d6e7f8091a2b"
HEADERS = {
    "ce-id": "0195887a-0000-7b21-a0c5-d6e7f8091a2b",
    "ce-type": "dispatch.order_assigned",
    "ce-subject": CASE,
    "ce-time": "2025-03-12T14:05:00+00:00",
    "ce-dataschema": "1",
    "correlation": CASE,
    "version": "1",
}
BODY = b'{"assignee": "sun.hao", "by": "wang.lei"}'
PERSONAL = frozenset({"content", "demand", "place", "phone", "caller", "text", "photos", "address"})


def declared_hearing() -> dict[str, list[str]]:
    hears: dict[str, list[str]] = tomllib.loads(STREAMS.read_text("utf-8"))["durables"]["hears"]
    return hears


def folds_of(service: str) -> Folds:
    folds: Folds = import_module(f"services.{service}.folds").FOLDS
    return folds


def fields_inside(kind: type) -> Iterator[str]:
    """Names of every field of *kind* and of the parts inside it, private parts left out."""
    for member in members(kind):
        inner = parts(member.annotation)
        if any(issubclass(part, Private) for part in inner):
            continue
        yield member.name
        for part in inner:
            yield from fields_inside(part)


def test_every_subject_has_one_speaker() -> None:
    said = Counter(fact.wire_kind() for module in SPEAKERS for fact in module.FACTS)
    assert [kind for kind, times in said.items() if times > 1] == []
    assert set(said) == set(FACTS)


@pytest.mark.parametrize("module", SPEAKERS, ids=lambda module: module.__name__)
def test_a_module_of_contracts_speaks_for_one_service_only(module: object) -> None:
    assert {fact.speaker for fact in module.FACTS} == {module.__name__.rpartition(".")[2]}  # type: ignore[attr-defined]  # modules of contracts have both


def test_every_fact_class_is_in_the_catalogue() -> None:
    named = {kind for kind in _descendants(Fact) if "name" in kind.__dict__ and kind.__module__.startswith("shared.")}
    assert {kind.__qualname__ for kind in named - set(FACTS.values())} == set()


def _descendants(kind: type[Fact]) -> set[type[Fact]]:
    children = set(kind.__subclasses__())
    return children.union(*(_descendants(child) for child in children))


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_hears_what_its_durable_is_declared_for(service: str) -> None:
    assert set(folds_of(service).hears) == set(declared_hearing().get(service, ()))


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_called_what_its_folder_is(service: str) -> None:
    assert folds_of(service).service == service


def test_every_durable_belongs_to_a_service_and_every_speaker_is_one() -> None:
    hears = declared_hearing()
    assert set(hears) | {speaker for heard in hears.values() for speaker in heard} <= set(SERVICES)


@pytest.mark.parametrize("kind", FACTS)
def test_the_public_part_has_no_field_for_personal_data(kind: str) -> None:
    assert PERSONAL & set(fields_inside(FACTS[kind])) == set()


TOLD_APART = {"form"}
"""One form in two parts: what says something about a person stands in the private one."""


@pytest.mark.parametrize("kind", FACTS)
def test_the_private_part_repeats_no_public_name(kind: str) -> None:
    apart = [member.annotation for member in members(FACTS[kind]) if member.name == "private"]
    private = {inner.name for part in apart for inner in members(part)}
    assert private & set(FACTS[kind].model_fields) <= TOLD_APART


@pytest.mark.parametrize("kind", FACTS)
def test_personal_data_stand_under_the_name_private_and_may_be_absent(kind: str) -> None:
    apart = [m for m in members(FACTS[kind]) if any(issubclass(part, Private) for part in parts(m.annotation))]
    assert [(m.name, m.required) for m in apart] in ([], [("private", False)])


def test_an_unknown_kind_keeps_its_envelope_because_its_version_counts() -> None:
    arrived = read(HEADERS | {"ce-type": "dispatch.order_sung", "version": "7"}, b"\xff not even text")
    assert isinstance(arrived, Heading)
    assert (arrived.kind, arrived.version) == ("dispatch.order_sung", 7)


def test_a_newer_contract_version_is_unreadable_and_named() -> None:
    with pytest.raises(UnreadableMessage, match=r"dispatch\.order_assigned has contract version 2, newer than 1"):
        read(HEADERS | {"ce-dataschema": "2"}, BODY)


def test_what_may_be_left_out_of_an_envelope_has_its_usual_value() -> None:
    spare = {name: value for name, value in HEADERS.items() if name not in ("correlation", "ce-dataschema")}
    arrived = read(spare, BODY)
    assert isinstance(arrived, Heard)
    assert (arrived.heading.correlation, arrived.heading.schema_version) == (CASE, 1)
    assert arrived.heading.causation is None


@pytest.mark.parametrize("missing", ["ce-id", "ce-type", "ce-subject", "ce-time", "version"])
def test_a_missing_header_is_named(missing: str) -> None:
    with pytest.raises(UnreadableMessage, match=f"'{missing}' is missing"):
        read({name: value for name, value in HEADERS.items() if name != missing}, BODY)


@pytest.mark.parametrize(
    ("header", "value", "says"),
    [
        pytest.param("ce-time", "yesterday", "malformed", id="a time that is none"),
        pytest.param("ce-time", "2025-03-12T14:05:00", "no zone", id="a time without zone"),
        pytest.param("version", "seven", "malformed", id="a version that is no number"),
        pytest.param("version", "0", "out of bounds", id="a version below one"),
        pytest.param("version", "2147483648", "out of bounds", id="a version no column holds"),
        pytest.param("ce-subject", "case-a.b", "no name", id="an entity of two tokens"),
        pytest.param("ce-subject", "case-*", "no name", id="an entity that is a wildcard"),
        pytest.param("ce-subject", "case-\x00", "no name", id="an entity with a NUL"),
        pytest.param("ce-subject", "case-" + "x" * 200, "no name", id="an entity no index holds"),
        pytest.param("ce-dataschema", "v1", "malformed", id="a contract version that is no number"),
    ],
)
def test_a_malformed_header_is_refused(header: str, value: str, says: str) -> None:
    with pytest.raises(UnreadableMessage, match=says):
        read(HEADERS | {header: value}, BODY)


@pytest.mark.parametrize("headers", [None, {}], ids=["none", "empty"])
def test_a_message_without_headers_is_no_cloudevent(headers: dict[str, str] | None) -> None:
    with pytest.raises(UnreadableMessage, match="no headers"):
        read(headers, BODY)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        pytest.param(b'{"assignee": "sun.hao"}', "field by", id="a field is missing"),
        pytest.param(b'{"assignee": 7, "by": "wang.lei"}', "field assignee", id="a field is of another kind"),
        pytest.param(b"{", r"field \(body\)", id="no JSON"),
        pytest.param(b"", r"field \(body\)", id="nothing"),
        pytest.param(b"[]", r"field \(body\)", id="no object"),
    ],
)
def test_an_unreadable_body_names_the_kind_and_the_field(body: bytes, says: str) -> None:
    with pytest.raises(UnreadableMessage, match=rf"dispatch\.order_assigned: {says}"):
        read(HEADERS, body)


def test_a_fact_that_names_no_speaker_cannot_be_written() -> None:
    with pytest.raises(TypeError, match="names a fact but no speaker"):
        type("Nameless", (Fact,), {"name": "nameless", "__annotations__": {}, "__module__": __name__})
