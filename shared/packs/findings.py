"""What can be wrong with a pack, said so that its author can mend it."""

from dataclasses import dataclass
from pathlib import Path

from shared.organisation.records import Named


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        rule: Short name of the rule that was broken, such as ``clock_without_end``.
        path: Where: keys and ids joined by dots, from the top of the file.
        wrong: What is wrong there.
        right: What would be right.
        line: Line of the file, from 1; None where there is no file.
    """

    rule: str
    path: str
    wrong: Named
    right: Named
    line: int | None = None

    def __str__(self) -> str:
        return f"{self.path} [{self.rule}]: {self.wrong.zh}；{self.right.zh} / {self.wrong.en}; {self.right.en}"


class PackInvalid(ValueError):
    """A pack that cannot be used: `findings` says why, `file` which one, None for text without a file."""

    def __init__(self, findings: tuple[Finding, ...], file: Path | None = None) -> None:
        super().__init__("\n".join(f"{_place(file, finding.line)}{finding}" for finding in findings))
        self.findings = findings
        self.file = file


def _place(file: Path | None, line: int | None) -> str:
    name = file.name if file else "line" if line else ""
    at = f":{line}" if file and line else f" {line}" if line else ""
    return f"{name}{at}: " if name else ""
