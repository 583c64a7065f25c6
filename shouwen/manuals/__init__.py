"""Manuals as their owners see them: a pack as pages, two versions compared, every demand with what meets it."""
