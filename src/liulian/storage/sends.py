"""What was sent to members, as others told it. Implements `community.sends.SendStore`.

Broadcasts of ours are in the same table: here they are only listed, once they are out.
"""

from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.base.ids import CommunityId, SendId
from liulian.community.acts import Purpose, Stimulus
from liulian.community.sends import Send
from liulian.storage.community_tables import sends
from liulian.storage.sql import insert_or_ignore

_ALL = select(*(column for column in sends.c if column.name not in ("body", "sums", "week")))


class SendRows:
    """The sends of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, send: Send) -> bool:
        """Insert a send from elsewhere; False when there is one of its key."""
        statement = insert_or_ignore(self._connection, sends).returning(sends.c.id)
        row = {
            "id": send.id,
            "community_id": send.community_id,
            "kind": send.kind,
            "name": send.name,
            "body": "",
            "purpose": send.purpose.value,
            "stimulus_share": send.stimulus.share,
            "stimulus_amount": send.stimulus.amount,
            "sums": "{}",
            "created_at": send.created_at,
            "sent_at": send.sent_at,
            "channel": send.channel,
            "key": send.key,
        }
        return (await self._connection.execute(statement, row)).one_or_none() is not None

    async def find_by_key(self, community_id: CommunityId, key: str) -> Send | None:
        """Return the send that its sender calls so."""
        return await self._find(sends.c.community_id == community_id, sends.c.key == key)

    async def find(self, community_id: CommunityId, send_id: SendId) -> Send | None:
        """Return something that was sent."""
        return await self._find(
            sends.c.community_id == community_id, sends.c.id == send_id, sends.c.sent_at.is_not(None)
        )

    async def list_sent(self, community_id: CommunityId, *, before: int | None, limit: int) -> list[Send]:
        """Return at most `limit` things that were sent, with ids below `before`, newest first."""
        asked = _ALL.where(sends.c.community_id == community_id, sends.c.sent_at.is_not(None))
        if before is not None:
            asked = asked.where(sends.c.id < before)
        rows = await self._connection.execute(asked.order_by(sends.c.id.desc()).limit(limit))
        return [_send(row) for row in rows]

    async def _find(self, *which: Any) -> Send | None:
        row = (await self._connection.execute(_ALL.where(*which).limit(1))).one_or_none()
        return None if row is None else _send(row)


def _send(row: Row[*tuple[Any, ...]]) -> Send:
    return Send(
        id=SendId(row.id),
        community_id=CommunityId(row.community_id),
        kind=row.kind,
        name=row.name,
        purpose=Purpose(row.purpose),
        stimulus=Stimulus(share=row.stimulus_share, amount=row.stimulus_amount),
        sent_at=row.sent_at,
        created_at=row.created_at,
        channel=row.channel,
        key=row.key,
    )
