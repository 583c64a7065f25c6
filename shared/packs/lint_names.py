"""What things are called: ids that other words could be mistaken for, labels nobody could read."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from shared.organisation.records import Named
from shared.packs.findings import Finding
from shared.packs.lexicon import Lexicon, lexicons
from shared.rules.model import Pack

_Part = tuple[str, str, Named | None]
"""A path, the id that stands there, and what people call it."""

_ID = re.compile(r"\w[\w.-]*")
_PACK_ID = re.compile(r"\w[\w-]*(/\w[\w-]*)?")


def name_findings(pack: Pack) -> Iterator[Finding]:
    """Ids with more than letters, digits, ``_``, ``-`` and ``.`` in them, and empty labels."""
    if not _PACK_ID.fullmatch(pack.id):
        yield Finding("id_written", "id", _written(pack.id), _PACK_LETTERS)
    yield from _blank("name", pack.name)
    for path, id_, name in _parts(pack):
        if not _ID.fullmatch(id_):
            yield Finding("id_written", path, _written(id_), _LETTERS)
        if name is not None:
            yield from _blank(f"{path}.name", name)


def _blank(path: str, name: Named) -> Iterator[Finding]:
    if not name.zh.strip() or not name.en.strip():
        yield Finding("label_empty", path, _NO_LABEL, _GIVE_LABEL)


def _parts(pack: Pack) -> Iterator[_Part]:
    for words in lexicons(pack):
        yield words.top, words.case_type.id, words.case_type.name
        yield from _of_case_type(words)
    yield from ((f"roles.{id_}", id_, name) for id_, name in pack.roles.items())
    yield from _listed("registers", pack.registers.values())
    yield from ((f"variants.{id_}", id_, switch.name) for id_, switch in pack.variants.items())
    yield from ((f"parameters.{id_}", id_, one.name) for id_, one in pack.parameters.items())
    yield from _listed("plans", pack.plans)
    yield from _listed("recurrences", pack.recurrences)
    yield from _listed("prompts", pack.prompts)
    for register in pack.registers.values():
        yield from _listed(f"registers.{register.id}.measures", register.measures)


def _of_case_type(words: Lexicon) -> Iterator[_Part]:
    one, top = words.case_type, words.top
    named = {"categories": one.categories, "severities": one.severities, "clocks": one.clocks}
    told = {"upgrades": one.upgrades, "raises_at_intake": one.raises_at_intake, "money": one.money}
    for part, listed in {**named, **told}.items():
        yield from _listed(f"{top}.{part}", listed)
    for step in one.steps:
        yield f"{top}.steps.{step.id}", step.id, step.text
        yield from _listed(f"{top}.steps.{step.id}.outcomes", step.outcomes)
    for path, field in words.placed:
        yield path, field.id, field.name
        yield from _listed(f"{path}.choices", field.choices)


def _listed(path: str, parts: Iterable[Any]) -> Iterator[_Part]:
    return ((f"{path}.{part.id}", part.id, part.name) for part in parts)


def _written(id_: str) -> Named:
    return Named(f"编号“{id_}”写法不对", f'the id "{id_}" cannot be written so')


_LETTERS = Named("只用字母、数字、_、- 和 .", "use letters, digits, _, - and . only")
_PACK_LETTERS = Named(
    "只用字母、数字、_ 和 -，至多一个 /，如 P001/3", "use letters, digits, _, - and one / at most: P001/3"
)
_NO_LABEL = Named("名称是空的", "the label is empty")
_GIVE_LABEL = Named("请写明中文和英文名称", "give the Chinese and the English name")
