"""The simulation bites: each deliberate fault of the runtime is found, in a world named by its seed."""

import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.simulation.faults import FAULTS

WITHIN = 600


@pytest.mark.parametrize("number", range(len(FAULTS)), ids=[fault.name for fault in FAULTS])
def test_a_promise_is_seen_broken_with(number: int, record_property: Callable[[str, object], None]) -> None:
    command = [sys.executable, "-m", "tests.simulation.broken", str(number)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=WITHIN, check=False)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    assert done.stdout.startswith("seed "), done.stdout
    record_property("found", done.stdout.strip())
