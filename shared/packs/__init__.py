"""Pack files: schema, loader, linter."""
