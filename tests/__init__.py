"""Everything the promises are held to."""
