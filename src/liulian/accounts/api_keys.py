"""Make and recognise API keys. A token has 256 random bits, so its plain SHA-256 is all that is stored."""

from datetime import datetime
from typing import Protocol

from liulian.accounts.model import ApiKey
from liulian.accounts.permissions import KEY_SCOPES, Scope
from liulian.base.errors import FieldError, InvalidRequest
from liulian.base.ids import ApiKeyId, IdSource, UserId, WorkspaceId
from liulian.base.secrets import fingerprint, random_token

PREFIX = "ll_"  # So that people, and scanners of source code, see what they hold.
NAME_LENGTH_MAX = 100


class ApiKeyStore(Protocol):
    """The keys of one transaction."""

    async def add(self, key: ApiKey, *, fingerprint: bytes) -> None: ...
    async def find_by_fingerprint(self, fingerprint: bytes) -> ApiKey | None: ...


async def create_api_key(
    name: str,
    *,
    workspace_id: WorkspaceId,
    store: ApiKeyStore,
    ids: IdSource,
    now: datetime,
    scopes: frozenset[Scope] = KEY_SCOPES,
    expires_at: datetime | None = None,
    created_by: UserId | None = None,
) -> tuple[ApiKey, str]:
    """Return a new key of a workspace and its token, which nobody can show again."""
    name = name.strip()
    if not 0 < len(name) <= NAME_LENGTH_MAX or not name.isprintable():
        raise InvalidRequest(errors=(FieldError("name", "name_invalid", {"max": NAME_LENGTH_MAX}),))
    token = PREFIX + random_token()
    key = ApiKey(
        id=ApiKeyId(ids()),
        workspace_id=workspace_id,
        name=name,
        created_at=now,
        scopes=scopes,
        expires_at=expires_at,
        created_by=created_by,
    )
    await store.add(key, fingerprint=fingerprint(token))
    return key, token


async def find_api_key(token: str, *, store: ApiKeyStore, now: datetime) -> ApiKey | None:
    """Return the key with this token, or None when there is none, it was revoked, or its time is over."""
    key = await store.find_by_fingerprint(fingerprint(token)) if token.startswith(PREFIX) else None
    return key if key is not None and key.is_valid(now) else None
