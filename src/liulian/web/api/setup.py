"""The first account, by the link that the program prints while there is none."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from liulian.accounts.newcomers import check_newcomer, set_up
from liulian.base.i18n import text
from liulian.web.api.account_schemas import SetupWish
from liulian.web.api.describe import answers, refusals, takes
from liulian.web.api.wishes import read_shape
from liulian.web.errors import language_of
from liulian.web.parts import parts_of
from liulian.web.signing import desk_of, refuse_foreign_page, sign_in
from liulian.web.throttle import TOKEN, count_attempt, forgive_attempt

router = APIRouter(tags=["setup"])


@router.post(
    "/setup",
    summary="Set up this installation",
    status_code=201,
    responses=answers(201, "SessionState", located=False) | refusals(403, 410, 429),
    openapi_extra=takes("SetupWish"),
)
async def create(request: Request) -> Response:
    """Make the first account, which owns the default workspace, and sign it in. Works once, by the link printed."""
    refuse_foreign_page(request)
    wish = await read_shape(request, SetupWish)
    newcomer = check_newcomer(email=wish.email, name=wish.name, password=wish.password)
    await count_attempt(request, TOKEN)
    parts, language = parts_of(request), language_of(request)
    password_hash = await parts.passwords.hash(wish.password)
    async with parts.database.write() as tx:
        user = await set_up(
            newcomer,
            token=wish.token,
            password_hash=password_hash,
            workspace_name=text(language, "accounts.first_workspace"),
            language=language.value,
            desk=desk_of(request, tx),
        )
        await forgive_attempt(request, tx, TOKEN)
        return await sign_in(request, tx, user, status=201)
