"""What loading every built-in pack costs: read, checked for shape, linted.

The floor is libyaml reading the same files into plain values, with nothing checked.
"""

from collections.abc import Callable
from time import process_time

import yaml

from bench.measuring import MILLISECONDS
from bench.result import Result, aimed, compared
from bench.scale import Scale
from shared.packs.loader import FILES, load_pack

MOST = 500.0
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


async def measure(scale: Scale) -> list[Result]:
    """Milliseconds of CPU for all of them: nothing in it waits, and a busy machine shall not count."""
    mine, floor = [], []
    for _ in range(scale.of(5, 20)):
        mine.append(_timed(_loaded))
        floor.append(_timed(_read))
    files = sorted(FILES.glob("*.yaml"))
    size = sum(file.stat().st_size for file in files) // 1000
    note = f"CPU; {len(files)} packs, {size} kB, the slowest {max(mine):.0f} ms"
    return [
        aimed("packs: all built-in packs loaded, aim", mine, MOST, better="lower", unit="ms", note=note),
        compared("packs: all built-in packs, YAML alone", mine, floor, better="lower", target=None, unit="ms"),
    ]


def _loaded() -> None:
    for file in FILES.glob("*.yaml"):
        load_pack(file)


def _read() -> None:
    for file in FILES.glob("*.yaml"):
        yaml.load(file.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506  a SafeLoader either way


def _timed(call: Callable[[], None]) -> float:
    began = process_time()
    call()
    return (process_time() - began) * MILLISECONDS
