"""Reporting's SQL: written set-based in the runtime's transaction, read in snapshots."""
