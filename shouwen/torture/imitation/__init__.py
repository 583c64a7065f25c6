"""The statements of the runtime, as the database in memory understands them.

``tests/integration/test_imitated_database.py`` runs the same work here and on PostgreSQL and compares every row.
"""

from shouwen.torture.imitation import entities, messages
from shouwen.torture.imitation.registry import STATEMENTS, Parameters, Rows

__all__ = ["STATEMENTS", "Parameters", "Rows", "entities", "messages"]
