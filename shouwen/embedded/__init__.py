"""The real broker and database of a bare machine, as child processes under one directory.

Source: design §10, embedded default.
"""

from shouwen.embedded.directory import DataDirectory
from shouwen.embedded.nats import NatsServer
from shouwen.embedded.ports import require_free
from shouwen.embedded.postgres import PostgresServer
from shouwen.embedded.refusal import StartRefused

__all__ = ["DataDirectory", "NatsServer", "PostgresServer", "StartRefused", "require_free"]
