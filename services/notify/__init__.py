"""Messages to the people that facts name.

Owns: every notice, what became of it on each channel, each person's inbox, and who outside is still to be told. Hears:
intake, dispatch, escalation. Says: notice_delivered, notice_sent, notice_failed, notice_dropped, notice_seen_to,
nobody_reachable.
"""
