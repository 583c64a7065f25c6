"""Reads one file of master data: ``python -m services.intake FOLDER``, started by intake for each file handed in.

The folder holds the file and what is asked of it; records, findings and matters are left beside them. The file may be
hostile: this process has a limited share of memory and time, no secrets, and ends with whoever started it.
"""

import contextlib
import os
import resource
import sys
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec

from services.intake.policy.masters.findings import Finding
from services.intake.policy.masters.headings import kind_named
from services.intake.policy.masters.records import Matter, Record
from services.intake.ports.loads import Asked
from services.intake.store.staging import KINDS, line_of
from services.intake.views.expecting import expected_rows
from services.intake.views.judged import judged

MEMORY_MOST = 2 * 1024**3
SECONDS_MOST = 600
TOLD_EVERY = 2000
PARTS = ("rows.copy", "findings.jsonl", "matters.jsonl")


def main(folder: Path) -> None:
    """Read the file in *folder*; the last line printed says how it ended."""
    confine()
    threading.Thread(target=_end_with_starter, daemon=True).start()
    try:
        last: dict[str, Any] = {"wrong": _read(folder)}
    except MemoryError:
        last = {"trouble": "too_much_memory"}
    except Exception as defect:  # noqa: BLE001  its words may name people: only its kind and place leave
        last = {"trouble": f"defect:{type(defect).__name__}:{_place(defect)}"}
    _say(last)


def confine() -> None:
    """Take little: a file that wants more ends this process and nothing else."""
    for limit, most in ((resource.RLIMIT_AS, MEMORY_MOST), (resource.RLIMIT_CPU, SECONDS_MOST)):
        with contextlib.suppress(ValueError, OSError):  # not every system lets a process do that
            resource.setrlimit(limit, (most, most))


def _end_with_starter() -> None:
    while os.read(sys.stdin.fileno(), 1):
        pass
    os._exit(1)


def _read(folder: Path) -> Counter[str]:
    asked = msgspec.json.decode((folder / "asked.json").read_bytes(), type=Asked)
    found = judged(folder / "file", asked.name, asked.known, asked.today, asked.zone)
    wrong, kinds = Counter[str](), dict[str, str]()
    with ExitStack() as stack:
        rows, findings, matters = (stack.enter_context((folder / part).open("wb")) for part in PARTS)
        for one in _counted(found, expected_rows(folder / "file")):
            if isinstance(one, Finding):
                wrong[one.sheet] += one.count
                findings.write(msgspec.json.encode(one) + b"\n")
                continue
            kinds.setdefault(one.at.sheet, KINDS[type(one)])
            if isinstance(one, Matter):
                matters.write(msgspec.json.encode(one) + b"\n")
            else:
                rows.write(line_of(one).encode())
    return _by_kind(wrong, kinds)


def _by_kind(wrong: Counter[str], kinds: Mapping[str, str]) -> Counter[str]:
    """Findings per kind of sheet, known by what was read of it, else by its name; what is of none is the file's."""
    counted: Counter[str] = Counter()
    for sheet, count in wrong.items():
        counted[kinds.get(sheet) or kind_named(sheet) or "file"] += count
    return counted


def _counted(found: Iterable[Record | Finding], expected: int) -> Iterator[Record | Finding]:
    done = 0
    for done, one in enumerate(found, start=1):
        yield one
        if done % TOLD_EVERY == 0:
            _say({"done": done, "total": max(expected, done)})
    _say({"done": done, "total": done})


def _place(defect: Exception) -> str:
    trace = defect.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "?" if trace is None else f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"


def _say(said: dict[str, Any]) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(said) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
