"""`docs/asyncapi.json`: the log for other software, as AsyncAPI 3.0 from the same contracts.

Other software never receives the private part, so it is not described here.
"""

from typing import Any

from shared.contracts.catalogue import FACTS
from shared.contracts.envelope import Fact
from shouwen.documenting.docstrings import first_sentence
from shouwen.documenting.messages import subject_pattern

HEADERS: dict[str, str] = {
    "ce-specversion": "Always 1.0",
    "ce-id": "UUIDv7, equal to Nats-Msg-Id",
    "ce-type": "<speaker>.<fact>",
    "ce-source": "shouwen/<speaker>",
    "ce-subject": "The entity it is about",
    "ce-time": "When it happened, RFC 3339 with offset",
    "ce-dataschema": "Contract version of the body",
    "correlation": "The case it belongs to",
    "causation": "The message that led here",
    "version": "1, 2, 3 … without holes for one speaker and entity",
}
ALWAYS = [name for name in HEADERS if name != "causation"]


def asyncapi() -> dict[str, Any]:
    """The whole document."""
    kinds = FACTS.values()
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Shouwen", "version": "1", "description": "Facts on the streams EV and DIRECTORY."},
        "defaultContentType": "application/json",
        "channels": {kind.wire_kind(): _channel(kind) for kind in kinds},
        "operations": {f"say.{kind.wire_kind()}": _saying(kind) for kind in kinds},
        "components": {"schemas": {"Headers": _headers()}},
    }


def _channel(kind: type[Fact]) -> dict[str, Any]:
    address = subject_pattern(kind).replace("<", "{").replace(">", "}")
    gaps = [piece[1:-1] for piece in address.split(".") if piece.startswith("{")]
    message = {
        "name": kind.wire_kind(),
        "summary": first_sentence(kind),
        "headers": {"$ref": "#/components/schemas/Headers"},
        "payload": {"schemaFormat": "application/schema+json;version=draft-2020-12", "schema": _public(kind)},
    }
    return {"address": address, "parameters": {gap: {} for gap in gaps}, "messages": {kind.name: message}}


def _saying(kind: type[Fact]) -> dict[str, Any]:
    channel = f"#/channels/{kind.wire_kind()}"
    messages = [{"$ref": f"{channel}/messages/{kind.name}"}]
    return {"action": "send", "channel": {"$ref": channel}, "messages": messages}


def _public(kind: type[Fact]) -> dict[str, Any]:
    schema = kind.model_json_schema(mode="serialization")
    schema["properties"].pop("private", None)
    schema["required"] = sorted(set(schema.get("required", ())) - {"private"})
    definitions = {name: part for name, part in schema.pop("$defs", {}).items() if _is_named(name, schema)}
    return schema | ({"$defs": definitions} if definitions else {})


def _is_named(name: str, schema: dict[str, Any]) -> bool:
    return f"#/$defs/{name}'" in repr(schema)


def _headers() -> dict[str, Any]:
    described = {name: {"type": "string", "description": meaning} for name, meaning in HEADERS.items()}
    return {"type": "object", "properties": described, "required": ALWAYS}
