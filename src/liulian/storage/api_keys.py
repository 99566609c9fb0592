"""API keys, found by the fingerprint of their token. The token itself is never stored."""

from sqlalchemy import bindparam, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.accounts.model import ApiKey
from liulian.base.ids import ApiKeyId, WorkspaceId
from liulian.storage.tables import api_keys

_COLUMNS = select(api_keys.c.id, api_keys.c.workspace_id, api_keys.c.name, api_keys.c.created_at)
_VALID = _COLUMNS.where(api_keys.c.revoked_at.is_(None))
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
        if row is None:
            return None
        return ApiKey(
            id=ApiKeyId(row.id), workspace_id=WorkspaceId(row.workspace_id), name=row.name, created_at=row.created_at
        )
