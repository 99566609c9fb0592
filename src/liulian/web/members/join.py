"""Join by one tap: the form on a community's first page, the same form on a page of its own, and what it posts to.

The channel that brought somebody is remembered from the address (`?ch=`) until they join. A form carries a token that
the browser will be known by, so that two taps are one join. Leaving is on `/me`; ways to come in from elsewhere are in
`oauth.py` and `codes.py`.
"""

from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlencode

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from liulian.base.errors import AppError, Conflict, InvalidRequest
from liulian.base.ids import decode_id, encode_id
from liulian.base.secrets import fingerprint, random_token
from liulian.community.acts import NO_SOURCE, Source
from liulian.community.channels import community_path
from liulian.community.joining import NICKNAME_LENGTH_MAX, Desk, Joined, JoinWish, join
from liulian.community.model import Community, CommunityState, MemberState
from liulian.storage.database import Transaction
from liulian.visitors.recognise import recognise
from liulian.web.auth import is_same_site
from liulian.web.errors import problem_of
from liulian.web.members.asking import (
    actor_in,
    awaited_token,
    community_in,
    community_of,
    known_member,
    refuse_foreign,
    set_awaited_cookie,
    set_member_cookie,
    token_of,
)
from liulian.web.members.layout import HEADERS, member_language, member_page, member_router
from liulian.web.members.ways import Way, ways_in
from liulian.web.pages.fields import fields_of
from liulian.web.parts import parts_of
from liulian.web.place import is_secure
from liulian.web.strangers import caller_of

CHANNEL_FIELD, CHANNEL_COOKIE = "ch", "liulian_ch"
CHANNEL_KEPT_S = 30 * 24 * 3600
JOIN = "member_join"  # In the database's counts.
JOINS_PER_HOUR = 300  # A hall full of people behind one address joins within minutes; a script wants thousands.

router = member_router()


class TooManyJoins(AppError):
    """As many joined from one address as an hour may have."""

    status, code = 429, "too_many_joins"


class NoCookies(Conflict):
    """A browser that keeps no cookies joins: nobody would know it on the next page."""

    code = "browser_without_cookies"


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinForm:
    """What `member/_join.html` shows. `device`: what the browser will be known by. `errors`: sentence by field."""

    device: str
    channel: str
    action: str
    for_children: bool
    is_open: bool
    ways: tuple[Way, ...]
    typed: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    problem: str = ""
    was_here: bool = False
    nickname_length_max: int = NICKNAME_LENGTH_MAX


async def join_form(request: Request, tx: Transaction, community: Community, **tried: object) -> JoinForm:
    """Return the form by which a stranger, or somebody who left, joins a community."""
    known = await known_member(request, tx, community)
    channel = channel_asked(request)
    query = f"?{urlencode({CHANNEL_FIELD: channel})}" if channel else ""
    return JoinForm(
        device=awaited_token(request) or random_token(),
        channel=channel,
        action=f"/c/{community.slug}/join{query}",
        for_children=community.settings.for_children,
        is_open=community.state is CommunityState.OPEN,
        ways=await ways_in(request, tx, community),
        was_here=known is not None and known.state is MemberState.LEFT,
        **tried,  # type: ignore[arg-type] # Fields of the form, as `_refused` names them.
    )


@router.api_route("/join", methods=["GET", "HEAD"])
async def page(request: Request, slug: str) -> Response:
    """Answer the form on a page of its own; a member is led home."""
    async with parts_of(request).database.read() as tx:
        if await actor_in(request, tx, slug) is not None:
            return led_home(slug)
        community = await community_in(request, tx, slug)
        form = await join_form(request, tx, community)
    answer = member_page(request, "member/join.html", community, join=form)
    remember_browser(answer, request, community, form)
    return answer


@router.post("/join")
async def post(request: Request, slug: str) -> Response:
    """Make this browser a member and lead it home; where something is wrong, answer the form that says what."""
    refuse_foreign(request)
    fields = await fields_of(request)
    community = await community_of(request, slug)
    known, typed = token_of(request) or awaited_token(request), _token_in(request, fields)
    if known is None and typed is not None:  # The page of this form gave a cookie, and it did not come back.
        return await _refused(request, community, fields, NoCookies())
    token = known or random_token()
    try:
        async with parts_of(request).database.write() as tx:
            await claim_join(request, tx)
            await _join(request, tx, community, fields, token=token)
    except AppError as error:
        return await _refused(request, community, fields, error)
    answer = led_home(slug)
    set_member_cookie(answer, request, community, token)
    return answer


