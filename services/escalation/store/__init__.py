"""Escalation's own tables: deadlines that follow a site's calendar, and those that are provisional."""
