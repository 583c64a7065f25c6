"""The same work in plain nats-py, asyncpg, msgspec and Starlette: what the stack itself can do on this machine."""
