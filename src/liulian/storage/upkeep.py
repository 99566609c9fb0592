"""What the database would otherwise keep for ever. The worker calls it now and then; it may come at any time."""

from datetime import datetime

from liulian.storage import limits
from liulian.storage.database import Database
from liulian.storage.idempotency import KEPT_FOR


async def tidy(database: Database, *, now: datetime) -> None:
    """Drop old rows of the change feed, answers no longer promised, and old counts of callers. Raises Unavailable."""
    async with database.write() as tx:
        await tx.changes.trim()
        await tx.idempotency.forget_before(now - KEPT_FOR)
        await tx.limits.forget_before(now - limits.KEPT_FOR)
