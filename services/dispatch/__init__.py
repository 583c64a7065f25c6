"""The work on a case and the state it is in: orders, progress, replies, follow-ups, reopening, closing.

Hears intake (what was received, classified, linked, withdrawn) and escalation (severity reached by time). Alone decides
a case's state. Source: design.md §3.
"""
