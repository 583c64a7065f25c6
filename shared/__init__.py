"""What every service stands on, in eight rooms; no room knows a service."""
