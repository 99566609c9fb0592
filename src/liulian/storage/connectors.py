"""Connectors of communities in the database: one of each kind. Secrets come here sealed."""

from typing import Any

import msgspec
from sqlalchemy import Row, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.base.ids import CommunityId
from liulian.community.connectors import Connector, ConnectorKind
from liulian.storage.community_tables import connectors


class ConnectorRows:
    """The connectors of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, community_id: CommunityId, kind: ConnectorKind) -> Connector | None:
        this = select(connectors).where(connectors.c.community_id == community_id, connectors.c.kind == kind.value)
        row = (await self._connection.execute(this)).one_or_none()
        return None if row is None else _connector(row)

    async def list_of(self, community_id: CommunityId) -> list[Connector]:
        """Return all connectors of a community, by kind."""
        theirs = select(connectors).where(connectors.c.community_id == community_id).order_by(connectors.c.kind)
        return [_connector(row) for row in await self._connection.execute(theirs.limit(len(ConnectorKind)))]

    async def put(self, connector: Connector) -> None:
        """Store a connector in the place of the one of its kind."""
        await self.remove(connector.community_id, connector.kind)
        row = {
            "id": connector.id,
            "community_id": connector.community_id,
            "kind": connector.kind.value,
            "public": msgspec.json.encode(connector.values).decode(),
            "sealed": connector.sealed,
            "created_at": connector.created_at,
            "updated_at": connector.updated_at,
            "is_on": int(connector.is_on),
        }
        await self._connection.execute(insert(connectors), row)

    async def remove(self, community_id: CommunityId, kind: ConnectorKind) -> bool:
        """Delete a connector; False when there is none."""
        this = delete(connectors).where(connectors.c.community_id == community_id, connectors.c.kind == kind.value)
        return (await self._connection.execute(this)).rowcount > 0


def _connector(row: Row[*tuple[Any, ...]]) -> Connector:
    return Connector(
        id=row.id,
        community_id=CommunityId(row.community_id),
        kind=ConnectorKind(row.kind),
        values=msgspec.json.decode(row.public, type=dict[str, str]),
        sealed=row.sealed,
        created_at=row.created_at,
        updated_at=row.updated_at,
        is_on=bool(row.is_on),
    )
