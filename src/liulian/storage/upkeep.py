"""What the database would otherwise keep for ever. The worker calls it now and then; it may come at any time."""

from datetime import datetime

from liulian.storage.database import Database
from liulian.storage.idempotency import KEPT_FOR


async def tidy(database: Database, *, now: datetime) -> None:
    """Drop old rows of the change feed and answers that are no longer promised. Raises Unavailable."""
    async with database.write() as tx:
        await tx.changes.trim()
        await tx.idempotency.forget_before(now - KEPT_FOR)
