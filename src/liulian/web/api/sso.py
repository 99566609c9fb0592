"""Sign in at a provider of single sign-on: to it, and back from it. A browser goes this way, so failures are pages.

Who is signed in already connects their account with the provider: they set out by `me.py`, and come back here.
"""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from liulian.accounts.oidc import OidcFailed, OidcProvider, Trip
from liulian.accounts.oidc_people import connect, person_of, set_out
from liulian.accounts.people import OneTime, SignedInUser
from liulian.accounts.tokens import Purpose, TokenInvalid, redeem
from liulian.base.errors import AppError, NotFound
from liulian.base.ids import UserId
from liulian.base.secrets import fingerprint
from liulian.storage.database import Transaction
from liulian.web.api.describe import refusals
from liulian.web.auth import TOKEN_LENGTH_MAX, session_of, set_session_cookie
from liulian.web.parts import parts_of
from liulian.web.place import is_secure, place_of
from liulian.web.signing import OIDC_ID, desk_of, new_session
from liulian.web.throttle import OPTIONS, count_attempt

TRIP_COOKIE = "liulian_sso"
TRIP_PATH = "/api/v1/session/oidc"
TRIP_S = 600
HOME, SIGN_IN_PAGE, ACCOUNT_PAGE = "/console/", "/console/sign-in", "/console/account"
RETURN_LENGTH_MAX = 300

router = APIRouter(prefix="/session/oidc", tags=["session"])

_GOES_ON = {302: {"description": "To the provider, or back to the console."}, **refusals(404, 422, 429, 503)}
Return = Annotated[str | None, Query(alias="return", description="Where to go afterwards: a path of the console.")]


@router.get("/{provider}", summary="Sign in at a provider", status_code=302, responses=_GOES_ON)
async def start(request: Request, provider: str, back: Return = None) -> Response:
    """Send the browser to the provider. Who comes back is signed in anew, also where somebody was signed in before."""
    oidc = provider_of(request, provider)
    try:
        url, token = await begin(request, oidc, back=back if back is not None and _is_console(back) else HOME)
    except AppError as problem:
        return _failed(problem, page=SIGN_IN_PAGE)
    answer = RedirectResponse(url, status_code=302)
    keep_trip(answer, request, token)
    return answer


async def begin(
    request: Request, oidc: OidcProvider, *, back: str, known: SignedInUser | None = None
) -> tuple[str, str]:
    """Return where to send the browser, and the token it keeps meanwhile. `known`: whose account is to be connected."""
    parts = parts_of(request)
    await count_attempt(request, OPTIONS)
    url, trip = await oidc.start(redirect_uri=_callback(request), now=parts.clock())
    async with parts.database.write() as tx:
        token = await set_out(known, trip, back=back, desk=desk_of(request, tx))
    # The token stays in this browser, its fingerprint goes to the provider and back: the two must meet again.
    return f"{url}&{urlencode({'state': _state(token)})}", token


def keep_trip(answer: Response, request: Request, token: str) -> None:
    """Have the browser keep a trip's token until it is back."""
    answer.set_cookie(
        TRIP_COOKIE,
        token,
        max_age=TRIP_S,
        path=TRIP_PATH,
        httponly=True,
        samesite="lax",
        secure=is_secure(request),
    )


@router.get("/{provider}/callback", summary="Come back from a provider", status_code=302, responses=_GOES_ON)
async def callback(
    request: Request, provider: str, code: str | None = None, state: str | None = None, iss: str | None = None
) -> Response:
    """Sign in whoever the provider says this is, or connect the account, and go on to the console."""
    oidc, page = provider_of(request, provider), SIGN_IN_PAGE
    try:
        waiting = await _waiting(request, state)
        page = SIGN_IN_PAGE if waiting.user_id is None else ACCOUNT_PAGE
        if not code or iss not in (None, oidc.issuer):
            raise OidcFailed
        answer = await _arrive(request, oidc, code=code, waiting=waiting)
    except AppError as problem:
        answer = _failed(problem, page=page)
    answer.delete_cookie(TRIP_COOKIE, path=TRIP_PATH, httponly=True, samesite="lax")
    return answer


async def _waiting(request: Request, state: str | None) -> OneTime:
    """Return what waited here for this browser. Raises TokenInvalid when it is not the one that went away."""
    token = request.cookies.get(TRIP_COOKIE, "")
    if not 0 < len(token) <= TOKEN_LENGTH_MAX or state != _state(token):
        raise TokenInvalid
    async with parts_of(request).database.write() as tx:
        return await redeem(token, Purpose.OIDC, desk=desk_of(request, tx))


async def _arrive(request: Request, oidc: OidcProvider, *, code: str, waiting: OneTime) -> Response:
    parts = parts_of(request)
    trip = Trip(nonce=waiting.data["nonce"], verifier=waiting.data["verifier"])
    person = await oidc.finish(code=code, redirect_uri=_callback(request), trip=trip, now=parts.clock())
    async with parts.database.write() as tx:
        desk = desk_of(request, tx)
        if waiting.user_id is not None:
            await connect(await _still_here(request, tx, waiting.user_id), person, desk=desk)
            return RedirectResponse(waiting.data["return"], status_code=302)
        user = await person_of(person, domains=oidc.domains, desk=desk)
        _, token = await new_session(request, tx, user)
    answer = RedirectResponse(waiting.data["return"], status_code=302)
    set_session_cookie(answer, request, token)
    return answer


async def _still_here(request: Request, tx: Transaction, user_id: UserId) -> SignedInUser:
    """Return who went to the provider, if it is they who come back. Raises TokenInvalid."""
    known = await session_of(request, tx)
    if known is None or known.user.id != user_id:
        raise TokenInvalid
    return known


def provider_of(request: Request, name: str) -> OidcProvider:
    """Return the provider of that name. Raises NotFound."""
    oidc = parts_of(request).oidc
    if oidc is None or name != OIDC_ID:
        raise NotFound
    return oidc


def _callback(request: Request) -> str:
    return f"{place_of(request).origin}{TRIP_PATH}/{OIDC_ID}/callback"


def _state(token: str) -> str:
    return fingerprint("state:" + token).hex()


def _is_console(path: str) -> bool:
    """Tell whether a path leads to the console and nowhere else."""
    if len(path) > RETURN_LENGTH_MAX or not path.isascii() or not path.isprintable():
        return False
    return (path == "/console" or path.startswith("/console/")) and "\\" not in path and "//" not in path


def _failed(problem: AppError, *, page: str) -> Response:
    return RedirectResponse(f"{page}?{urlencode({'problem': problem.code})}", status_code=302)
