"""Set a new password by a letter, for who forgot theirs. Whether there is an account nobody learns here."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from liulian.accounts.checks import checked_email
from liulian.accounts.profile import check_new_password, offer_reset, reset_password
from liulian.web.api.account_schemas import EmailOnly, ResetWish
from liulian.web.api.describe import answers, refusals, takes
from liulian.web.api.wishes import read_shape
from liulian.web.letters import reset_letter, sending
from liulian.web.parts import parts_of
from liulian.web.signing import desk_of, refuse_foreign_page
from liulian.web.throttle import RESET, TOKEN, count_attempt, forgive_attempt

router = APIRouter(prefix="/password-resets", tags=["password-resets"])


@router.post(
    "",
    summary="Ask for a new password",
    status_code=202,
    response_class=Response,
    responses=answers(202) | refusals(403, 429),
    openapi_extra=takes("EmailOnly"),
)
async def create(request: Request) -> Response:
    """Send a letter to this address, if there is an account and the installation sends mail. Always 202."""
    refuse_foreign_page(request)
    email = checked_email((await read_shape(request, EmailOnly)).email)
    await count_attempt(request, RESET, account=email)
    parts = parts_of(request)
    if parts.mailer is None:
        return Response(status_code=202)
    async with parts.database.write() as tx:
        user = await tx.users.find_by_email(email)
        if user is None or user.disabled_at is not None:
            return Response(status_code=202)
        token = await offer_reset(user, desk=desk_of(request, tx))
    return Response(status_code=202, background=sending(parts.mailer, reset_letter(request, user, token)))


@router.post(
    "/confirm",
    summary="Set a new password",
    status_code=204,
    responses=answers(204) | refusals(403, 410, 429),
    openapi_extra=takes("ResetWish"),
)
async def confirm(request: Request) -> Response:
    """Set a new password by the token of a letter. Every browser of theirs is signed out."""
    refuse_foreign_page(request)
    wish = await read_shape(request, ResetWish)
    check_new_password(wish.password, email="", field="password")
    await count_attempt(request, TOKEN)
    parts = parts_of(request)
    password_hash = await parts.passwords.hash(wish.password)
    async with parts.database.write() as tx:
        await reset_password(wish.token, wish.password, password_hash=password_hash, desk=desk_of(request, tx))
        await forgive_attempt(request, tx, TOKEN)
    return Response(status_code=204)
