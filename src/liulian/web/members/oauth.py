"""Come in by an account elsewhere: WeChat, WeCom, a provider of single sign-on. Away by a form, back by a code.

What somebody said when they left (nickname, channel, a guardian's consent) waits here under a token that works once
and stays in their browser; the provider is given a keyed hash of it as `state`. Nobody who is not that browser comes
back, and nobody comes back twice. Whatever goes wrong there is told on a page, and nothing has been joined.
"""

import hmac
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

import msgspec
from fastapi import Request
from starlette.responses import Response

from liulian.accounts.oidc import Trip
from liulian.base.errors import AppError, NotFound
from liulian.base.secrets import fingerprint, random_token
from liulian.channels.tencent import NotTheirs
from liulian.community.channels import community_path, community_url
from liulian.community.connectors import Connector, ConnectorKind
from liulian.community.identities import Proof
from liulian.community.joining import JoinWish
from liulian.community.model import Community
from liulian.community.people import IdentityKind
from liulian.storage.database import Transaction
from liulian.web.auth import TOKEN_LENGTH_MAX
from liulian.web.members.arriving import arrive
from liulian.web.members.asking import community_in, refuse_foreign
from liulian.web.members.join import wish_in
from liulian.web.members.layout import member_page, member_router
from liulian.web.pages.fields import fields_of
from liulian.web.parts import parts_of
from liulian.web.place import is_secure, place_of
from liulian.web.throttle import Kind, count_attempt

TRIP_COOKIE = "liulian_trip"
TRIP_LIFE = timedelta(minutes=10)
PURPOSE = "member_oauth"
CODE_LENGTH_MAX = 2_000
START = Kind(name="member_oauth", per_address=600)  # A hall full of people behind one address.

router = member_router()


class TripOver(AppError):
    """Somebody comes back who did not leave from this browser, came back before, or stayed away too long."""

    status, code = 410, "trip_over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """What waits here: what somebody wished, and what a provider's answer is held against."""

    wish: JoinWish
    nonce: str = ""
    verifier: str = ""


@router.post("/oauth/{kind}")
async def start(request: Request, slug: str, kind: str) -> Response:
    """Send a browser to where its account is."""
    refuse_foreign(request)
    await count_attempt(request, START)
    fields = await fields_of(request)
    async with parts_of(request).database.read() as tx:
        community = await community_in(request, tx, slug)
        connector = await connector_of(tx, community, kind)
        wish = await wish_in(request, tx, community, fields)
    token = random_token()
    try:
        url, trip = await _way_there(request, community, connector, token=token)
    except AppError as error:
        return failure(request, community, connector, error)
    await _wait(request, community, connector, Away(wish=wish, nonce=trip.nonce, verifier=trip.verifier), token=token)
    # No redirect: a form of ours may lead nowhere else (`form-action`), and browsers hold its redirects to that too.
    answer = member_page(request, "member/going.html", community, url=url)
    answer.headers["Refresh"] = f"0; url={url}"
    answer.set_cookie(
        TRIP_COOKIE,
        token,
        max_age=int(TRIP_LIFE.total_seconds()),
        path=f"{community_path(community.slug)}/oauth",
        httponly=True,
        samesite="lax",
        secure=is_secure(request),
    )
    return answer


@router.get("/oauth/{kind}/callback")
async def callback(request: Request, slug: str, kind: str, code: str = "", state: str = "") -> Response:
    """Take somebody in who comes back, or say on a page why not."""
    async with parts_of(request).database.read() as tx:
        community = await community_in(request, tx, slug)
        connector = await connector_of(tx, community, kind)
    try:
        trip = await _back(request, community, connector, state=state)
        if not 0 < len(code) <= CODE_LENGTH_MAX:
            raise NotTheirs  # They said no, or their app did.
        proof = await _proof(request, community, connector, trip, code=code)
        answer = await arrive(request, community, proof, trip.wish)
    except AppError as error:
        answer = failure(request, community, connector, error)
    answer.delete_cookie(TRIP_COOKIE, path=f"{community_path(community.slug)}/oauth", httponly=True, samesite="lax")
    return answer


async def connector_of(tx: Transaction, community: Community, kind: str) -> Connector:
    """Return a connector that is on. Raises NotFound."""
    try:
        connector = await tx.connectors.find(community.id, ConnectorKind(kind))
    except ValueError:
        raise NotFound from None
    if connector is None or not connector.is_on:
        raise NotFound
    return connector


def failure(request: Request, community: Community, connector: Connector, error: AppError) -> Response:
    """Return the page that says what went wrong elsewhere, and what to do now."""
    page = member_page(
        request, "member/elsewhere.html", community, status=error.status, error=error, kind=connector.kind.value
    )
    if error.retry_after_s is not None:
        page.headers["Retry-After"] = str(error.retry_after_s)
    return page


