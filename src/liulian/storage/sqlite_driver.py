"""aiosqlite with fewer trips to its thread. Only what SQLAlchemy asks of a driver; nothing here knows a table.

SQLite works in a thread of its own, and each trip there and back costs about 0.1 ms. SQLAlchemy makes three or four for
one statement: to make a cursor, to execute, to fetch, to close. Only executing can wait for a disk or another process;
so that, with all its rows, is the one trip made here. Beginning goes along with the first statement, and ending what
changed nothing is no trip at all.
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
    """A connection whose cursors are made where they are asked for, and whose transactions begin by themselves.

    `begin` is the statement by which they do, None: each statement stands alone. `_sent` is counted by the event loop
    and `_done` by the thread: while they are equal the thread has nothing in hand.
    """

    begin: str | None = None
    _sent = 0
    _done = 0

    def cursor(self) -> "QuickCursor":  # type: ignore[override]
        return QuickCursor(self, self._conn.cursor())

    async def run(self, statement: Any) -> Any:
        """Call `statement` in the connection's thread, in a transaction."""
        self._sent += 1
        return await self._execute(partial(self._run, statement))  # type: ignore[no-untyped-call]

    async def lend(self, work: Any) -> Any:
        """Call `work` with the plain connection in its thread. It begins and ends its transaction itself."""
        self._sent += 1
        return await self._execute(partial(self._lend, work))  # type: ignore[no-untyped-call]

    async def commit(self) -> None:
        """Commit what there is to commit."""
        if self._conn.in_transaction:
            await super().commit()

    async def rollback(self) -> None:
        """Undo: that waits for no disk and for nobody, unless a statement is still running that nobody waits for."""
        if self._sent == self._done:
            self._conn.rollback()
        else:
            await super().rollback()

    def _lend(self, work: Any) -> Any:
        try:
            return work(self._conn)
        finally:
            self._done += 1

    def _run(self, statement: Any) -> Any:
        try:
            if self.begin is not None and not self._conn.in_transaction:
                self._conn.execute(self.begin)
            return statement()
        finally:
            self._done += 1


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
