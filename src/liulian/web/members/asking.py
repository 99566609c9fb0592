"""Who asks on a member page: found by the cookie that their browser got when they joined, for this community alone.

The cookie is a random token, of which only a fingerprint is stored. That of one community is not even sent to another,
and would be nothing there. Whatever changes something shows that it comes from a page of ours (`refuse_foreign`).
"""

from datetime import timedelta

from fastapi import Request
from fastapi.responses import Response

from liulian.base.errors import NotFound, Unavailable
from liulian.base.secrets import fingerprint
from liulian.community.channels import community_path
from liulian.community.model import Community, CommunityState, Member, MemberState
from liulian.community.people import IdentityKind, MemberActor, NotJoined
from liulian.storage.database import Transaction
from liulian.web.auth import SAFE_METHODS, TOKEN_LENGTH_MAX
from liulian.web.parts import parts_of
from liulian.web.place import domain_asked, is_secure
from liulian.web.signing import refuse_foreign_page

MEMBER_COOKIE = "liulian_member"
COOKIE_LIFE = timedelta(days=400)  # Browsers keep none longer; it is given anew when a member comes back.
AWAITED_COOKIE = "liulian_browser"  # Of a browser that looks on: so that two of its pages are not two members.
AWAITED_LIFE = timedelta(days=1)
SLUG_LENGTH_MAX = 80
SEEN_EVERY = timedelta(hours=1)  # Who was here is no statistic: once an hour is enough, and spares the writer.


async def community_of(request: Request, slug: str) -> Community:
    """Return the community at `/c/{slug}`, also a closed one. Raises NotFound."""
    async with parts_of(request).database.read() as tx:
        return await community_in(request, tx, slug)


async def community_in(request: Request, tx: Transaction, slug: str) -> Community:
    """Return the community at `/c/{slug}`. Raises NotFound, also for a draft, and on a domain of a workspace."""
    is_ours = domain_asked(request) is None and 0 < len(slug) <= SLUG_LENGTH_MAX
    community = await tx.communities.find_by_slug(slug) if is_ours else None
    if community is None or community.state is CommunityState.DRAFT:
        raise NotFound
    return community


async def member_of(request: Request, slug: str) -> MemberActor | None:
    """Return the member who asks, None for a stranger and for who left. Raises NotFound where there is no community."""
    async with parts_of(request).database.read() as tx:
        actor = await actor_in(request, tx, slug)
    if actor is not None and request.method in SAFE_METHODS:
        await _note_seen(request, actor.member)
    return actor


async def need_member(request: Request, slug: str) -> MemberActor:
    """Return the member who asks. Raises NotFound, NotJoined, and CrossSite for what another site's page sends."""
    if request.method not in SAFE_METHODS:
        refuse_foreign(request)
    actor = await member_of(request, slug)
    if actor is None:
        raise NotJoined
    return actor


async def actor_in(request: Request, tx: Transaction, slug: str) -> MemberActor | None:
    """Return the member who asks, as a transaction sees them."""
    community = await community_in(request, tx, slug)
    member = await known_member(request, tx, community)
    if member is None or member.state is not MemberState.ACTIVE:
        return None
    return MemberActor(community=community, member=member)


async def known_member(request: Request, tx: Transaction, community: Community) -> Member | None:
    """Return whom this browser belongs to, also one who left; None for a browser that never joined."""
    token = token_of(request)
    if token is None:
        return None
    return await tx.members.find_by_identity(community.id, IdentityKind.DEVICE, fingerprint(token))


async def member_of_gone(request: Request, slug: str) -> MemberActor:
    """Return who is, or was, in a community that was removed. Raises NotFound, to everybody else too."""
    if request.method not in SAFE_METHODS:
        refuse_foreign(request)
    async with parts_of(request).database.read() as tx:
        is_ours = domain_asked(request) is None and 0 < len(slug) <= SLUG_LENGTH_MAX
        community = await tx.communities.find_gone(slug) if is_ours else None
        member = None if community is None else await known_member(request, tx, community)
    if community is None or member is None or member.state is MemberState.ERASED:
        raise NotFound
    return MemberActor(community=community, member=member)


def token_of(request: Request) -> str | None:
    """Return the token of a browser that once joined."""
    return _token_in(request, MEMBER_COOKIE)


def awaited_token(request: Request) -> str | None:
    """Return the token that a browser got with the first page of a community, before anybody joined in it."""
    return _token_in(request, AWAITED_COOKIE)


def set_awaited_cookie(response: Response, request: Request, community: Community, token: str) -> None:
    """Let all pages of a stranger's browser name one token: whichever of them joins, it is one member."""
    _set_cookie(response, request, community, name=AWAITED_COOKIE, token=token, life=AWAITED_LIFE)


def refuse_foreign(request: Request) -> None:
    """Raise CrossSite for what the page of another site sends with the cookie of a member who does not know.

    Old web views say nothing of where a request comes from; to them the cookie's `SameSite` applies.
    """
    refuse_foreign_page(request)


def set_member_cookie(response: Response, request: Request, community: Community, token: str) -> None:
    """Let the browser that gets this answer be known again, in this community."""
    _set_cookie(response, request, community, name=MEMBER_COOKIE, token=token, life=COOKIE_LIFE)


def clear_member_cookie(response: Response, request: Request, community: Community) -> None:
    """Let the browser that gets this answer be a stranger's again."""
    path, secure = community_path(community.slug), is_secure(request)
    for name in (MEMBER_COOKIE, AWAITED_COOKIE):  # The second has the same token, where they joined today.
        response.delete_cookie(name, path=path, httponly=True, samesite="lax", secure=secure)


async def _note_seen(request: Request, member: Member) -> None:
    parts = parts_of(request)
    now = parts.clock()
    if member.seen_at is not None and now - member.seen_at < SEEN_EVERY:
        return
    try:
        async with parts.database.write() as tx:
            await tx.members.touch(member.id, now=now)
    except Unavailable:
        pass  # When somebody was last here is not worth a refusal.


def _token_in(request: Request, name: str) -> str | None:
    token = request.cookies.get(name, "")
    return token if 0 < len(token) <= TOKEN_LENGTH_MAX else None


def _set_cookie(
    response: Response, request: Request, community: Community, *, name: str, token: str, life: timedelta
) -> None:
    response.set_cookie(
        name,
        token,
        max_age=int(life.total_seconds()),
        path=community_path(community.slug),
        httponly=True,
        samesite="lax",
        secure=is_secure(request),
    )
