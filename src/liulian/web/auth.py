"""Who is asking: read from `Authorization: Bearer`, once per request. What they may do is decided by the services."""

from typing import Annotated

from fastapi import Depends, Request

from liulian.accounts.api_keys import find_api_key
from liulian.accounts.model import Actor, Anonymous, ApiKeyActor, LinkManager
from liulian.base.errors import NotSignedIn
from liulian.base.ids import LinkId, decode_id, encode_id
from liulian.base.secrets import is_signed, sign
from liulian.web.parts import Parts, parts_of

MANAGE_PREFIX = "lm_"
TOKEN_LENGTH_MAX = 200  # Ours have under 60 characters.


def manage_token(link_id: LinkId, *, key: bytes) -> str:
    """Return the token that manages one link. It is not stored: it can be made again from the id and the key."""
    name = encode_id(link_id)
    return f"{MANAGE_PREFIX}{name}.{sign(key, name.encode())}"


def managed_link(token: str, *, key: bytes) -> LinkId | None:
    """Return the link a manage token was made for, or None when we did not make it."""
    name, _, tag = token.removeprefix(MANAGE_PREFIX).partition(".")
    number = decode_id(name)
    return LinkId(number) if number is not None and is_signed(key, name.encode(), tag) else None


async def current_actor(request: Request) -> Actor:
    """Return who sent this request. Raises NotSignedIn for a token that is not valid: never a silent stranger."""
    header = request.headers.get("authorization")
    if header is None:
        return Anonymous()
    scheme, _, token = header.partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not 0 < len(token) <= TOKEN_LENGTH_MAX:
        raise NotSignedIn
    if token.startswith(MANAGE_PREFIX):
        return _manager(token, parts_of(request))
    return await _program(token, parts_of(request))


def _manager(token: str, parts: Parts) -> LinkManager:
    link_id = managed_link(token, key=parts.site.manage_key)
    if link_id is None:
        raise NotSignedIn
    return LinkManager(link_id=link_id)


async def _program(token: str, parts: Parts) -> ApiKeyActor:
    async with parts.database.read() as tx:
        key = await find_api_key(token, store=tx.api_keys)
    if key is None:
        raise NotSignedIn
    return ApiKeyActor(workspace_id=key.workspace_id, api_key_id=key.id)


CurrentActor = Annotated[Actor, Depends(current_actor)]


async def known_actor(actor: CurrentActor) -> Actor:
    """Return who sent this request. Raises NotSignedIn for a stranger, before anything else is looked at."""
    if isinstance(actor, Anonymous):
        raise NotSignedIn
    return actor


KnownActor = Annotated[Actor, Depends(known_actor)]
