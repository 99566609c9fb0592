"""Bring a database up to the present tables, once, whoever comes first. Alembic is loaded only when there is work."""

from sqlalchemy import BigInteger, Connection, bindparam, inspect, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from liulian.base.errors import AppError
from liulian.storage.database import Database
from liulian.storage.sql import is_postgres

HEAD = "0009"  # The newest of `migrations/versions/`: start-up compares one string. A test holds it true.
LOCK = 0x6D69677261746500  # "migrate".

_TAKE_TURN = text("SELECT pg_advisory_xact_lock(:lock)").bindparams(bindparam("lock", LOCK, BigInteger))
_STORED = text("SELECT version_num FROM alembic_version")


class UnknownVersion(AppError):
    """Tables of a version that this program does not know: they were made by a newer one."""

    code = "tables_unknown_version"


async def migrate(database: Database) -> bool:
    """Run the missing steps, all in one transaction. Returns whether there were any. Raises Unavailable.

    Processes that start together take turns, and those who come later find nothing left to do.
    """
    if await is_current(database):
        return False
    async with database.write() as tx:
        if is_postgres(tx.connection):
            await tx.connection.execute(_TAKE_TURN)
        return await tx.connection.run_sync(_upgrade)


async def is_current(database: Database) -> bool:
    """Tell whether the tables are those of this program. Raises Unavailable."""
    async with database.read() as tx:
        try:
            return bool(await tx.connection.scalar(_STORED) == HEAD)
        except (OperationalError, ProgrammingError) as problem:
            if "alembic_version" not in str(problem.orig):  # Else a new database, in which that table is missing.
                raise
            return False


def upgrade_to(connection: Connection, version: str) -> None:
    """Run the steps up to a version. Raises UnknownVersion for one that is newer than this program."""
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", "liulian.storage:migrations")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, version)
    except CommandError as problem:
        raise UnknownVersion(version=version) from problem


def _upgrade(connection: Connection) -> bool:
    # Somebody may have been faster. (A failed SELECT would end PostgreSQL's transaction, hence the first question.)
    if inspect(connection).has_table("alembic_version") and connection.scalar(_STORED) == HEAD:
        return False
    upgrade_to(connection, HEAD)
    return True
