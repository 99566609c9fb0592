"""What was said to all members at once, in the database. One broadcast a week: the database says who was first."""

from typing import Any

import msgspec
from sqlalchemy import Row, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.base.ids import CommunityId, SendId
from liulian.community.acts import NO_STIMULUS, Purpose, Stimulus
from liulian.community.broadcasts import KIND
from liulian.community.model import Broadcast
from liulian.storage.community_tables import sends
from liulian.storage.sql import insert_or_ignore

_LATEST_ID = 2**63 - 1

_ALL = select(sends).where(sends.c.community_id == bindparam("of_community"), sends.c.kind == KIND)
_LIST = _ALL.where(sends.c.id < bindparam("before")).order_by(sends.c.id.desc()).limit(bindparam("at_most"))
_OF_WEEK = _ALL.where(sends.c.week == bindparam("of_week"))


class BroadcastRows:
    """The broadcasts of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, broadcast: Broadcast) -> bool:
        """Store a broadcast. False: its week has one."""
        values = {
            "id": broadcast.id,
            "community_id": broadcast.community_id,
            "kind": KIND,
            "name": broadcast.name,
            "body": broadcast.body,
            "purpose": broadcast.purpose.value,
            "stimulus_share": broadcast.stimulus.share,
            "stimulus_amount": broadcast.stimulus.amount,
            "sums": msgspec.json.encode(broadcast.sums).decode(),
            "week": broadcast.week,
            "created_at": broadcast.created_at,
            "sent_at": broadcast.sent_at,
        }
        return (await self._connection.execute(insert_or_ignore(self._connection, sends), values)).rowcount == 1

    async def list_of(self, community_id: CommunityId, *, before: int | None = None, limit: int) -> list[Broadcast]:
        """Return at most `limit` broadcasts with ids below `before`, newest first."""
        values = {"of_community": community_id, "before": before or _LATEST_ID, "at_most": limit}
        return [_broadcast(row) for row in await self._connection.execute(_LIST, values)]

    async def of_week(self, community_id: CommunityId, *, week: int) -> Broadcast | None:
        """Return the broadcast of a week, None where there is none."""
        values = {"of_community": community_id, "of_week": week}
        row = (await self._connection.execute(_OF_WEEK, values)).one_or_none()
        return None if row is None else _broadcast(row)


def _broadcast(row: Row[*tuple[Any, ...]]) -> Broadcast:
    stimulus = Stimulus(share=row.stimulus_share, amount=row.stimulus_amount)
    return Broadcast(
        id=SendId(row.id),
        community_id=CommunityId(row.community_id),
        name=row.name,
        body=row.body,
        purpose=Purpose(row.purpose),
        sums=msgspec.json.decode(row.sums),
        created_at=row.created_at,
        week=row.week,
        sent_at=row.sent_at,
        stimulus=NO_STIMULUS if stimulus == NO_STIMULUS else stimulus,
    )
