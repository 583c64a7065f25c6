"""The example a stranger copies from the page is a file that holds."""

import json
import re
from pathlib import Path

from shouwen.calendars.checking import opened

PAGE = Path(__file__).parents[3] / "docs" / "working-time.md"


def test_the_example_of_the_page_holds() -> None:
    (example,) = re.findall(r"```json\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    file = opened(json.loads(example))

    assert not file.findings
    assert [verdict.ok for verdict in file.verdicts()] == [True]
