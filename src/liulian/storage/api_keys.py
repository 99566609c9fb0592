"""API keys, found by the fingerprint of their token. The token itself is never stored."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.accounts.model import ApiKey
from liulian.base.ids import ApiKeyId, WorkspaceId
from liulian.storage.account_tables import api_keys

KEYS_LISTED_MAX = 1000  # Nobody reads more; older ones can still be revoked by their id.

_COLUMNS = select(api_keys.c.id, api_keys.c.workspace_id, api_keys.c.name, api_keys.c.created_at)
_VALID = _COLUMNS.where(api_keys.c.revoked_at.is_(None))
_NEWEST = _VALID.order_by(api_keys.c.id.desc()).limit(KEYS_LISTED_MAX)
_REVOKE = (
    update(api_keys)
    .where(api_keys.c.id == bindparam("key_id"), api_keys.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("now"))
)
_BY_FINGERPRINT = _VALID.where(api_keys.c.fingerprint == bindparam("fingerprint"))


class ApiKeyRows:
    """Implements `accounts.api_keys.ApiKeyStore`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, key: ApiKey, *, fingerprint: bytes) -> None:
        values = {
            "id": key.id,
            "workspace_id": key.workspace_id,
            "name": key.name,
            "fingerprint": fingerprint,
            "created_at": key.created_at,
        }
        await self._connection.execute(insert(api_keys), values)

    async def find_by_fingerprint(self, fingerprint: bytes) -> ApiKey | None:
        row = (await self._connection.execute(_BY_FINGERPRINT, {"fingerprint": fingerprint})).one_or_none()
        return _key(row) if row else None

    async def list_valid(self) -> list[ApiKey]:
        """Return the newest keys that were not revoked, newest first."""
        return [_key(row) for row in await self._connection.execute(_NEWEST)]

    async def revoke(self, key_id: ApiKeyId, *, now: datetime) -> bool:
        """Make a key useless for good; False when there is no valid one with this id."""
        done = await self._connection.execute(_REVOKE, {"key_id": key_id, "now": now})
        return done.rowcount == 1


def _key(row: Row[*tuple[Any, ...]]) -> ApiKey:
    return ApiKey(
        id=ApiKeyId(row.id), workspace_id=WorkspaceId(row.workspace_id), name=row.name, created_at=row.created_at
    )
