"""From decisions to facts: what reactions, commands and time have in common."""
