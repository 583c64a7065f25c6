"""Working-time rows: files that state a calendar, an instant and what must come of them, checked row by row."""
