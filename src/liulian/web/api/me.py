"""Oneself: name, language, address, password, and the browsers one is signed in with."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from liulian.accounts.oidc_people import disconnect
from liulian.accounts.profile import (
    ProfileChange,
    change_password,
    change_profile,
    check_new_password,
    check_profile,
    confirm_password,
)
from liulian.accounts.sessions import end_other_sessions, end_session, list_sessions
from liulian.base.errors import NotFound
from liulian.base.ids import SessionId, encode_id
from liulian.web.api.account_schemas import PasswordWish, ProfileWish
from liulian.web.api.describe import PERSONAL, answers, refusals, takes
from liulian.web.api.shown_people import shown_session, shown_user
from liulian.web.api.sso import ACCOUNT_PAGE, begin, keep_trip, provider_of
from liulian.web.api.wishes import AnyId, id_in_path, json_answer, read_shape
from liulian.web.auth import SignedIn
from liulian.web.parts import parts_of
from liulian.web.signing import desk_of
from liulian.web.throttle import CONFIRM, count_attempt, forgive_attempt

router = APIRouter(prefix="/me", tags=["me"])


@router.get("", summary="Show oneself", responses=answers(200, "User"), openapi_extra=PERSONAL)
async def show(request: Request, known: SignedIn) -> Response:
    """Show who one is, and how one can sign in."""
    async with parts_of(request).database.read() as tx:
        return json_answer(await shown_user(known.user, tx))


@router.patch(
    "",
    summary="Change oneself",
    responses=answers(200, "User") | refusals(403, 429),
    openapi_extra=takes("ProfileWish") | PERSONAL,
)
async def change(request: Request, known: SignedIn) -> Response:
    """Change name, language or address. Another address needs the password."""
    wish = await read_shape(request, ProfileWish)
    change = check_profile(
        ProfileChange(
            name=wish.name,
            email=wish.email,
            language=wish.language,
            sets_language="language" in wish.model_fields_set,
        )
    )
    if change.email is not None and change.email != known.user.email:
        await _confirm(request, known, wish.password)
    async with parts_of(request).database.write() as tx:
        user = await change_profile(known, change, desk=desk_of(request, tx))
        return json_answer(await shown_user(user, tx))


@router.post(
    "/password",
    summary="Change one's password",
    status_code=204,
    responses=answers(204) | refusals(403, 429),
    openapi_extra=takes("PasswordWish") | PERSONAL,
)
async def password(request: Request, known: SignedIn) -> Response:
    """Change the password. Every other browser is signed out."""
    wish = await read_shape(request, PasswordWish)
    new = check_new_password(wish.new, email=known.user.email, field="new")
    await _confirm(request, known, wish.current)
    parts = parts_of(request)
    password_hash = await parts.passwords.hash(new)
    async with parts.database.write() as tx:
        await change_password(known, password_hash, desk=desk_of(request, tx))
    return Response(status_code=204)


@router.get("/sessions", summary="List one's sessions", responses=answers(200, "SessionList"), openapi_extra=PERSONAL)
async def sessions(request: Request, known: SignedIn) -> Response:
    """List the browsers one is signed in with, the one used last first."""
    parts = parts_of(request)
    async with parts.database.read() as tx:
        found = await list_sessions(known, store=tx.sessions, now=parts.clock())
    return json_answer({"sessions": [shown_session(each, known=known) for each in found]})


@router.delete(
    "/sessions",
    summary="End all other sessions",
    status_code=204,
    responses=answers(204) | refusals(403),
    openapi_extra=PERSONAL,
)
async def end_others(request: Request, known: SignedIn) -> Response:
    """Sign every other browser out."""
    async with parts_of(request).database.write() as tx:
        await end_other_sessions(known, store=tx.sessions)
    return Response(status_code=204)


@router.delete(
    "/sessions/{id}",
    summary="End a session",
    status_code=204,
    responses=answers(204) | refusals(403),
    openapi_extra=PERSONAL,
)
async def end(request: Request, known: SignedIn, session_id: AnyId) -> Response:
    """Sign one browser out, at once."""
    async with parts_of(request).database.write() as tx:
        await end_session(known, SessionId(id_in_path(session_id)), store=tx.sessions)
    return Response(status_code=204)


@router.post(
    "/identities/{provider}",
    summary="Begin to connect a provider",
    responses=answers(200, "OidcTrip") | refusals(403, 429),
    openapi_extra=PERSONAL,
)
async def connect_provider(request: Request, known: SignedIn, provider: str) -> Response:
    """Answer where to send the browser, so that one can sign in at a provider from now on. It comes back by itself."""
    oidc = provider_of(request, provider)
    url, token = await begin(request, oidc, back=ACCOUNT_PAGE, known=known)
    answer = json_answer({"url": url})
    keep_trip(answer, request, token)
    return answer


@router.delete(
    "/identities/{provider}",
    summary="Forget a provider",
    status_code=204,
    responses=answers(204) | refusals(403),
    openapi_extra=PERSONAL,
)
async def forget_provider(request: Request, known: SignedIn, provider: str) -> Response:
    """No longer sign in at a provider."""
    oidc = provider_of(request, provider)
    async with parts_of(request).database.write() as tx:
        if not await disconnect(known, oidc.issuer, desk=desk_of(request, tx)):
            raise NotFound
    return Response(status_code=204)


async def _confirm(request: Request, known: SignedIn, password: str | None) -> None:
    """Ask for the password, as seldom as at signing in: whoever found an open browser must not guess it here."""
    parts = parts_of(request)
    await count_attempt(request, CONFIRM, account=encode_id(known.session.id))
    await confirm_password(known, password, passwords=parts.passwords, now=parts.clock())
    async with parts.database.write() as tx:
        await forgive_attempt(request, tx, CONFIRM, account=encode_id(known.session.id))
