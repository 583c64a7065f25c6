"""Years of cases brought in by ``shouwen import``, until every service has heard of every one."""

import asyncio
import csv
import re
import subprocess
from datetime import date, timedelta
from pathlib import Path

from bench.measuring import MICROSECONDS, cpu_seconds
from bench.result import Result, aimed
from bench.scale import Scale
from bench.surroundings import COMMAND
from bench.whole import Whole, whole_system

WANTED = 150.0
OFFICES, OPEN_EVERY, DAYS = 20, 10, 700
TOPICS = ("Parks", "Housing", "Noise", "Sanitation", "住房", "Transport")
MAPPING = """
source: bench
pack: P000
zone: America/New_York
columns: {key: key, site: office, received: opened, closed: closed, category: topic, content: words}
"""
RATE = re.compile(r"cases/s, end to end\s*│\s*([\d,]+)")


async def measure(scale: Scale) -> list[Result]:
    """Cases a second from the first row sent to the last fact heard."""
    count, rounds = scale.of(400, 2_000), scale.of(2, 3)
    with whole_system("--no-demo") as system:
        mapping = system.folder / "bench.yaml"
        mapping.write_text(MAPPING, "utf-8")
        used = cpu_seconds(system.pid)
        rates = []
        for number in range(rounds):
            file = system.folder / f"history-{number}.csv"
            _write(file, range(number * count, (number + 1) * count))
            rates.append(await asyncio.to_thread(_imported, system, file, mapping))
        cpu = (cpu_seconds(system.pid) - used) / (count * rounds) * MICROSECONDS
    note = f"{rounds} files of {count:,}, one process, into what the last left"
    return [aimed("history: import", rates, WANTED, better="higher", unit="cases/s", cpu_us=cpu, note=note)]


def _write(file: Path, numbers: range) -> None:
    first = date(2023, 1, 2)
    with file.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["key", "office", "opened", "closed", "topic", "words"])
        for number in numbers:
            opened = first + timedelta(days=number % DAYS)
            closed = "" if number % OPEN_EVERY == 0 else opened + timedelta(days=number % 30)
            topic = TOPICS[number % len(TOPICS)]
            rows.writerow([f"k{number}", f"A{number % OFFICES}", opened, closed, topic, f"matter {number}"])


def _imported(system: Whole, file: Path, mapping: Path) -> float:
    """The rate the command itself reports."""
    command = [*COMMAND, "import", str(file), "--mapping", str(mapping), "--data", str(system.data)]
    ran = subprocess.run(command, check=False, capture_output=True, text=True, cwd=file.parent)  # noqa: S603  our own
    found = RATE.search(ran.stdout)
    if ran.returncode or found is None:
        raise RuntimeError(f"the import ended with {ran.returncode}: {ran.stdout[-500:]} {ran.stderr[-500:]}")
    return float(found[1].replace(",", ""))
