"""Deterministic simulation: every service in memory, driven by a seed, with everything going wrong that can.

The runtime and the folds are the real ones; the log, the database, the clock and chance are imitated, so that a run
depends on its seed alone, is over in a fraction of a second, and happens again exactly when it is asked for.

Source: design.md §2B, §11, §14.
"""
