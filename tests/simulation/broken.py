"""Runs worlds in which one deliberate fault is at work: ``python -m tests.simulation.broken NUMBER``.

In a process of its own, because a module is changed before anybody has imported it.
"""

import importlib.util
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

from tests.simulation.faults import FAULTS, Fault

Change = tuple[str, str, str]


class ChangedLoader(Loader):
    """Loads a module with the change in it."""

    def __init__(self, change: Change, origin: str) -> None:
        self._change, self._origin = change, origin

    def exec_module(self, module: ModuleType) -> None:
        name, old, new = self._change
        with open(self._origin, encoding="utf-8") as file:  # noqa: PTH123  as an import does it
            source = file.read()
        if source.count(old) != 1:
            raise SystemExit(f"what the fault changes is not in {name} any more: {old}")
        exec(compile(source.replace(old, new), self._origin, "exec"), module.__dict__)


class Saboteur(MetaPathFinder):
    """Finds the modules of the fault before anybody else does."""

    def __init__(self, fault: Fault) -> None:
        self._changes = {change[0]: change for change in fault.changes}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in self._changes:
            return None
        found = PathFinder.find_spec(fullname, path, target)
        assert found is not None
        assert found.origin is not None
        loader = ChangedLoader(self._changes[fullname], found.origin)
        return importlib.util.spec_from_loader(fullname, loader, origin=found.origin)


def main(number: int) -> None:
    """Live through worlds until the fault is found; say in which, and what was seen."""
    fault = FAULTS[number]
    sys.meta_path.insert(0, Saboteur(fault))
    from shouwen.torture.many import quiet  # noqa: PLC0415  only now may anything of the product be imported
    from shouwen.torture.running import run  # noqa: PLC0415

    quiet()
    for seed in (*fault.rare, *range(1, fault.seeds + 1)):
        if broken := run(seed).broken:
            sys.stdout.write(f"seed {seed}: {broken}\n")
            return
    raise SystemExit(f"not found in {fault.seeds} worlds")


if __name__ == "__main__":
    main(int(sys.argv[1]))
