"""The few places where SQLite and PostgreSQL speak differently, said once."""

from functools import cache
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


def is_postgres(connection: AsyncConnection) -> bool:
    return connection.dialect.name == "postgresql"


def insert_or_ignore(connection: AsyncConnection, table: Table) -> Any:
    """Return an insert that passes over rows of which any key is taken.

    On PostgreSQL it waits for whoever is just taking it.
    """
    return _insert_or_ignore(table, postgres=is_postgres(connection))


@cache
def _insert_or_ignore(table: Table, *, postgres: bool) -> Any:
    return (postgresql.insert if postgres else sqlite.insert)(table).on_conflict_do_nothing()
