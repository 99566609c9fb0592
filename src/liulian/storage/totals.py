"""Clicks per link, kept equal to the lake: how far each spool is folded in is written with the counts themselves."""

from collections.abc import Mapping

from sqlalchemy import BigInteger, bindparam, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.storage.sql import insert_or_ignore
from liulian.storage.tables import total_positions

_MOVE = (
    update(total_positions)
    .where(total_positions.c.spool_id == bindparam("spool"), total_positions.c.position == bindparam("before"))
    .values(position=bindparam("after"))
)
# The link may be gone: its clicks stay in the lake, and nobody is left to be shown the total.
_ADD = text(
    """
    INSERT INTO link_totals (link_id, clicks, human_clicks, workspace_id, shelf)
    SELECT id, :clicks, :human_clicks, workspace_id, shelf FROM links WHERE id = :link_id
    ON CONFLICT (link_id) DO UPDATE SET
      clicks = link_totals.clicks + excluded.clicks,
      human_clicks = link_totals.human_clicks + excluded.human_clicks
    """
).bindparams(
    bindparam("clicks", type_=BigInteger),
    bindparam("human_clicks", type_=BigInteger),
    bindparam("link_id", type_=BigInteger),
)


class TotalRows:
    """Totals and the positions up to which they are true."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def positions(self) -> dict[str, int]:
        """Return, for each spool ever folded in, the position up to which its clicks are contained."""
        rows = await self._connection.execute(select(total_positions.c.spool_id, total_positions.c.position))
        return {row.spool_id: row.position for row in rows}

    async def add(self, spool_id: str, *, before: int, position: int, counts: Mapping[int, tuple[int, int]]) -> bool:
        """Add (clicks, human clicks) per link id and move the spool from `before` (0: never seen) to `position`.

        Returns False, and changes nothing, when the spool was not at `before`: somebody else was faster.
        """
        if not await self._move(spool_id, before=before, position=position):
            return False
        rows = [
            {"link_id": link_id, "clicks": clicks, "human_clicks": human_clicks}
            for link_id, (clicks, human_clicks) in sorted(counts.items())  # One order for all: no deadlock.
        ]
        if rows:
            await self._connection.execute(_ADD, rows)
        return True

    async def _move(self, spool_id: str, *, before: int, position: int) -> bool:
        if before == 0:
            start = {"spool_id": spool_id, "position": 0}
            await self._connection.execute(insert_or_ignore(self._connection, total_positions), start)
        moved = await self._connection.execute(_MOVE, {"spool": spool_id, "before": before, "after": position})
        return moved.rowcount == 1
