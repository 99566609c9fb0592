"""The few places where SQLite and PostgreSQL speak differently, said once."""

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
    maker = postgresql.insert if is_postgres(connection) else sqlite.insert
    return maker(table).on_conflict_do_nothing()
