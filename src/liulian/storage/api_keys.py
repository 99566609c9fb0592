"""API keys, found by the fingerprint of their token. The token itself is never stored."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.accounts.model import ApiKey
from liulian.accounts.permissions import KEY_SCOPES, Scope
from liulian.base.ids import ApiKeyId, UserId, WorkspaceId
from liulian.storage.account_tables import api_keys

KEYS_LISTED_MAX = 1000  # Nobody reads more; older ones can still be revoked by their id.

_COLUMNS = select(
    api_keys.c.id,
    api_keys.c.workspace_id,
    api_keys.c.name,
    api_keys.c.created_at,
    api_keys.c.scopes,
    api_keys.c.expires_at,
    api_keys.c.last_used_at,
    api_keys.c.created_by,
)
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
            "scopes": " ".join(sorted(key.scopes)),
            "expires_at": key.expires_at,
            "created_by": key.created_by,
        }
        await self._connection.execute(insert(api_keys), values)

    async def find_by_fingerprint(self, fingerprint: bytes) -> ApiKey | None:
        row = (await self._connection.execute(_BY_FINGERPRINT, {"fingerprint": fingerprint})).one_or_none()
        return _key(row) if row else None

    async def find(self, key_id: ApiKeyId) -> ApiKey | None:
        """Return a key that was not revoked."""
        row = (await self._connection.execute(_VALID.where(api_keys.c.id == key_id))).one_or_none()
        return _key(row) if row else None

    async def list_valid(self, *, workspace_id: WorkspaceId | None = None) -> list[ApiKey]:
        """Return the newest keys of a workspace, or of all, that were not revoked, newest first."""
        wanted = _NEWEST if workspace_id is None else _NEWEST.where(api_keys.c.workspace_id == workspace_id)
        return [_key(row) for row in await self._connection.execute(wanted)]

    async def touch(self, key_id: ApiKeyId, *, now: datetime) -> None:
        """Note that a key was used just now."""
        later = (api_keys.c.id == key_id, api_keys.c.last_used_at.is_(None) | (api_keys.c.last_used_at < now))
        await self._connection.execute(update(api_keys).where(*later).values(last_used_at=now))

    async def revoke(self, key_id: ApiKeyId, *, now: datetime, workspace_id: WorkspaceId | None = None) -> bool:
        """Make a key useless for good; False when there is no valid one with this id (in this workspace)."""
        this = _REVOKE if workspace_id is None else _REVOKE.where(api_keys.c.workspace_id == workspace_id)
        done = await self._connection.execute(this, {"key_id": key_id, "now": now})
        return done.rowcount == 1

    async def revoke_all(self, workspace_id: WorkspaceId, *, now: datetime) -> None:
        """Make all keys of a workspace useless."""
        these = (api_keys.c.workspace_id == workspace_id, api_keys.c.revoked_at.is_(None))
        await self._connection.execute(update(api_keys).where(*these).values(revoked_at=now))


def _key(row: Row[*tuple[Any, ...]]) -> ApiKey:
    return ApiKey(
        id=ApiKeyId(row.id),
        workspace_id=WorkspaceId(row.workspace_id),
        name=row.name,
        created_at=row.created_at,
        scopes=KEY_SCOPES if row.scopes is None else frozenset(map(Scope, row.scopes.split())),
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        created_by=UserId(row.created_by) if row.created_by is not None else None,
    )
