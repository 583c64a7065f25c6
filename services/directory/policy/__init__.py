"""Who may write a record, and what a record may refer to."""
