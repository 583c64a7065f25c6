"""The page of master data says what the code does, and whatever a sheet or a finding says is said in both languages."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from services.intake.policy.masters.sheets import SHEETS

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "master-data.md").read_text("utf-8")
SOURCES = (*(ROOT / "services/intake/policy/masters").glob("*.py"), *(ROOT / "services/intake/views").glob("*.py"))
CODE = re.compile(
    r'(?:Wrong\(\s*|Unreadable\(\s*|Odd\(\s*|NOTHING, \S+, |column\.name, "", )"([a-z_]+)"|^    "([a-z_]+)": \($',
    re.MULTILINE,
)

CHINESE = re.compile(r"[\u3400-\u9fff]")
SAID_IN_CHINESE = re.compile("“[^”]*”|转801")
"""Words of a sheet that an English sentence quotes."""


def named() -> Iterator[tuple[str, str]]:
    """The Chinese and the English of every sentence, gaps left out."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Named":
                words = ["".join(constants(one)) for one in node.args]
                yield (words[0], words[-1])


def constants(node: ast.AST) -> Iterator[str]:
    return (one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str))


def test_every_sentence_is_said_in_both_languages() -> None:
    told = [(zh, en) for zh, en in named() if zh]
    assert len(told) > 100
    assert [zh for zh, en in told if not CHINESE.search(zh) or not re.search("[A-Za-z]{2}", en)] == []
    assert [en for _, en in told if CHINESE.search(SAID_IN_CHINESE.sub("", en))] == []


def test_every_name_of_a_sheet_a_column_and_a_word_is_in_both_languages() -> None:
    columns = [column for sheet in SHEETS.values() for column in sheet.columns]
    names = [sheet.name for sheet in SHEETS.values()] + [column.name for column in columns]
    names += [word.name for column in columns for word in column.choices]
    assert [name for name in names if not CHINESE.search(name.zh) or not name.en.isascii()] == []


def test_every_column_stands_in_the_page_as_it_is() -> None:
    for sheet in SHEETS.values():
        assert f"### {sheet.name.zh} {sheet.name.en}" in PAGE
        for column in sheet.columns:
            star = " *" if column.required else ""
            words = ", ".join(f"{choice.name.zh} {choice.name.en}" for choice in column.choices)
            cells = (column.name.zh + star, column.name.en, f"`{column.id}`", column.hint.zh, column.hint.en, words)
            assert f"| {' | '.join(cells)} |" in PAGE


def test_every_code_of_a_finding_stands_in_the_page() -> None:
    said = {code for path in SOURCES for found in CODE.findall(path.read_text("utf-8")) for code in found if code}
    assert {"digits_lost", "zip_bomb", "formula", "column_missing", "merged_cells"} <= said
    assert {code for code in said if f"| `{code}` |" not in PAGE} == set()
