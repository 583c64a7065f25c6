"""Every field of every contract, spoiled in every way we could think of, around the golden samples."""

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

from shared.packs.loader import builtin_pack

Json = dict[str, Any]
Path_ = tuple[str | int, ...]

GOLDEN = Path(__file__).parents[1] / "contract" / "golden"
ABSENT = object()
RAW = {"@huge@": "1" + "0" * 400, "@deep@": "[" * 3000 + "]" * 3000, "@half@": '"\\ud800"'}
"""What no encoder writes, put in as text afterwards."""
HISTORY: Json = {
    "source": "old",
    "key": "A-1",
    "acts": [{"act": "started", "at": "2025-03-12T14:06:00Z", "by": "wang.lei"}],
    "quiet_until": "2025-03-12T14:30:00Z",
}
VALUES: dict[str, Any] = {
    "absent": ABSENT,
    "null": None,
    "negative": -1,
    "10^400": "@huge@",
    "word": "no_such_word",
    "nothing": "",
    "object": {},
    "huge text": "大" * 5_000,
    "NUL": "a\x00b",
    "half a character": "@half@",
    "deeply nested": "@deep@",
    "end of time": "9999-12-31T23:59:59.999999Z",
    "beginning of time": "0001-01-01T00:00:00+14:00",
    "no zone": "2025-03-12T14:05:00",
}


def samples() -> dict[str, Json]:
    """The golden sample of each kind of the log by kind; an import's history as one more."""
    found = {
        path.name.removesuffix(".v1.json"): json.loads(path.read_text("utf-8")) for path in GOLDEN.glob("*.v1.json")
    }
    del found["directory.record_put"]
    begun = found["intake.request_received"]["body"]
    begun["pack_version"] = builtin_pack(begun["pack"]).version
    imported = deepcopy(found["intake.request_received"])
    imported["body"]["history"] = HISTORY
    found["intake.request_received, imported"] = imported
    return {kind: found[kind] for kind in sorted(found)}


def fields(value: Any, path: Path_ = ()) -> Iterator[Path_]:
    """The path of every field, recursively."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield (*path, key)
        yield from fields(each, (*path, key))


def spoiled(body: Json) -> Iterator[tuple[str, bytes]]:
    """The body with one field spoiled, under a name that says which and how; of an import only its history."""
    for path in fields(body):
        if body.get("history") and path[0] != "history":
            continue
        for how, value in VALUES.items():
            changed = deepcopy(body)
            _put(changed, path, value)
            yield f"{'/'.join(map(str, path))}: {how}", encoded(changed)


def encoded(body: Json) -> bytes:
    """The body on the wire."""
    text = json.dumps(body, ensure_ascii=False)
    for mark, raw in RAW.items():
        text = text.replace(f'"{mark}"', raw)
    return text.encode()


def _put(body: Any, path: Path_, value: Any) -> None:
    for key in path[:-1]:
        body = body[key]
    if value is ABSENT:
        del body[path[-1]]
        return
    body[path[-1]] = value
