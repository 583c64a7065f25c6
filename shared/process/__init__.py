"""How a process lives: its connections, its clock, its reader, its directory, its start and its stop."""
