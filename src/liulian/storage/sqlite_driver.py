"""aiosqlite with fewer trips to its thread. Only what SQLAlchemy asks of a driver; nothing here knows a table.

SQLite works in a thread of its own, and each trip there and back costs about 0.1 ms. SQLAlchemy makes three or four for
one statement: to make a cursor, to execute, to fetch, to close. Only executing can wait for a disk or another process;
so that, with all its rows, is the one trip made here, and a short link is written in 4 instead of 12.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Self

import aiosqlite

Row = tuple[Any, ...]


async def connect_sqlite(path: str, *, busy_s: float) -> "QuickConnection":
    """Return an open connection that begins no transaction by itself. Raises OSError when the folder is not there."""
    # Looked for before a thread is started: a connection that fails to open leaves its thread behind for a while.
    if not Path(path).parent.is_dir():
        raise FileNotFoundError(path)
    connect = partial(sqlite3.connect, path, isolation_level=None, timeout=busy_s, check_same_thread=False)
    connection = QuickConnection(connect, 64)
    connection._thread.daemon = True  # As SQLAlchemy does: a lost connection must not hold up an exit.
    await connection
    return connection


class QuickConnection(aiosqlite.Connection):
    """A connection whose cursors are made where they are asked for."""

    def cursor(self) -> "QuickCursor":  # type: ignore[override]
        return QuickCursor(self, self._conn.cursor())

    async def run(self, statement: Any) -> Any:
        """Call `statement` in the connection's thread."""
        return await self._execute(statement)  # type: ignore[no-untyped-call]


class QuickCursor:
    """A cursor that has all rows at hand as soon as its statement was executed."""

    def __init__(self, connection: QuickConnection, cursor: sqlite3.Cursor) -> None:
        self._connection = connection
        self._cursor = cursor
        self._rows: list[Row] = []

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, operation: str, parameters: Sequence[Any] = ()) -> Self:
        self._rows = await self._connection.run(partial(_execute, self._cursor, operation, parameters))
        return self

    async def executemany(self, operation: str, parameters: Iterable[Sequence[Any]]) -> Self:
        await self._connection.run(partial(self._cursor.executemany, operation, parameters))
        return self

    async def fetchall(self) -> list[Row]:
        return self._rows

    async def close(self) -> None:
        self._cursor.close()

    @property
    def description(self) -> Any:
        return self._cursor.description

    @property
    def rowcount(self) -> int:
        return self._cursor.rowcount

    @property
    def lastrowid(self) -> int | None:
        return self._cursor.lastrowid


def _execute(cursor: sqlite3.Cursor, operation: str, parameters: Sequence[Any]) -> list[Row]:
    cursor.execute(operation, parameters)
    return cursor.fetchall() if cursor.description else []
