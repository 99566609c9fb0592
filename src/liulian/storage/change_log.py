"""Write down, with a change of a link, that it changed. What others learn from it is in `changes.py`."""

from sqlalchemy import BigInteger, bindparam, delete, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.base.ids import DomainId
from liulian.storage.sql import is_postgres
from liulian.storage.tables import link_changes

CHANNEL = "liulian_link_changes"
LOCK = 0x6C69756C69616E  # "liulian". Any number of our own will do.
KEPT = 100_000  # Rows. A process that is further behind than this forgets all it knows and starts afresh.

_INSERT = insert(link_changes)
# A sequence gives its numbers before the commit: row 8 could appear before row 7, and a reader would pass over 7.
# Whoever holds this lock until the commit is the only one between taking a number and showing it.
_TAKE_TURN = text("SELECT pg_advisory_xact_lock(:lock)").bindparams(bindparam("lock", LOCK, BigInteger))
_WAKE = text(f"SELECT pg_notify('{CHANNEL}', '')")


class ChangeLog:
    """Changes noted in one transaction, written by the transaction itself just before it commits."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._noted: dict[tuple[DomainId, str], None] = {}

    def note(self, *, domain_id: DomainId, slug: str) -> None:
        """Remember that what this slug leads to is no longer what it was, or that the slug is new."""
        self._noted[domain_id, slug] = None

    def snapshot(self) -> dict[tuple[DomainId, str], None]:
        """Return what was noted so far, for `restore`."""
        return dict(self._noted)

    def restore(self, noted: dict[tuple[DomainId, str], None]) -> None:
        """Forget what was noted since: it was undone."""
        self._noted = noted

    async def write_down(self) -> None:
        """Insert what was noted. Only `Database.write` calls this."""
        if not self._noted:
            return
        rows = [{"domain_id": domain_id, "slug": slug} for domain_id, slug in self._noted]
        if is_postgres(self._connection):
            await self._connection.execute(_TAKE_TURN)
        await self._connection.execute(_INSERT, rows)
        if is_postgres(self._connection):
            await self._connection.execute(_WAKE)
        self._noted.clear()

    async def trim(self, *, keep: int = KEPT) -> None:
        """Delete all but the newest `keep` (≥ 1) rows; whoever is further behind starts afresh."""
        newest = select(func.max(link_changes.c.seq)).scalar_subquery()
        await self._connection.execute(delete(link_changes).where(link_changes.c.seq <= newest - keep))
