"""Which trouble passes by itself: the same tried again later can succeed, with nothing lost in between."""

from asyncpg import InterfaceError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

PASSING = ("08", "25P03", "40", "53", "55P03", "57", "58")
"""Beginnings of SQLSTATEs: connection, idle too long, deadlock, resources, locks, operator, disk. Not what is data."""


def is_transient(trouble: BaseException) -> bool:
    """Whether trying the same again later can help: connection trouble, locks, timeouts; not bad data, not a defect."""
    if isinstance(trouble, (OSError, TimeoutError, NoConnectionFree)):
        return True
    # The driver's own errors come bare while connecting, wrapped afterwards.
    told = trouble.orig if isinstance(trouble, DBAPIError) else trouble
    state = getattr(told, "sqlstate", None)
    if state is not None:
        return str(state).startswith(PASSING)
    return isinstance(trouble, (DBAPIError, InterfaceError))
