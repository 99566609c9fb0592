"""Connections to SQLite and PostgreSQL, set up so that both keep the same promises.

SQLAlchemy lets the sqlite3 module begin transactions by itself, late and without a lock, and two tasks that read,
compute and write then lose updates without a word. Here every transaction begins by our own statement.
"""

from functools import partial
from typing import Any

from sqlalchemy import URL, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from liulian.storage.sqlite_driver import connect_sqlite

SQLITE_BUSY_S = 10.0  # How long a process waits for another one's write. Ours take milliseconds; a migration, seconds.
SQLITE_READERS = (
    4  # Reads are short and mostly from memory; more threads would only take turns at the interpreter lock.
)
POSTGRES_CONNECTIONS = 8  # Per process. A hundred is PostgreSQL's usual limit, shared by all processes of all machines.
POOL_WAIT_S = 10.0  # A caller waits this long for a free connection, then hears that we are unavailable.
POSTGRES_CONNECT_S = 5.0
POSTGRES_STATEMENT_S = 30.0  # No statement of ours is meant to take a second.

_WANTED = "The database address begins with sqlite:/// and a file, or with postgresql://"


def parse_database_url(text: str) -> URL:
    """Return the address with our asynchronous driver in it. Raises ValueError for any other database."""
    try:
        url = make_url(text)
    except ArgumentError:
        raise ValueError(_WANTED) from None
    backend = url.get_backend_name()
    if backend == "sqlite" and url.database and url.database != ":memory:":
        return url.set(drivername="sqlite+aiosqlite")
    if backend in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+asyncpg")
    raise ValueError(_WANTED)


def open_engines(url: URL) -> tuple[AsyncEngine, AsyncEngine]:
    """Return the engine for writing and the one for reading, the same on PostgreSQL. Nothing is connected yet."""
    if url.get_backend_name() == "sqlite":
        return _open_sqlite(url, writes=True), _open_sqlite(url, writes=False)
    postgres = create_async_engine(
        url,
        hide_parameters=True,
        pool_size=POSTGRES_CONNECTIONS,
        max_overflow=0,
        pool_timeout=POOL_WAIT_S,
        pool_pre_ping=True,
        connect_args={"timeout": POSTGRES_CONNECT_S, "command_timeout": POSTGRES_STATEMENT_S},
    )
    return postgres, postgres


def _open_sqlite(url: URL, *, writes: bool) -> AsyncEngine:
    """One connection that writes, or a few that read: in WAL mode neither ever waits for the other."""
    engine = create_async_engine(
        url,
        hide_parameters=True,  # A traceback is logged, and destinations and titles must not be.
        pool_size=1 if writes else SQLITE_READERS,
        max_overflow=0,
        pool_timeout=POOL_WAIT_S,
        pool_reset_on_return=None,  # Both ways to get a connection end its transaction themselves: one trip less.
        async_creator=partial(connect_sqlite, url.database or "", busy_s=SQLITE_BUSY_S),
    )

    @event.listens_for(engine.sync_engine, "connect")
    def set_up(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:  # noqa: ARG001
        _set_up_sqlite(connection, writes=writes)

    return engine


def _set_up_sqlite(connection: Any, *, writes: bool) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    if writes:
        # A link that was answered with 201 survives power loss: one fdatasync more, measured below half a millisecond.
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA secure_delete = ON")  # A salt that is forgotten must not linger in free pages.
    else:
        cursor.execute("PRAGMA query_only = ON")
    cursor.close()
    connection.driver_connection.begin = "BEGIN IMMEDIATE" if writes else "BEGIN"
