"""YAML text to plain values, without YAML's surprises."""

from typing import Any

import yaml

from shared.organisation.records import Named
from shared.packs.findings import Finding, PackInvalid

MAX_CHARACTERS = 1_000_000
_TRAPS = frozenset({"tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp"})
_WORDS = Named("请改正此处", "mend this place")


class _PlainLoader(yaml.SafeLoader):
    """Refuses repeated keys and aliases; `on` and dates stay text."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        # An alias may unfold into gigabytes, and the reader of a rule should see it whole.
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call] # the stub has no annotations
            raise yaml.composer.ComposerError(None, None, "aliases are not allowed", event.start_mark)
        return super().compose_node(parent, index)  # type: ignore[no-any-return, unused-ignore] # untyped stub

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 -- inherited signature
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str | int):
                raise yaml.constructor.ConstructorError(None, None, "a key is a word", key_node.start_mark)
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"key {key} twice", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


_PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in _TRAPS]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_PlainLoader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", yaml.SafeLoader.yaml_implicit_resolvers["t"][0][1], list("tf")
)


def read(text: str) -> dict[str, Any]:
    """The mapping a pack file holds.

    Raises:
        PackInvalid: Not YAML, repeated keys, aliases, longer than `MAX_CHARACTERS`, or not a mapping.
    """
    if len(text) > MAX_CHARACTERS:
        raise PackInvalid((_unreadable("", "文件过长", f"longer than {MAX_CHARACTERS} characters"),))
    try:
        found = yaml.load(text, Loader=_PlainLoader)  # noqa: S506 -- a SafeLoader, made stricter
    except yaml.YAMLError as error:
        raise PackInvalid((_unreadable(_line(error), "不是有效的 YAML", _problem(error)),)) from error
    except RecursionError as error:
        raise PackInvalid((_unreadable("", "嵌套过深", "nested too deeply"),)) from error
    if not isinstance(found, dict):
        raise PackInvalid((_unreadable("", "顶层应为键值表", "the top level is not a mapping"),))
    return found


def _line(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    return f"line {mark.line + 1}" if mark else ""


def _problem(error: yaml.YAMLError) -> str:
    return str(getattr(error, "problem", None) or error)


def _unreadable(path: str, zh: str, en: str) -> Finding:
    return Finding("unreadable", path, Named(f"{zh}（{en}）", en), _WORDS)
