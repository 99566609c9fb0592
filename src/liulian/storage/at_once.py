"""A whole transaction on SQLite in one trip to its thread: for what many do in the same minute.

Each statement of an ordinary transaction is a trip there and back. Here the work itself goes to the thread: it is
written like any other (`async def`, the same repositories), but nothing in it ever waits for anything but the database,
so that it runs from its beginning to its end without the event loop.
"""

import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, CursorResult, Engine, ScalarResult, create_engine
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.pool import NullPool

Result = TypeVar("Result")


class DirectConnection:
    """A connection of this thread that is asked like an asynchronous one. As much of it as repositories use."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.dialect = connection.dialect

    async def execute(self, statement: Any, parameters: Any = None) -> CursorResult[Any]:
        return self._connection.execute(statement, parameters)

    async def scalar(self, statement: Any, parameters: Any = None) -> Any:
        return self._connection.scalar(statement, parameters)

    async def scalars(self, statement: Any, parameters: Any = None) -> ScalarResult[Any]:
        return self._connection.scalars(statement, parameters)


class Lane:
    """Runs transactions on the one connection that writes. One per database."""

    def __init__(self) -> None:
        self._lent: sqlite3.Connection | None = None
        self._engine: Engine = create_engine(
            "sqlite://",
            hide_parameters=True,
            poolclass=NullPool,
            pool_reset_on_return=None,
            creator=self._borrowed,
        )
        self._engine.dialect.do_close = _keep_open  # type: ignore[method-assign,assignment] # Not ours to close.

    def run(self, lent: sqlite3.Connection, work: Callable[[AsyncConnection], Awaitable[Result]]) -> Result:
        """Do work in a transaction of a connection, in its thread. Whatever the work raises undoes it."""
        self._lent = lent
        with self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                result = _finished(work(cast("AsyncConnection", DirectConnection(connection))))
                connection.commit()
            except BaseException:
                connection.rollback()
                raise
        return result

    def _borrowed(self) -> Any:
        return self._lent


def _finished(work: Awaitable[Result]) -> Result:
    """Return what an awaitable comes to that never waits. Raises RuntimeError for one that does."""
    steps = work.__await__()
    try:
        next(steps)
    except StopIteration as end:
        result: Result = end.value
        return result
    raise RuntimeError("this work waits for something else than the database")


def _keep_open(_: object) -> None:
    """Leave a connection open: its owner goes on with it."""
