"""What is wrong with a file, by place, and what should stand there instead."""

from collections import Counter
from collections.abc import Iterable, Iterator
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


def capped(findings: Iterable[Finding], most: int = FINDINGS_MOST) -> Iterator[Finding]:
    """*findings*, at most *most* of one kind in one column; what is not listed is summed up at the end."""
    seen: Counter[tuple[str, str, str]] = Counter()
    last: dict[tuple[str, str, str], Finding] = {}
    for finding in findings:
        same = (finding.sheet, finding.code, finding.column.zh)
        seen[same] += 1
        if seen[same] <= most:
            yield finding
        else:
            last[same] = finding
    yield from (_summed(finding, seen[same] - most) for same, finding in last.items())


def _summed(finding: Finding, count: int) -> Finding:
    """The line that stands for *count* findings like *finding*."""
    wrong = Named(
        f"另有 {count} 处同类问题未列出：{finding.wrong.zh}", f"and {count:,} more of this kind: {finding.wrong.en}"
    )
    return replace(finding, row=0, letter="", value="", wrong=wrong, count=count)