async def _way_there(request: Request, community: Community, connector: Connector, *, token: str) -> tuple[str, Trip]:
    parts = parts_of(request)
    state, back = _state(request, community, connector, token), _callback(request, community, connector)
    vault, none = parts.site.vault, Trip(nonce="", verifier="")
    match connector.kind:
        case ConnectorKind.WECHAT:
            return parts.elsewhere.wechat(connector, vault=vault).start_url(redirect_uri=back, state=state), none
        case ConnectorKind.WECOM:
            return parts.elsewhere.wecom(connector, vault=vault).start_url(redirect_uri=back, state=state), none
        case ConnectorKind.OIDC:
            provider = parts.elsewhere.oidc(connector, vault=vault)
            url, trip = await provider.start(redirect_uri=back, now=parts.clock())
            return f"{url}&{urlencode({'state': state})}", trip


async def _proof(request: Request, community: Community, connector: Connector, trip: Away, *, code: str) -> Proof:
    """Return who came back. Raises ElsewhereFailed or OidcFailed."""
    parts = parts_of(request)
    match connector.kind:
        case ConnectorKind.WECHAT:
            return await _wechat_proof(request, connector, code=code)
        case ConnectorKind.WECOM:
            app = parts.elsewhere.wecom(connector, vault=parts.site.vault)
            staff = await app.finish(code, now=parts.clock())
            name = f"{app.corp_id}\0{staff.name}"
            return Proof(kind=IdentityKind.WECOM, value=name, label="", sealed=_seal(request, connector, staff.name))
        case ConnectorKind.OIDC:
            provider = parts.elsewhere.oidc(connector, vault=parts.site.vault)
            away = Trip(nonce=trip.nonce, verifier=trip.verifier)
            back = _callback(request, community, connector)
            person = await provider.finish(code=code, redirect_uri=back, trip=away, now=parts.clock())
            return Proof(
                kind=IdentityKind.OIDC,
                value=f"{person.issuer}\0{person.subject}",
                label=provider.name,
                sealed=_seal(request, connector, person.subject),
            )


async def _wechat_proof(request: Request, connector: Connector, *, code: str) -> Proof:
    parts = parts_of(request)
    account = parts.elsewhere.wechat(connector, vault=parts.site.vault)
    person = await account.finish(code)
    union = () if person.union_id is None else ((IdentityKind.WECHAT_UNION, person.union_id),)
    return Proof(
        kind=IdentityKind.WECHAT,
        value=f"{account.app_id}\0{person.open_id}",
        label=person.nickname[:40],
        sealed=_seal(request, connector, person.open_id),
        nickname=person.nickname,
        also=union,
    )


async def _wait(request: Request, community: Community, connector: Connector, trip: Away, *, token: str) -> None:
    parts = parts_of(request)
    data = {
        "community": str(community.id),
        "kind": connector.kind.value,
        "trip": msgspec.json.encode(trip).decode(),
    }
    async with parts.database.write() as tx:
        await tx.one_time.add(fingerprint(token), purpose=PURPOSE, expires_at=parts.clock() + TRIP_LIFE, data=data)


async def _back(request: Request, community: Community, connector: Connector, *, state: str) -> Away:
    """Return what waited for this browser. Raises TripOver."""
    token = request.cookies.get(TRIP_COOKIE, "")
    parts = parts_of(request)
    expected = _state(request, community, connector, token)
    if not 0 < len(token) <= TOKEN_LENGTH_MAX or not hmac.compare_digest(expected.encode(), state.encode()):
        raise TripOver
    async with parts.database.write() as tx:
        found = await tx.one_time.use(fingerprint(token), purpose=PURPOSE, now=parts.clock())
    if found is None or (found.data["community"], found.data["kind"]) != (str(community.id), connector.kind.value):
        raise TripOver
    return msgspec.json.decode(found.data["trip"], type=Away)


def _state(request: Request, community: Community, connector: Connector, token: str) -> str:
    """Return the `state` of a trip: 64 characters, as WeChat allows letters and digits alone."""
    signed = f"trip\0{community.id}\0{connector.kind.value}\0{token}".encode("utf-8", "replace")
    return hmac.digest(parts_of(request).site.member_key, signed, "sha256").hex()


def _callback(request: Request, community: Community, connector: Connector) -> str:
    return f"{community_url(place_of(request).origin, community.slug)}/oauth/{connector.kind.value}/callback"


def _seal(request: Request, connector: Connector, plain: str) -> bytes:
    """Return an open id as it is kept, for sending reminders one day."""
    about = f"member:{connector.community_id}:{connector.kind.value}"
    return parts_of(request).site.vault.seal(plain.encode(), about=about)
