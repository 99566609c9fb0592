"""Links whose destination could not be looked up when they were made. Implements `safety.recheck.DoubtStore`."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.base.clock import to_micros
from liulian.base.ids import RANDOM_BITS, LinkId
from liulian.safety.model import Doubt
from liulian.storage.rules import read_guard
from liulian.storage.tables import links

# Ids begin with the time they were made, so "since" is a range of the primary key and old links are never walked over.
_DOUBTFUL = (
    select(links.c.id, links.c.destination, links.c.guard, links.c.flags)
    .where(
        links.c.id >= bindparam("first"),
        links.c.flags.contains(bindparam("flag"), autoescape=False),
        links.c.deleted_at.is_(None),
        links.c.taken_down.is_(None),
    )
    .order_by(func.random())  # So that no link waits for ever behind others that nobody can look up.
    .limit(bindparam("limit"))
)


class DoubtRows:
    """The flags of one transaction. They decide nothing about a click, so changing them is no change of the link."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def list_flagged(self, flag: str, *, since: datetime, limit: int) -> list[Doubt]:
        """Return at most `limit` links in good standing with a flag, made since, in no order."""
        values = {"first": (to_micros(since) // 1000) << RANDOM_BITS, "flag": flag, "limit": limit}
        rows = await self._connection.execute(_DOUBTFUL, values)
        return [
            Doubt(
                link_id=LinkId(row.id),
                destination=row.destination,
                app_url=read_guard(row.guard).app_url if row.guard else None,
            )
            for row in rows
            if flag in row.flags.split()
        ]

    async def lower(self, flag: str, *, of: Collection[LinkId]) -> None:
        """Take a flag away from links."""
        rows = await self._connection.execute(select(links.c.id, links.c.flags).where(links.c.id.in_(of)))
        for row in rows.all():
            left = " ".join(word for word in (row.flags or "").split() if word != flag)
            await self._connection.execute(update(links).where(links.c.id == row.id).values(flags=left or None))
