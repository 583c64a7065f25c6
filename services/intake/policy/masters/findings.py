"""What is wrong with a file, by place, and what should stand there instead."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from shared.organisation.records import Named

NOTHING = Named("", "")
SHOWN = 200
"""Characters of a wrong value that are shown."""
FINDINGS_MOST = 1000
"""Findings of one kind in one column that are listed; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person has to put right before the file can be taken in.

    Attributes:
        sheet: As the file names it; empty when the whole file is meant.
        row: Counted from 1; 0 when the whole sheet is meant.
        letter: Column as the spreadsheet shows it, such as ``D``; empty when the whole row is meant.
        column: The column's name in both languages.
        value: What stands there, shortened.
        code: The kind of fault, a word for programs.
        wrong: What is wrong.
        right: What to do.
        count: How many findings it stands for: more than one only for the line that sums up those not listed.
    """

    sheet: str
    row: int
    letter: str
    column: Named
    value: str
    code: str
    wrong: Named
    right: Named
    count: int = 1


class Cap:
    """Lets through at most *most* findings of one kind in one column, and counts the rest."""

    def __init__(self, most: int = FINDINGS_MOST) -> None:
        """Nothing has been seen."""
        self._most = most
        self._seen: Counter[tuple[str, str, str]] = Counter()
        self._beyond: dict[tuple[str, str, str], Finding] = {}

    def lets(self, finding: Finding) -> bool:
        """Whether *finding* is to be listed."""
        same = (finding.sheet, finding.code, finding.column.zh)
        self._seen[same] += 1
        if self._seen[same] <= self._most:
            return True
        self._beyond.setdefault(same, finding)
        return False

    def rest(self) -> Iterator[Finding]:
        """A line for each kind of which not all were listed."""
        return (_summed(finding, self._seen[same] - self._most) for same, finding in self._beyond.items())


def _summed(finding: Finding, count: int) -> Finding:
    """The line that stands for *count* findings like *finding*."""
    wrong = Named(
        f"还有 {count} 处同类问题，从第 {finding.row} 行起：{finding.wrong.zh}",
        f"and {count:,} more of this kind, from row {finding.row} on: {finding.wrong.en}",
    )
    return replace(finding, value="", wrong=wrong, count=count)
