"""How a process lives: hearing, obeying, the passing of time, saying, effects, and a clean end."""
