"""What the tables of the runtime look like, and how a schema changes from release to release."""
