"""Make the index of words anew, some links at a time: after a restore, and when the rules for words have changed.

Links that are made or changed meanwhile are indexed with their own transaction; making their words twice does no harm.
"""

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.base.ids import LinkId
from liulian.storage.database import Database
from liulian.storage.organisation_tables import word_progress
from liulian.storage.tables import links
from liulian.storage.words import put_anew

RULES = 1  # One more whenever `links/search.py` cuts or spells words differently.
STEP = 200  # Links: under a tenth of a second, in which nobody else writes.

_PROGRESS = select(word_progress.c.done_until).where(word_progress.c.rules == RULES)


async def is_reworded(database: Database) -> bool:
    """Tell whether all links are indexed by the present rules. Raises Unavailable."""
    async with database.read() as tx:
        rows = (await tx.connection.execute(_PROGRESS)).all()
    return bool(rows) and rows[0].done_until is None


async def reword_some(database: Database, *, step: int = STEP) -> bool:
    """Index the next links; False when none are left. Raises Unavailable."""
    async with database.write() as tx:
        return await _step(tx.connection, step=step)


async def _step(connection: AsyncConnection, *, step: int) -> bool:
    rows = (await connection.execute(_PROGRESS.with_for_update())).all()
    if not rows:
        await connection.execute(delete(word_progress))
        await connection.execute(insert(word_progress), {"rules": RULES, "done_until": 0})
    done_until = rows[0].done_until if rows else 0
    if done_until is None:
        return False
    next_ = select(links.c.id).where(links.c.id > done_until).order_by(links.c.id).limit(step)
    found = [LinkId(link_id) for link_id in await connection.scalars(next_)]
    await put_anew(connection, found)
    is_last = len(found) < step
    await connection.execute(update(word_progress).values(done_until=None if is_last else found[-1]))
    return not is_last
