"""Every sentence of dispatch has its English."""

import ast
from collections.abc import Iterator
from pathlib import Path

from babel.messages.pofile import read_po

import services.dispatch
from shared.web.wording import LOCALE, english

SOURCES = Path(services.dispatch.__file__).parent


def sentences() -> Iterator[str]:
    for path in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "text":
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield first.value


def test_every_chinese_sentence_is_translated() -> None:
    chinese = {sentence for sentence in sentences() if any("\u4e00" <= sign <= "\u9fff" for sign in sentence)}

    assert chinese
    assert chinese - set(english()) == set()


def test_no_other_catalogue_says_it_differently() -> None:
    with (LOCALE / "en" / "dispatch.po").open("rb") as file:
        own = {str(each.id): str(each.string) for each in read_po(file, locale="en") if each.id}

    assert {sentence: english()[sentence] for sentence in own} == own
