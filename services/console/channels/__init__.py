"""The ways to the other services: HTTP for questions and acts, the broker for live news."""
