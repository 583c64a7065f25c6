"""The page of master data says what the code does."""

import re
from pathlib import Path

from services.intake.policy.masters.sheets import SHEETS

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "master-data.md").read_text("utf-8")
SOURCES = (*(ROOT / "services/intake/policy/masters").glob("*.py"), *(ROOT / "services/intake/views").glob("*.py"))
CODE = re.compile(
    r'(?:Wrong\(\s*|Unreadable\(\s*|Odd\(\s*|NOTHING, \S+, |column\.name, "", )"([a-z_]+)"|^    "([a-z_]+)": \($',
    re.MULTILINE,
)


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
