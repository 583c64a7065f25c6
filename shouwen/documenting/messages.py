"""`docs/messages.md`: every fact, who says it, who hears it, what it carries."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from shared.contracts.catalogue import FACTS
from shared.contracts.directory import RECORDS
from shared.contracts.envelope import Fact, Private
from shouwen.documenting.docstrings import first_sentence, meanings
from shouwen.documenting.shapes import Member, members, parts, words
from shouwen.places import SERVICES, streams_file

OPENING = """# Messages

Written by `make docs` from `shared/contracts` and `deploy/streams.toml`; a contract test holds it current.

A message is a CloudEvent 1.0 in the binary NATS binding: the headers below, and a JSON body. A *hearer* reads it from a
durable of its own; everything on the stream DIRECTORY is read by every service. Instants are RFC 3339 with offset.
Inside a contract version a speaker may add fields that have a default and nothing else; hearers ignore fields they do
not know. Fields that begin with `private.` are personal data, apart from everything that is counted.

| header | meaning |
|---|---|
| `Nats-Msg-Id`, `ce-id` | id of the message, a UUIDv7 |
| `ce-specversion` | `1.0` |
| `ce-type` | `<speaker>.<fact>` |
| `ce-source` | `shouwen/<speaker>` |
| `ce-subject` | the entity it is about, such as `case-018f…` |
| `ce-time` | when it happened |
| `ce-dataschema` | contract version of the body |
| `correlation` | the case it belongs to |
| `causation` | the message that led here; absent for what a person asked and for what time alone did |
| `version` | 1, 2, 3 … without holes for one speaker and entity |
"""


def messages_page() -> str:
    """The whole page."""
    facts = tuple(FACTS.values())
    spoken = [_speaker(speaker, tuple(said)) for speaker, said in groupby(facts, key=lambda fact: fact.speaker)]
    return "\n".join([OPENING, *spoken, _parts_section(facts)])


def hearers(speaker: str) -> Sequence[str]:
    """Services whose durable takes what *speaker* says, as `deploy/streams.toml` declares them."""
    hears: Mapping[str, list[str]] = tomllib.loads(streams_file().read_text("utf-8"))["durables"]["hears"]
    return SERVICES if speaker == "directory" else tuple(name for name, heard in hears.items() if speaker in heard)


def subject_pattern(fact: type[Fact]) -> str:
    """Where a fact is published, with what varies in angle brackets."""
    if fact.speaker == "directory":
        return "directory.<record>.<key>"
    return f"ev.{fact.wire_kind()}.<entity>"


def _speaker(speaker: str, facts: Sequence[type[Fact]]) -> str:
    heading = f"## {speaker}\n\nHeard by {', '.join(hearers(speaker))}.\n"
    note = f"Records: {', '.join(f'`{record}`' for record in RECORDS)}.\n" if speaker == "directory" else ""
    return "\n".join([heading + note, *(_fact(fact) for fact in facts)])


def _fact(fact: type[Fact]) -> str:
    title = f"### {fact.wire_kind()}\n\n{first_sentence(fact)}\n"
    where = f"Subject `{subject_pattern(fact)}`, contract version {fact.schema_version}.\n"
    return f"{title}\n{where}\n{_table(_rows(fact))}"


def _rows(fact: type[Fact]) -> Iterable[str]:
    said = meanings(fact)
    for member in members(fact):
        private = next((part for part in parts(member.annotation) if issubclass(part, Private)), None)
        if private is None:
            yield _row(member, said)
            continue
        apart = meanings(private)
        yield from (_row(inner, apart, prefix="private.") for inner in members(private))


def _row(member: Member, said: Mapping[str, str], *, prefix: str = "") -> str:
    meaning = said.get(member.name, "").replace("|", r"\|")
    need = "yes" if member.required else ""
    return f"| `{prefix}{member.name}` | {words(member.annotation)} | {need} | {meaning} |"


def _table(rows: Iterable[str]) -> str:
    return "\n".join(["| field | type | needed | meaning |", "|---|---|---|---|", *rows, ""])


def _parts_section(facts: Iterable[type[Fact]]) -> str:
    named: dict[type, None] = {}
    for fact in facts:
        _collect(fact, named)
    return "\n".join(["## Parts\n", *(_part(kind) for kind in sorted(named, key=lambda kind: kind.__name__))])


def _collect(kind: type, named: dict[type, None]) -> None:
    """Every part that stands inside *kind*, however deep; private parts are shown with their fact."""
    for member in members(kind):
        for part in parts(member.annotation):
            if part not in named and not issubclass(part, Private):
                named[part] = None
                _collect(part, named)


def _part(kind: type) -> str:
    said = meanings(kind)
    rows = _table(_row(member, said) for member in members(kind))
    return f"### {kind.__name__}\n\n{first_sentence(kind)}\n\n{rows}"
