"""Who is here; sign in by password or passkey; sign out."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from liulian.accounts.passkeys import offer_sign_in, person_of_passkey
from liulian.accounts.people import User
from liulian.accounts.sign_in import SignInFailed, TotpRequired, pass_second_factor, right_person
from liulian.base.errors import Forbidden
from liulian.storage.database import Transaction
from liulian.web.api.account_schemas import PasskeySignIn, SignInWish
from liulian.web.api.describe import answers, refusals, takes
from liulian.web.api.wishes import json_answer, read_shape
from liulian.web.auth import SESSION_COOKIE, clear_session_cookie, refuse_cross_site, session_of
from liulian.web.parts import parts_of
from liulian.web.signing import desk_of, refuse_foreign_page, relying_of, sign_in, state_of
from liulian.web.throttle import OPTIONS, SIGN_IN, count_attempt, forgive_attempt


class PasskeyOfAnother(Forbidden):
    """What one person began is not finished by another: a device may hold passkeys of several."""

    code = "passkey_of_another"


router = APIRouter(prefix="/session", tags=["session"])


@router.get("", summary="Tell who is here", responses=answers(200, "SessionState"))
async def show(request: Request) -> Response:
    """Tell who is signed in, where they belong, and how one can sign in. A cookie that has ended is taken back."""
    async with parts_of(request).database.read() as tx:
        known = await session_of(request, tx)
        answer = json_answer(await state_of(request, tx, known))
    if known is None and SESSION_COOKIE in request.cookies:
        clear_session_cookie(answer, request)
    return answer


@router.post(
    "",
    summary="Sign in by password",
    responses=answers(200, "SessionState") | refusals(403, 429),
    openapi_extra=takes("SignInWish"),
)
async def create(request: Request) -> Response:
    """Sign in. 401 `totp_required`: the password is right, send it again with a code."""
    refuse_foreign_page(request)
    wish = await read_shape(request, SignInWish)
    await count_attempt(request, SIGN_IN, account=wish.email)
    user = await _right_person(request, wish)
    if user.has_totp and not wish.totp:
        async with parts_of(request).database.write() as tx:
            await forgive_attempt(request, tx, SIGN_IN, account=wish.email)
        raise TotpRequired
    return await _let_in(request, user, wish)


@router.delete("", summary="Sign out", status_code=204, responses=answers(204) | refusals(403))
async def delete(request: Request) -> Response:
    """End this browser's session. Without one there is nothing to do."""
    answer = Response(status_code=204)
    if SESSION_COOKIE in request.cookies:
        refuse_cross_site(request)
        async with parts_of(request).database.write() as tx:
            known = await session_of(request, tx)
            if known is not None:
                await tx.sessions.end(known.session.id, user_id=known.user.id)
        clear_session_cookie(answer, request)
    return answer


@router.post(
    "/passkey/options",
    summary="Begin to sign in by passkey",
    responses=answers(200, "PasskeyOptions") | refusals(403, 409, 429),
)
async def passkey_options(request: Request) -> Response:
    """Answer a token and what `navigator.credentials.get` needs. No address is asked for: the device knows whose."""
    refuse_foreign_page(request)
    relying = relying_of(request)
    await count_attempt(request, OPTIONS)
    async with parts_of(request).database.write() as tx:
        token, options = await offer_sign_in(relying=relying, desk=desk_of(request, tx))
    return json_answer({"token": token, "options": options})


@router.post(
    "/passkey",
    summary="Sign in by passkey",
    responses=answers(200, "SessionState") | refusals(403, 410, 429),
    openapi_extra=takes("PasskeySignIn"),
)
async def passkey(request: Request) -> Response:
    """Sign in by what the device answered. It counts as two factors.

    403 `passkey_of_another`: `again` was asked for, and the passkey belongs to somebody else.
    """
    refuse_foreign_page(request)
    wish = await read_shape(request, PasskeySignIn)
    relying = relying_of(request)
    await count_attempt(request, SIGN_IN)
    async with parts_of(request).database.write() as tx:
        user = await person_of_passkey(wish.token, wish.credential, relying=relying, desk=desk_of(request, tx))
        if wish.again and not await _is_here(request, tx, user):
            raise PasskeyOfAnother
        await forgive_attempt(request, tx, SIGN_IN)
        await forgive_attempt(request, tx, OPTIONS)
        return await sign_in(request, tx, user)


async def _is_here(request: Request, tx: Transaction, user: User) -> bool:
    """Tell whether this browser's session is the person's."""
    known = await session_of(request, tx)
    return known is not None and known.user.id == user.id


async def _right_person(request: Request, wish: SignInWish) -> User:
    """Return whose password it is. Hashing takes its time outside of any transaction."""
    parts = parts_of(request)
    async with parts.database.read() as tx:
        found = await tx.users.find_by_email(wish.email)
    return await right_person(found, wish.password, passwords=parts.passwords)


async def _let_in(request: Request, user: User, wish: SignInWish) -> Response:
    parts = parts_of(request)
    outdated = user.password_hash is not None and parts.passwords.is_outdated(user.password_hash)
    fresh_hash = await parts.passwords.hash(wish.password) if outdated else None
    async with parts.database.write() as tx:
        present = await tx.users.find(user.id, for_update=True)
        if present is None or present.disabled_at is not None or present.password_hash != user.password_hash:
            raise SignInFailed
        if present.has_totp:
            await pass_second_factor(present, wish.totp or "", vault=parts.site.vault, desk=desk_of(request, tx))
        if fresh_hash is not None:
            await tx.users.update(user.id, password_hash=fresh_hash)
        await forgive_attempt(request, tx, SIGN_IN, account=wish.email)
        return await sign_in(request, tx, present)
