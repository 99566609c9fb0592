"""Sign in at a provider of single sign-on: to it, and back from it. A browser goes this way, so failures are pages.

Who is signed in already goes the same way to connect their account with the provider.
"""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from liulian.accounts.oidc import OidcFailed, OidcProvider, Trip
from liulian.accounts.oidc_people import connect, person_of
from liulian.accounts.people import OneTime
from liulian.accounts.tokens import Purpose, TokenInvalid, issue, redeem
from liulian.base.errors import AppError, NotFound
from liulian.base.ids import UserId
from liulian.base.secrets import fingerprint
from liulian.web.api.describe import refusals
from liulian.web.auth import TOKEN_LENGTH_MAX, is_same_site, session_of, set_session_cookie
from liulian.web.parts import parts_of
from liulian.web.place import is_secure, place_of
from liulian.web.signing import OIDC_ID, desk_of, new_session
from liulian.web.throttle import OPTIONS, count_attempt

TRIP_COOKIE = "liulian_sso"
TRIP_PATH = "/api/v1/session/oidc"
TRIP_S = 600
HOME, SIGN_IN_PAGE = "/console/", "/console/sign-in"
RETURN_LENGTH_MAX = 300

router = APIRouter(prefix="/session/oidc", tags=["session"])

_GOES_ON = {302: {"description": "To the provider, or back to the console."}, **refusals(404, 422, 429, 503)}
Return = Annotated[str | None, Query(alias="return", description="Where to go afterwards: a path of the console.")]


@router.get("/{provider}", summary="Sign in at a provider", status_code=302, responses=_GOES_ON)
async def start(request: Request, provider: str, back: Return = None) -> Response:
    """Send the browser to the provider."""
    oidc, parts = _provider(request, provider), parts_of(request)
    back = back if back is not None and _is_console(back) else HOME
    try:
        await count_attempt(request, OPTIONS)
        async with parts.database.read() as tx:
            known = await session_of(request, tx) if is_same_site(request) else None
        url, trip = await oidc.start(redirect_uri=_callback(request), now=parts.clock())
        data = {"nonce": trip.nonce, "verifier": trip.verifier, "return": back}
        async with parts.database.write() as tx:
            user_id = known.user.id if known else None
            token = await issue(Purpose.OIDC, desk=desk_of(request, tx), user_id=user_id, data=data)
    except AppError as problem:
        return _failed(problem)
    # The token stays in this browser, its fingerprint goes to the provider and back: the two must meet again.
    answer = RedirectResponse(f"{url}&{urlencode({'state': _state(token)})}", status_code=302)
    answer.set_cookie(
        TRIP_COOKIE,
        token,
        max_age=TRIP_S,
        path=TRIP_PATH,
        httponly=True,
        samesite="lax",
        secure=is_secure(request),
    )
    return answer


@router.get("/{provider}/callback", summary="Come back from a provider", status_code=302, responses=_GOES_ON)
async def callback(
    request: Request, provider: str, code: str | None = None, state: str | None = None, iss: str | None = None
) -> Response:
    """Sign in whoever the provider says this is, and go on to the console."""
    oidc = _provider(request, provider)
    try:
        waiting = await _waiting(request, state)
        if not code or iss not in (None, oidc.issuer):
            raise OidcFailed
        answer = await _arrive(request, oidc, code=code, waiting=waiting)
    except AppError as problem:
        answer = _failed(problem)
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
            await connect(await _still_here(request, waiting.user_id), person, desk=desk)
            return RedirectResponse(waiting.data["return"], status_code=302)
        user = await person_of(person, domains=oidc.domains, desk=desk)
        _, token = await new_session(request, tx, user)
    answer = RedirectResponse(waiting.data["return"], status_code=302)
    set_session_cookie(answer, request, token)
    return answer


async def _still_here(request: Request, user_id: UserId) -> UserId:
    """Return who went to the provider, if it is they who come back. Raises TokenInvalid."""
    async with parts_of(request).database.read() as tx:
        known = await session_of(request, tx)
    if known is None or known.user.id != user_id:
        raise TokenInvalid
    return user_id


def _provider(request: Request, name: str) -> OidcProvider:
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


def _failed(problem: AppError) -> Response:
    return RedirectResponse(f"{SIGN_IN_PAGE}?{urlencode({'problem': problem.code})}", status_code=302)
