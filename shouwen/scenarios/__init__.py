"""Scenarios: rows of a manual as text files, run against the pure services with a hand clock."""
