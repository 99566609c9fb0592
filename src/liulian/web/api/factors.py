"""One's second factor and passkeys."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from liulian.accounts.checks import checked_name
from liulian.accounts.passkeys import add_passkey, offer_passkey, remove_passkey, rename_passkey
from liulian.accounts.profile import PasswordWrong
from liulian.accounts.second_factor import confirm_code, confirm_totp, offer_totp, remove_totp
from liulian.accounts.totp import uri_of
from liulian.base.i18n import text
from liulian.base.ids import PasskeyId, encode_id
from liulian.qr.encode import qr_svg
from liulian.web.api.account_schemas import CodeWish, NameChange, NewPasskeyWish, TotpRemoval
from liulian.web.api.describe import PERSONAL, answers, refusals, takes
from liulian.web.api.shown_people import shown_passkey
from liulian.web.api.wishes import AnyId, id_in_path, json_answer, read_shape
from liulian.web.auth import SignedIn
from liulian.web.errors import language_of
from liulian.web.parts import parts_of
from liulian.web.place import place_of
from liulian.web.signing import desk_of, relying_of
from liulian.web.throttle import CONFIRM, count_attempt, forgive_attempt

router = APIRouter(prefix="/me", tags=["me"])


@router.post(
    "/totp",
    summary="Begin two-step sign-in",
    responses=answers(200, "TotpOffer") | refusals(403, 409),
    openapi_extra=PERSONAL,
)
async def totp(request: Request, known: SignedIn) -> Response:
    """Answer a new secret for an authenticator app. It counts once a code was confirmed."""
    parts = parts_of(request)
    async with parts.database.write() as tx:
        secret = await offer_totp(known, vault=parts.site.vault, desk=desk_of(request, tx))
    issuer = f"{text(language_of(request), 'pages.name')} {place_of(request).domain}"
    uri = uri_of(secret, email=known.user.email, issuer=issuer)
    return json_answer({"secret": secret, "uri": uri, "qr_svg": qr_svg(uri).decode()})


@router.post(
    "/totp/confirm",
    summary="Turn two-step sign-in on",
    responses=answers(200, "RecoveryCodes") | refusals(403, 429),
    openapi_extra=takes("CodeWish") | PERSONAL,
)
async def totp_confirm(request: Request, known: SignedIn) -> Response:
    """Ask for codes from now on. The recovery codes are shown only in this answer; other browsers are signed out."""
    wish = await read_shape(request, CodeWish)
    parts = parts_of(request)
    await count_attempt(request, CONFIRM, account=encode_id(known.session.id))
    async with parts.database.write() as tx:
        codes = await confirm_totp(known, wish.code, vault=parts.site.vault, desk=desk_of(request, tx))
        await forgive_attempt(request, tx, CONFIRM, account=encode_id(known.session.id))
    return json_answer({"recovery_codes": codes})


@router.delete(
    "/totp",
    summary="Turn two-step sign-in off",
    status_code=204,
    responses=answers(204) | refusals(403, 429),
    openapi_extra=takes("TotpRemoval") | PERSONAL,
)
async def totp_off(request: Request, known: SignedIn) -> Response:
    """Ask for no codes any more. Needs the password, or a code soon after signing in."""
    wish = await read_shape(request, TotpRemoval)
    parts = parts_of(request)
    await count_attempt(request, CONFIRM, account=encode_id(known.session.id))
    if wish.code is None and not await parts.passwords.is_right(wish.password or "", known.user.password_hash):
        raise PasswordWrong
    async with parts.database.write() as tx:
        desk = desk_of(request, tx)
        if wish.code is not None:
            await confirm_code(known, wish.code, vault=parts.site.vault, desk=desk)
        await remove_totp(known.user, desk=desk)
        await forgive_attempt(request, tx, CONFIRM, account=encode_id(known.session.id))
    return Response(status_code=204)


@router.post(
    "/passkeys/options",
    summary="Begin to add a passkey",
    responses=answers(200, "PasskeyOptions") | refusals(403, 409),
    openapi_extra=PERSONAL,
)
async def passkey_options(request: Request, known: SignedIn) -> Response:
    """Answer a token and what `navigator.credentials.create` needs."""
    relying = relying_of(request)
    async with parts_of(request).database.write() as tx:
        token, options = await offer_passkey(known, relying=relying, desk=desk_of(request, tx))
    return json_answer({"token": token, "options": options})


@router.post(
    "/passkeys",
    summary="Add a passkey",
    status_code=201,
    responses=answers(201, "PasskeyShown") | refusals(403, 410),
    openapi_extra=takes("NewPasskeyWish") | PERSONAL,
)
async def add(request: Request, known: SignedIn) -> Response:
    """Add the passkey that the device made."""
    wish = await read_shape(request, NewPasskeyWish)
    name, relying = checked_name(wish.name), relying_of(request)
    async with parts_of(request).database.write() as tx:
        passkey = await add_passkey(
            known, wish.token, wish.credential, name=name, relying=relying, desk=desk_of(request, tx)
        )
    shown = shown_passkey(passkey)
    return json_answer(shown, status=201, location=f"/api/v1/me/passkeys/{shown['id']}")


@router.patch(
    "/passkeys/{id}",
    summary="Rename a passkey",
    status_code=204,
    responses=answers(204) | refusals(403),
    openapi_extra=takes("NameChange") | PERSONAL,
)
async def rename(request: Request, known: SignedIn, passkey_id: AnyId) -> Response:
    """Call a passkey something else."""
    name = checked_name((await read_shape(request, NameChange)).name)
    async with parts_of(request).database.write() as tx:
        await rename_passkey(known, PasskeyId(id_in_path(passkey_id)), name, desk=desk_of(request, tx))
    return Response(status_code=204)


@router.delete(
    "/passkeys/{id}",
    summary="Remove a passkey",
    status_code=204,
    responses=answers(204) | refusals(403),
    openapi_extra=PERSONAL,
)
async def remove(request: Request, known: SignedIn, passkey_id: AnyId) -> Response:
    """Make a passkey useless, at once."""
    async with parts_of(request).database.write() as tx:
        await remove_passkey(known, PasskeyId(id_in_path(passkey_id)), desk=desk_of(request, tx))
    return Response(status_code=204)
