"""What an import leaves on paper: rejects, conflicts, warnings, each a CSV that opens in a spreadsheet."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from shouwen.importing.survey import Conflict, Survey

VALUE_MOST = 80
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Papers:
    """Where the papers of an import lie."""

    rejects: Path
    conflicts: Path
    warnings: Path

    def write(self, survey: Survey) -> None:
        """Write all three, replacing those of an earlier run."""
        rejects = (
            (r.line, r.key, r.column, short(r.value), r.words.zh, r.words.en)
            for r in sorted(survey.rejects, key=lambda reject: reject.line)
        )
        _write(self.rejects, ("line", "key", "field", "value", "原因", "reason"), rejects)
        _write(
            self.conflicts,
            ("line", "key", "first_line", "kind", "fields", "case_has", "row_has"),
            map(_conflict, sorted([*survey.conflicts, *survey.repeats], key=lambda conflict: conflict.line)),
        )
        doubted = (
            (w.line, w.key, w.column, short(w.doubt.value), w.doubt.words.zh, w.doubt.words.en) for w in survey.warnings
        )
        _write(self.warnings, ("line", "key", "field", "value", "原因", "reason"), doubted)


def papers_of(file: Path, out: Path | None) -> Papers:
    """Papers named after *file* in the folder *out*, the current one if not given."""
    folder = out or Path()
    return Papers(*(folder / f"{file.name}.{what}.csv" for what in ("rejects", "conflicts", "warnings")))


def _conflict(conflict: Conflict) -> tuple[object, ...]:
    names, case_has, row_has = zip(*conflict.differs, strict=True) if conflict.differs else ((), (), ())
    kind = "conflict" if conflict.differs else "repeat"
    values = ("; ".join(names), short("; ".join(case_has)), short("; ".join(row_has)))
    return (conflict.line, conflict.key, conflict.first_line or "", kind, *values)


def short(value: str) -> str:
    """*value* cut to what fits a cell that is only looked at."""
    return value if len(value) <= VALUE_MOST else value[: VALUE_MOST - 1] + "…"


def safe(value: object) -> object:
    """A text that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8-sig", errors="backslashreplace", newline="") as out:
        paper = csv.writer(out)
        paper.writerow(header)
        paper.writerows([safe(value) for value in row] for row in rows)
