"""What docs/packs.md shows can be used as it stands."""

import re
from pathlib import Path

from shared.packs.loader import load_pack

PAGE = Path(__file__).parents[3] / "docs" / "packs.md"


def test_the_pack_on_the_page_passes_the_linter() -> None:
    (whole,) = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    pack = load_pack(whole)
    assert set(pack.case_types) == {"tool_loan", "tool_inventory"}
