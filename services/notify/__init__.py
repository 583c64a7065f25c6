"""Messages to the people that facts name.

Owns: every notice, what became of it on each channel, and each person's inbox. Hears: intake, dispatch, escalation.
Says: notice_delivered, notice_sent, notice_failed, notice_dropped, nobody_reachable.
"""