async def _join(
    request: Request, tx: Transaction, community: Community, fields: dict[str, str], *, token: str
) -> Joined:
    wish = await wish_in(request, tx, community, fields)
    joined = await join(
        community, wish, device=fingerprint(token), label=browser_name(request), desk=desk_of(request, tx)
    )
    if not joined.is_new:
        await give_back_join(request, tx)
    return joined


async def wish_in(request: Request, tx: Transaction, community: Community, fields: dict[str, str]) -> JoinWish:
    """Return what somebody says when they join, and what brought them."""
    return JoinWish(
        nickname=fields.get("nickname", ""),
        zone=fields.get("zone", ""),
        language=member_language(request, community),
        source=await source_in(request, tx, community, fields),
        ward=fields.get("ward", ""),
        is_guardian=fields.get("guardian", "") == "1",
    )


async def source_in(request: Request, tx: Transaction, community: Community, fields: dict[str, str]) -> Source:
    """Return the channel that brought somebody, none where it is not one of this community."""
    number = decode_id(fields.get(CHANNEL_FIELD, "") or channel_asked(request))
    channel = None if number is None else await tx.communities.channels.find(number, community_id=community.id)
    return NO_SOURCE if channel is None else Source(link_id=channel.link_id, channel_id=channel.id)


def channel_asked(request: Request) -> str:
    """Return the channel in the address, else the one remembered; empty for none, and for what is no id."""
    for written in (request.query_params.get(CHANNEL_FIELD, ""), request.cookies.get(CHANNEL_COOKIE, "")):
        number = decode_id(written)
        if number is not None:
            return encode_id(number)
    return ""


def remember_browser(answer: Response, request: Request, community: Community, form: JoinForm) -> None:
    """Let a stranger's browser keep the token in its form, and the channel that brought it."""
    remember_channel(answer, request, community)
    if token_of(request) is None:
        set_awaited_cookie(answer, request, community, form.device)


def remember_channel(answer: Response, request: Request, community: Community) -> None:
    """Let the browser remember the channel in the address until its person joins."""
    if decode_id(request.query_params.get(CHANNEL_FIELD, "")) is None:
        return
    answer.set_cookie(
        CHANNEL_COOKIE,
        channel_asked(request),
        max_age=CHANNEL_KEPT_S,
        path=community_path(community.slug),
        httponly=True,
        samesite="lax",
        secure=is_secure(request),
    )


def desk_of(request: Request, tx: Transaction) -> Desk:
    """Return what it takes to work on members in a transaction."""
    parts = parts_of(request)
    return Desk(tx=tx, ids=parts.ids, now=parts.clock())


def browser_name(request: Request) -> str:
    """Return what a browser is called in the list of a member's browsers: its app and system."""
    visitor = recognise(request.headers.get("user-agent", "").encode("latin-1", "replace"))
    return f"{visitor.container} · {visitor.system}"


def led_home(slug: str) -> Response:
    """Return what leads a browser to the first page of a community."""
    return RedirectResponse(f"/c/{slug}", HTTPStatus.SEE_OTHER, headers=HEADERS)


async def claim_join(request: Request, tx: Transaction) -> None:
    """Count one join; it is undone with the transaction. Raises TooManyJoins."""
    now = parts_of(request).clock()
    claim = await tx.limits.claim(JOIN, caller_of(request), wished=1, per_hour=JOINS_PER_HOUR, now=now)
    if not claim.granted:
        raise TooManyJoins(retry_after_s=claim.retry_after_s, minutes=-(-claim.retry_after_s // 60))


async def give_back_join(request: Request, tx: Transaction) -> None:
    """Take the count back of a join that was none: its browser was a member's already."""
    await tx.limits.give_back(JOIN, caller_of(request), number=1, now=parts_of(request).clock())


def _token_in(request: Request, fields: dict[str, str]) -> str | None:
    """Return the token in the form; believed only where the browser says that the form is ours."""
    token = fields.get("device", "")
    return token if len(token) == len(random_token()) and is_same_site(request) else None


async def _refused(request: Request, community: Community, fields: dict[str, str], error: AppError) -> Response:
    """Answer the form again, with what was typed and what is wrong with it."""
    problem = problem_of(error, member_language(request, community))
    by_field = {each["field"]: each["message"] for each in problem["errors"]}
    async with parts_of(request).database.read() as tx:
        form = await join_form(
            request,
            tx,
            community,
            typed=fields,
            errors=by_field,
            problem="" if isinstance(error, InvalidRequest) else problem["detail"],
        )
    answer = member_page(request, "member/join.html", community, status=error.status, join=form)
    remember_browser(answer, request, community, form)
    if error.retry_after_s is not None:
        answer.headers["Retry-After"] = str(error.retry_after_s)
    return answer
