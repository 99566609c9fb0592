"""Tell a database that is away from one that refuses. What is away is worth asking again; a refusal is not.

asyncpg's errors reach us unnamed when SQLAlchemy knows no class for them: a server that starts, stops, is full or
closes the connection in the middle of a greeting. PostgreSQL's own five letters (SQLSTATE) tell those apart.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from liulian.base.errors import Unavailable

# What the drivers raise when the database is not there, does not answer, is locked or has no room left.
_AWAY = (OperationalError, InterfaceError, PoolTimeoutError, OSError)
# Connection lost, no such database, not let in, turned back by another writer, no room or memory, starting or
# stopping, disk trouble. https://www.postgresql.org/docs/current/errcodes-appendix.html
_AWAY_STATES = frozenset({"08", "3D", "28", "40", "53", "57", "58"})
RETRY_S = 1


@contextmanager
def unavailable_when_away() -> Iterator[None]:
    """Raise Unavailable for whatever a block raises because the database is away; let everything else through."""
    try:
        yield
    except _AWAY as problem:
        raise Unavailable(retry_after_s=RETRY_S) from problem
    except DBAPIError as problem:
        if str(getattr(problem.orig, "sqlstate", None))[:2] in _AWAY_STATES:
            raise Unavailable(retry_after_s=RETRY_S) from problem
        raise
