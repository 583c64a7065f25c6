"""Master data by file at the terminal: templates, a load from the upload to its end, its undoing."""
