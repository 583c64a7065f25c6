"""Every Chinese sentence of the pages has an English one."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.web.wording import english

CONSOLE = Path(__file__).parents[3] / "services" / "console"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
QUOTED = re.compile(r""""([^"\n]*)"|'([^'\n]*)'""")
PLACES = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
NOT_SHOWN = {"中文"}
"""The name of the language itself."""
BILINGUAL = re.compile(r"requirements\.lock|，$")


def of_templates() -> Iterator[str]:
    for path in sorted((CONSOLE / "views" / "templates").glob("*.html")):
        for place in PLACES.findall(path.read_text("utf-8")):
            yield from (one or other for one, other in QUOTED.findall(place))


def of_modules() -> Iterator[str]:
    for path in sorted(CONSOLE.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)} | in_both_languages(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
                yield node.value


def in_both_languages(tree: ast.Module) -> set[int]:
    """What stands beside its own English."""
    both = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Named")
    return {id(part) for node in both for part in ast.walk(node)}


def chinese() -> list[str]:
    found = {sentence for source in (of_templates(), of_modules()) for sentence in source}
    return sorted(s for s in found if CHINESE.search(s) and s not in NOT_SHOWN and not BILINGUAL.search(s))


@pytest.mark.parametrize("sentence", chinese())
def test_it_has_an_english_sentence_with_the_same_gaps(sentence: str) -> None:
    translated = english().get(sentence)
    assert translated
    assert set(re.findall(r"\{\w+\}", translated)) == set(re.findall(r"\{\w+\}", sentence))


def test_templates_hold_no_chinese_outside_the_catalogue() -> None:
    loose = {
        path.name: found
        for path in (CONSOLE / "views" / "templates").glob("*.html")
        if (found := CHINESE.findall(PLACES.sub("", path.read_text("utf-8")).replace("首问</span>", "")))
    }
    assert loose == {}


BRAND = "首问"


@pytest.mark.parametrize(
    "template", sorted((CONSOLE / "views" / "templates").glob("*.html")), ids=lambda path: str(path.stem)
)
def test_no_chinese_stands_in_a_page_beside_the_catalogue(template: Path) -> None:
    """Nor its punctuation, which an English reader would see between English words."""
    words = PLACES.sub("", re.sub(r"\{#.*?#\}", "", template.read_text("utf-8"), flags=re.DOTALL)).replace(BRAND, "")
    assert re.findall(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]+", words) == []
