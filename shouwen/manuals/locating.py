"""Where in a pack file something stands: from the path of a finding to a line."""

import yaml

from shared.packs.findings import Finding


def line_of(text: str, path: str) -> int | None:
    """The line, from 1, of the deepest part of *path* that the file has; None for a file that cannot be read.

    Parts of a path are keys, ids of things in a list, or places in it.
    """
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError):
        return None
    line = 1
    while node is not None and path:
        node, line, path = _deeper(node, line, path)
    return line


def placed(text: str, finding: Finding) -> str:
    """The finding with its line before it."""
    line = line_of(text, finding.path)
    return f"{line}: {finding}" if line else str(finding)


def _deeper(node: yaml.Node, line: int, path: str) -> tuple[yaml.Node | None, int, str]:
    # Ids may hold dots, so the longest name that fits wins.
    for name, place, child in sorted(_children(node), key=lambda one: -len(one[0])):
        if path == name or path.startswith(f"{name}."):
            return child, place, path[len(name) + 1 :]
    return None, line, ""


def _children(node: yaml.Node) -> list[tuple[str, int, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        return [(str(key.value), key.start_mark.line + 1, value) for key, value in node.value]
    if isinstance(node, yaml.SequenceNode):
        numbered = [(str(place), one.start_mark.line + 1, one) for place, one in enumerate(node.value)]
        named = [(_id(one), one.start_mark.line + 1, one) for one in node.value]
        return numbered + [one for one in named if one[0]]
    return []


def _id(node: yaml.Node) -> str:
    if not isinstance(node, yaml.MappingNode):
        return ""
    return next((str(value.value) for key, value in node.value if key.value == "id"), "")
