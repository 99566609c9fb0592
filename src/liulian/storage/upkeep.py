"""What the database would otherwise keep for ever. The worker calls it now and then; it may come at any time."""

from datetime import datetime, timedelta

from liulian.accounts.sessions import IDLE_MAX, LIFE_MAX
from liulian.links.organise import RESTORE_DAYS
from liulian.storage import limits
from liulian.storage.database import Database
from liulian.storage.emptying import STEP, empty_deleted
from liulian.storage.idempotency import KEPT_FOR
from liulian.storage.labels import take_off_removed

STEPS_MAX = 50  # Of one kind in one round, each a transaction of its own: what is left waits for the next round.


async def tidy(database: Database, *, now: datetime) -> None:
    """Drop old rows of the change feed, answers no longer promised, old counts of callers. Raises Unavailable.

    Links lose tags and folders that were removed; what was deleted too long ago to come back is emptied.
    """
    async with database.write() as tx:
        await tx.changes.trim()
        await tx.idempotency.forget_before(now - KEPT_FOR)
        await tx.limits.forget_before(now - limits.KEPT_FOR)
        await tx.one_time.forget_before(now)
        await tx.member_codes.forget_before(now)
        await tx.sessions.forget_before(seen=now - IDLE_MAX, made=now - LIFE_MAX)
    for _ in range(STEPS_MAX):
        async with database.write() as tx:
            if not await take_off_removed(tx.connection):
                break
    for _ in range(STEPS_MAX):
        async with database.write() as tx:
            if await empty_deleted(tx.connection, deleted_before=now - timedelta(days=RESTORE_DAYS)) < STEP:
                break
