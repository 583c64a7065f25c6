"""How often a process looks for garbage: seldom, as nearly everything it makes frees itself."""

import gc

ROUNDS = (50_000, 20, 20)
"""A batch makes tens of thousands of short-lived objects that reference counting frees by itself."""


def grow_freely() -> None:
    """Make rounds of the garbage collector rarer; while modules are imported they find nothing."""
    gc.set_threshold(*ROUNDS)


def settle_memory() -> None:
    """What lives from start to end is taken out of the garbage collector's rounds, which become rarer.

    No round before: a start leaves some hundred objects of garbage, and looking for them takes a tenth of a second.
    """
    gc.freeze()
    grow_freely()
