"""Make, list, revoke and recognise API keys. A token has 256 random bits; its plain SHA-256 is all that is stored."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from liulian.accounts.checks import TooManyThings, checked_name
from liulian.accounts.model import Actor, ApiKey, UserActor, WorkspaceActor, require
from liulian.accounts.permissions import KEY_SCOPES, ROLE_SCOPES, Scope
from liulian.accounts.sessions import require_fresh_person
from liulian.accounts.store import Accounts, Desk
from liulian.base.errors import FieldError, Forbidden, InvalidRequest, NotFound, NotSignedIn
from liulian.base.ids import ApiKeyId, IdSource, UserId, WorkspaceId
from liulian.base.secrets import fingerprint, random_token

PREFIX = "ll_"  # So that people, and scanners of source code, see what they hold.
KEYS_MAX = 200  # Of one workspace; nobody knows any more what so many are for.


class KeyShelf(Protocol):
    """Where keys are put and found."""

    async def add(self, key: ApiKey, *, fingerprint: bytes) -> None: ...
    async def find_by_fingerprint(self, fingerprint: bytes) -> ApiKey | None: ...


async def create_api_key(
    name: str,
    *,
    workspace_id: WorkspaceId,
    store: KeyShelf,
    ids: IdSource,
    now: datetime,
    scopes: frozenset[Scope] = KEY_SCOPES,
    expires_at: datetime | None = None,
    created_by: UserId | None = None,
) -> tuple[ApiKey, str]:
    """Return a new key of a workspace and its token, which nobody can show again."""
    name = checked_name(name)
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


async def find_api_key(token: str, *, store: KeyShelf, now: datetime) -> ApiKey | None:
    """Return the key with this token, or None when there is none, it was revoked, or its time is over."""
    key = await store.find_by_fingerprint(fingerprint(token)) if token.startswith(PREFIX) else None
    return key if key is not None and key.is_valid(now) else None


async def scopes_now(key: ApiKey, *, store: Accounts) -> frozenset[Scope]:
    """Return what a key may do today: no more than its maker still may. Raises NotSignedIn when they are gone."""
    if key.created_by is None:
        return key.scopes
    maker = await store.workspaces.find_member(key.workspace_id, key.created_by)
    if maker is None or maker.is_disabled:
        raise NotSignedIn
    return key.scopes & ROLE_SCOPES[maker.role]


async def person_behind(actor: WorkspaceActor, *, store: Accounts) -> UserId | None:
    """Return who answers for what an actor makes: the person, or whoever made the key. None: the command line."""
    if isinstance(actor, UserActor):
        return actor.user_id
    key = await store.api_keys.find(actor.api_key_id)
    return key.created_by if key is not None else None


class ScopesTooWide(Forbidden):
    """A key would be allowed more than whoever makes it."""

    code = "scopes_too_wide"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyWish:
    """A key to be made. `scopes` as they were typed; `expires_at` None: never."""

    name: str
    scopes: tuple[str, ...]
    expires_at: datetime | None = None


async def list_api_keys(actor: Actor, *, store: Accounts) -> list[ApiKey]:
    """Return the keys of the actor's workspace, newest first; those that expired too."""
    return await store.api_keys.list_valid(workspace_id=require(actor, Scope.KEYS_WRITE).workspace_id)


async def add_api_key(actor: Actor, wish: KeyWish, *, desk: Desk) -> tuple[ApiKey, str]:
    """Return a new key of the actor's workspace and its token. Raises SignInAgain, InvalidRequest or ScopesTooWide.

    A key makes none that works longer than itself.
    """
    asked_by = require(actor, Scope.KEYS_WRITE)
    require_fresh_person(asked_by, now=desk.now)
    scopes = parse_scopes(wish.scopes)
    if wish.expires_at is not None and wish.expires_at <= desk.now:
        raise InvalidRequest(errors=(FieldError("expires_at", "key_expires_at_past"),))
    if not scopes <= asked_by.scopes:
        raise ScopesTooWide
    if len(await desk.tx.api_keys.list_valid(workspace_id=asked_by.workspace_id)) >= KEYS_MAX:
        raise TooManyThings(max=KEYS_MAX)
    created_by, ends_by = await _origin(asked_by, desk=desk)
    key, token = await create_api_key(
        wish.name,
        workspace_id=asked_by.workspace_id,
        store=desk.tx.api_keys,
        ids=desk.ids,
        now=desk.now,
        scopes=scopes,
        expires_at=min((at for at in (wish.expires_at, ends_by) if at is not None), default=None),
        created_by=created_by,
    )
    await desk.tx.audit.record(
        actor, "api_key.created", "api_key", key.id, now=desk.now, name=key.name, scopes=sorted(scopes)
    )
    return key, token


async def _origin(asked_by: WorkspaceActor, *, desk: Desk) -> tuple[UserId | None, datetime | None]:
    """Return which person a new key comes from, if any, and when it has to end. Raises NotSignedIn."""
    if isinstance(asked_by, UserActor):
        return asked_by.user_id, None
    maker = await desk.tx.api_keys.find(asked_by.api_key_id)
    if maker is None:
        raise NotSignedIn  # It was revoked a moment ago.
    return maker.created_by, maker.expires_at


async def revoke_api_key(actor: Actor, key_id: ApiKeyId, *, desk: Desk) -> None:
    """Make a key of the actor's workspace useless at once. Raises NotFound."""
    workspace_id = require(actor, Scope.KEYS_WRITE).workspace_id
    if not await desk.tx.api_keys.revoke(key_id, now=desk.now, workspace_id=workspace_id):
        raise NotFound
    await desk.tx.audit.record(actor, "api_key.revoked", "api_key", key_id, now=desk.now)


def parse_scopes(typed: tuple[str, ...]) -> frozenset[Scope]:
    """Return the scopes named. Raises InvalidRequest for a word that is none."""
    known = {scope.value: scope for scope in Scope}
    allowed = ", ".join(known)
    errors = tuple(
        FieldError(f"scopes[{at}]", "choice_unknown", {"name": word[:100], "allowed": allowed})
        for at, word in enumerate(typed)
        if word not in known
    )
    if errors:
        raise InvalidRequest(errors=errors)
    return frozenset(known[word] for word in typed)
