"""Pure decisions: which window a register covers, what a measure comes to."""
