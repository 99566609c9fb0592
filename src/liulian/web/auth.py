"""Who is asking: read from `Authorization: Bearer`, else from the session's cookie, once per request.

What they may do is decided by the services. A browser sends the cookie by itself, also for a page of somebody else; so
whatever changes something by it must show that it comes from a page of ours (`is_same_site`).
"""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.responses import Response

from liulian.accounts.api_keys import find_api_key, scopes_now
from liulian.accounts.model import Actor, Anonymous, ApiKeyActor, LinkManager, UserActor
from liulian.accounts.people import Membership, SignedInUser
from liulian.accounts.sessions import LIFE_MAX, find_session, is_due
from liulian.base.errors import Forbidden, NotFound, NotSignedIn, Unavailable
from liulian.base.ids import LinkId, WorkspaceId, decode_id, encode_id
from liulian.base.secrets import is_signed, sign
from liulian.storage.database import Transaction
from liulian.web.parts import Parts, parts_of
from liulian.web.place import is_secure

MANAGE_PREFIX = "lm_"
TOKEN_LENGTH_MAX = 200  # Ours have under 60 characters.
SESSION_COOKIE = "liulian_session"
# Nothing else asks for it. Redirects never see it, so neither do the files that clicks are written to.
SESSION_PATH = "/api/"
WORKSPACE_HEADER, WORKSPACE_QUERY = "liulian-workspace", "workspace"
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


class CrossSite(Forbidden):
    """A page of somebody else sent this, with the cookie of a person who does not know."""

    code = "cross_site"


class NoWorkspace(Forbidden):
    """A person signed in who belongs to no workspace any more."""

    code = "no_workspace"


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
        return await _person(request) if SESSION_COOKIE in request.cookies else Anonymous()
    scheme, _, token = header.partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not 0 < len(token) <= TOKEN_LENGTH_MAX:
        raise NotSignedIn
    if token.startswith(MANAGE_PREFIX):
        return _manager(token, parts_of(request))
    return await _program(token, parts_of(request))


CurrentActor = Annotated[Actor, Depends(current_actor)]


async def known_actor(actor: CurrentActor) -> Actor:
    """Return who sent this request. Raises NotSignedIn for a stranger, before anything else is looked at."""
    if isinstance(actor, Anonymous):
        raise NotSignedIn
    return actor


KnownActor = Annotated[Actor, Depends(known_actor)]


async def signed_in(request: Request) -> SignedInUser:
    """Return the person who sent this request, in whatever workspace. Raises NotSignedIn, for keys too."""
    if "authorization" in request.headers:
        raise NotSignedIn
    async with parts_of(request).database.read() as tx:
        known = await session_of(request, tx)
    if known is None:
        raise NotSignedIn
    refuse_cross_site(request)
    await _note_use(request, known=known)
    return known


SignedIn = Annotated[SignedInUser, Depends(signed_in)]


async def session_of(request: Request, tx: Transaction) -> SignedInUser | None:
    """Return whose session's cookie came with a request; None without one, or when it let nobody in."""
    token = request.cookies.get(SESSION_COOKIE, "")
    if not 0 < len(token) <= TOKEN_LENGTH_MAX:
        return None
    return await find_session(token, store=tx.sessions, now=parts_of(request).clock())


def refuse_cross_site(request: Request) -> None:
    """Raise CrossSite for a request that changes something and does not show that it comes from a page of ours."""
    if request.method not in SAFE_METHODS and not is_same_site(request):
        raise CrossSite


def is_same_site(request: Request) -> bool:
    """Tell whether a browser says that a page of this very host sent a request, or nobody but the person."""
    fetched_from = request.headers.get("sec-fetch-site")
    if fetched_from is not None:
        return fetched_from in ("same-origin", "none")
    origin = request.headers.get("origin")
    if origin is None:
        return False
    base_url = parts_of(request).site.base_url
    if base_url is not None:  # Also the scheme: who sits between may answer http in our name.
        return origin.lower() == base_url.lower()
    host = request.headers.get("host", "").lower()
    return host != "" and urlsplit(origin).netloc.lower() == host


def set_session_cookie(response: Response, request: Request, token: str) -> None:
    """Sign the browser in that gets this answer."""
    response.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=int(LIFE_MAX.total_seconds()),
        path=SESSION_PATH,
        httponly=True,
        samesite="lax",
        secure=is_secure(request),
    )


def clear_session_cookie(response: Response, request: Request) -> None:
    """Sign the browser out that gets this answer."""
    response.delete_cookie(SESSION_COOKIE, path=SESSION_PATH, httponly=True, samesite="lax", secure=is_secure(request))


def _manager(token: str, parts: Parts) -> LinkManager:
    link_id = managed_link(token, key=parts.site.manage_key)
    if link_id is None:
        raise NotSignedIn
    return LinkManager(link_id=link_id)


async def _program(token: str, parts: Parts) -> ApiKeyActor:
    now = parts.clock()
    async with parts.database.read() as tx:
        key = await find_api_key(token, store=tx.api_keys, now=now)
        if key is None:
            raise NotSignedIn
        scopes = await scopes_now(key, store=tx)
    if is_due(key.last_used_at, now=now):
        try:
            async with parts.database.write() as tx:
                await tx.api_keys.touch(key.id, now=now)
        except Unavailable:
            pass  # When a key was last used is not worth a refusal.
    return ApiKeyActor(workspace_id=key.workspace_id, api_key_id=key.id, scopes=scopes, name=key.name)


async def _person(request: Request) -> UserActor:
    async with parts_of(request).database.read() as tx:
        known = await session_of(request, tx)
        if known is None:
            raise NotSignedIn
        membership = await _membership(request, tx, known)
    refuse_cross_site(request)
    await _note_use(request, known=known)
    return UserActor(
        workspace_id=membership.workspace_id,
        user_id=known.user.id,
        session_id=known.session.id,
        role=membership.role,
        signed_in_at=known.session.created_at,
    )


async def _membership(request: Request, tx: Transaction, known: SignedInUser) -> Membership:
    """Return the person's place in the workspace a request names, else in the first they joined.

    Raises NotFound for a workspace of others, whether it exists or not, and NoWorkspace for who has none.
    """
    asked = request.headers.get(WORKSPACE_HEADER) or request.query_params.get(WORKSPACE_QUERY)
    if asked is None:
        membership = await tx.workspaces.find_membership(known.user.id)
        if membership is None:
            raise NoWorkspace
        return membership
    number = decode_id(asked)
    found = await tx.workspaces.find_membership(known.user.id, WorkspaceId(number)) if number is not None else None
    if found is None:
        raise NotFound
    return found


async def _note_use(request: Request, *, known: SignedInUser) -> None:
    parts = parts_of(request)
    now = parts.clock()
    if not is_due(known.session.last_seen_at, now=now):
        return
    try:
        async with parts.database.write() as tx:
            await tx.sessions.touch(known.session.id, now=now)
    except Unavailable:
        pass  # When somebody was last here is not worth a refusal.
