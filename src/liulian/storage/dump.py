"""The rows of a database as lines of JSON, and back: the same for SQLite and PostgreSQL, so that one becomes the other.

A dump is one moment: everything is read in a single transaction, beside which others go on writing. What a table looks
like is read from the database itself, so that an older dump goes into tables of its own time and is migrated then.
"""

from base64 import b64decode
from collections.abc import AsyncIterator, Iterable, Sequence
from itertools import islice
from typing import Any

import msgspec
from sqlalchemy import (
    Boolean,
    Connection,
    LargeBinary,
    MetaData,
    Table,
    column,
    insert,
    literal,
    select,
    table,
    text,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.storage.database import Database
from liulian.storage.every_table import metadata
from liulian.storage.migrate import upgrade_to
from liulian.storage.sql import is_postgres

BATCH = 1_000  # Rows. A bound on memory, and on how long one insert holds the loop.
# The change feed and the index of words begin anew; who did something often lately is nobody's business later.
_LEFT_OUT = frozenset({"link_changes", "word_progress", "caller_counts"})
_ONE_MOMENT = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")  # SQLite's reads are one always.


def dumped_tables() -> list[str]:
    """Return the names of the tables in a dump, in an order in which they can be filled."""
    return [each.name for each in metadata.sorted_tables if each.name not in _LEFT_OUT]


async def dump_tables(database: Database) -> AsyncIterator[tuple[str, bytes]]:
    """Yield table by table some lines at a time, each a row; at least once for each table. Raises Unavailable."""
    async with database.read() as tx:
        if is_postgres(tx.connection):
            await tx.connection.execute(_ONE_MOMENT)
        for name in dumped_tables():
            yield name, b""
            async for lines in _lines(tx.connection, metadata.tables[name]):
                yield name, lines


async def _lines(connection: AsyncConnection, each: Table) -> AsyncIterator[bytes]:
    """Yield a table in the order of its key, page by page: our cursor on SQLite reads an answer as a whole."""
    # Without our own types: the rows as they are stored.
    plain = table(each.name, *(column(name) for name in each.columns.keys()))  # noqa: SIM118
    key = [plain.columns[name] for name in each.primary_key.columns.keys()]  # noqa: SIM118
    page = select(*plain.columns).order_by(*key).limit(BATCH)
    encode = msgspec.json.Encoder().encode_lines
    rows = (await connection.execute(page)).mappings().all()
    while rows:
        yield encode([dict(row) for row in rows])
        if len(rows) < BATCH:
            return
        last = [rows[-1][each.name] for each in key]
        rows = (await connection.execute(page.where(tuple_(*key) > tuple_(*map(literal, last))))).mappings().all()


async def is_unused(database: Database) -> bool:
    """Tell whether no program of ours ever used this database. Raises Unavailable."""
    async with database.read() as tx:
        return not await tx.connection.run_sync(lambda connection: _reflect(connection).tables)


async def prepare_tables(database: Database, *, version: str) -> None:
    """Make the tables as they were at a version, without any rows. Raises UnknownVersion."""
    async with database.write() as tx:
        await tx.connection.run_sync(upgrade_to, version)
        for each in reversed((await tx.connection.run_sync(_reflect)).sorted_tables):
            if each.name in dumped_tables():
                await tx.connection.execute(each.delete())  # What the steps of migration put there is in the dump.


async def load_table(database: Database, name: str, lines: Iterable[bytes]) -> int:
    """Insert the rows of one table and return how many they were."""
    number, left = 0, iter(lines)
    async with database.write() as tx:
        into = (await tx.connection.run_sync(_reflect)).tables[name]
        while batch := [_row(line, into) for line in islice(left, BATCH)]:
            await tx.connection.execute(insert(into), batch)
            number += len(batch)
    return number


def _row(line: bytes, into: Table) -> dict[str, Any]:
    row: dict[str, Any] = msgspec.json.decode(line)
    for name, value in row.items():
        if value is None:
            continue
        kind = into.columns[name].type
        if isinstance(kind, LargeBinary):
            row[name] = b64decode(value)
        elif isinstance(kind, Boolean):
            row[name] = bool(value)
    return row


def _reflect(connection: Connection) -> MetaData:
    found = MetaData()
    wanted: Sequence[str] = [*metadata.tables, "alembic_version"]
    found.reflect(connection, only=lambda name, _: name in wanted)
    return found
