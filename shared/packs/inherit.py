"""`extends:`: one pack made from another, before it is checked.

Mappings merge key by key, lists of things with an ``id`` merge id by id, everything else is replaced.
A path the parent has locked may not be changed; what an ancestor locked stays locked.

Source: requirements PR-6.
"""

from collections.abc import Mapping
from typing import Any

from shared.organisation.records import Named
from shared.packs.findings import Finding, PackInvalid

_OWN = frozenset({"id", "version", "extends", "locked", "since"})


def inherited(body: dict[str, Any], known: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """The body with everything it inherits filled in.

    *known* holds, by pack id, the bodies of the packs that may be extended, themselves not yet filled in.

    Raises:
        PackInvalid: The parent is unknown, the parents run in a circle, or a locked value is changed.
    """
    return _inherited(body, known, line=())


def _inherited(body: dict[str, Any], known: Mapping[str, dict[str, Any]], line: tuple[str, ...]) -> dict[str, Any]:
    parent = body.get("extends")
    if parent is None:
        return body
    line = (*line, str(body.get("id")))
    if parent in line:
        raise _refused("extends_cycle", _circle((*line, parent)), _FREE)
    if parent not in known:
        raise _refused("extends_unknown", _unknown(parent), _choose(known))
    base = _inherited(known[parent], known, line)
    merged: dict[str, Any] = _merged({key: base[key] for key in base.keys() - _OWN}, body)
    _keep_locked(base, merged)
    return merged | {"locked": [*base.get("locked", ()), *body.get("locked", ())]}


def _merged(under: Any, over: Any) -> Any:
    if isinstance(under, dict) and isinstance(over, dict):
        shared = {key: _merged(under[key], over[key]) for key in under.keys() & over.keys()}
        return under | over | shared
    old, own = _by_id(under), _by_id(over)
    if old and own:
        return [
            *(_merged(old[id_], own.get(id_, {})) for id_ in old),
            *(own[id_] for id_ in own if id_ not in old),
        ]
    return over


def _by_id(value: Any) -> dict[str, Any] | None:
    if not isinstance(value, list) or not value or not all(isinstance(v, dict) and "id" in v for v in value):
        return None
    return {str(each["id"]): each for each in value}


def _keep_locked(base: dict[str, Any], merged: dict[str, Any]) -> None:
    changed = [path for path in base.get("locked", ()) if _at(base, path) != _at(merged, path)]
    if changed:
        raise PackInvalid(tuple(Finding("locked", path, _LOCKED, _DROP) for path in changed))


def _at(body: Any, path: str) -> Any:
    for step in path.split("."):
        table = _by_id(body) or body
        body = table.get(step) if isinstance(table, dict) else None
    return body


_LOCKED = Named("上级标准已锁定此值", "the pack extended has locked this value")
_DROP = Named("请删去此处的改动", "drop the change")
_FREE = Named("请让其中一个不再继承", "let one of them extend nothing")


def _circle(line: tuple[str, ...]) -> Named:
    return Named(f"继承成环：{' → '.join(line)}", f"extends runs in a circle: {' -> '.join(line)}")


def _unknown(parent: str) -> Named:
    return Named(f"没有名为 {parent} 的规则包可继承", f"there is no pack {parent} to extend")


def _choose(known: Mapping[str, object]) -> Named:
    names = "、".join(sorted(known))
    return Named(f"可选：{names}", f"choose one of {', '.join(sorted(known))}")


def _refused(rule: str, wrong: Named, right: Named) -> PackInvalid:
    return PackInvalid((Finding(rule, "extends", wrong, right),))
