"""Every number and every history: the archive of facts, one row a case, the board and the registers.

Owns: the archive of all facts, a flat row for each case, timelines, the live board, registers and measures.
Hears: intake, dispatch, escalation, notify.
Says: nothing yet; sealing a month is the only thing it will ever decide.

Source: design.md §3, §9.
"""
