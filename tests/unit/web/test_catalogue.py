"""One catalogue: every Chinese sentence people read has its English one, and has it once."""

import ast
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from shared.web.wording import LOCALE, english

ROOT = Path(__file__).parents[3]
CHINESE = re.compile(r"[\u3400-\u9fff]")
GAP = re.compile(r"\{\w*\}")
BESIDE = re.compile(r"[A-Za-z]{3,}")
IN_TEMPLATES = re.compile(r"""_\(\s*(?:"([^"]*)"|'([^']*)')""")
SPEAKING = frozenset({"text", "translate", "_", "bad"})
"""Calls whose plain Chinese arguments are sentences of the catalogue."""
DATA = {"系统管理员", "网页端", r"[-/#\s]+|(?<=[栋座幢楼单元室号])"}
"""Names of the first accounts, kept in the directory, and a pattern that cuts addresses."""
BOTH_AT_HAND = ("services/intake/policy/masters", "services/intake/views")
"""Sheets are written and read in both languages at once; their own tests see to it that both are there."""


def modules(*folders: str) -> Iterator[tuple[Path, ast.Module]]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path, ast.parse(path.read_text("utf-8"))


def constants(node: ast.AST) -> Iterator[ast.Constant]:
    return (one for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str))


def called(node: ast.Call) -> str:
    return str(getattr(node.func, "id", None) or getattr(node.func, "attr", ""))


def said(tree: ast.Module) -> Iterator[str]:
    """What is handed to the catalogue where it stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and called(node) in SPEAKING:
            yield from (a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str))


def kept(tree: ast.Module) -> Iterator[str]:
    """Every other text of a module that has no English of its own beside it."""
    aside = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Call) and called(node) in ("Named", "Refused")):
            aside |= {id(one) for one in constants(node)}
    found = (str(one.value) for one in constants(tree) if id(one) not in aside)
    yield from (one for one in found if not BESIDE.search(GAP.sub("", one)) and one not in DATA)


def sources() -> dict[str, str]:
    """Every Chinese sentence by where it stands."""
    found: dict[str, str] = {}
    for path, tree in modules("services", "shared", "shouwen"):
        whole = path.is_relative_to(ROOT / "services") or path.is_relative_to(ROOT / "shared" / "web")
        if any(path.is_relative_to(ROOT / place) for place in BOTH_AT_HAND):
            continue
        for one in (*said(tree), *(kept(tree) if whole else ())):
            found.setdefault(one, str(path.relative_to(ROOT)))
    for path in sorted((ROOT / "services").rglob("*.html")):
        for double, single in IN_TEMPLATES.findall(path.read_text("utf-8")):
            found.setdefault(double or single, str(path.relative_to(ROOT)))
    return {one: place for one, place in found.items() if CHINESE.search(one)}


def entries() -> dict[str, dict[str, str]]:
    """Every entry: its English by file."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for path in sorted((LOCALE / "en").glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale="en"):
                if message.id:
                    found[str(message.id)][path.name] = str(message.string)
    return found


def test_every_chinese_sentence_has_an_english_one() -> None:
    found = sources()
    assert len(found) > 300
    assert {one: place for one, place in found.items() if one not in english()} == {}


def test_no_two_files_say_it_differently() -> None:
    assert {one: told for one, told in entries().items() if len(set(told.values())) > 1} == {}


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(lambda zh, en: set(GAP.findall(zh)) != set(GAP.findall(en)), id="the same gaps"),
        pytest.param(lambda _, en: not en.strip(), id="not empty"),
        pytest.param(lambda _, en: CHINESE.search(en) is not None, id="no Chinese"),
        pytest.param(lambda _, en: re.search("[（）：，。；]", en) is not None, id="no Chinese punctuation"),
    ],
)
def test_every_english_sentence_is_sound(wrong: Callable[[str, str], bool]) -> None:
    assert {zh: en for zh, en in english().items() if wrong(zh, en)} == {}
