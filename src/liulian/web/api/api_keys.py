"""Keys for programs that use the API."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import Response

from liulian.accounts.api_keys import KeyWish, add_api_key, list_api_keys, revoke_api_key
from liulian.accounts.model import ApiKey
from liulian.base.ids import ApiKeyId, UserId
from liulian.storage.database import Transaction
from liulian.web.api.account_schemas import ApiKeyWish
from liulian.web.api.describe import KEYED, answers, refusals, takes
from liulian.web.api.shown_people import shown_key
from liulian.web.api.wishes import AnyId, id_in_path, json_answer, read_shape
from liulian.web.auth import KnownActor
from liulian.web.parts import parts_of
from liulian.web.signing import desk_of

router = APIRouter(prefix="/api-keys", tags=["api-keys"])


@router.get("", summary="List API keys", responses=answers(200, "ApiKeyList") | refusals(403), openapi_extra=KEYED)
async def list_(request: Request, actor: KnownActor) -> Response:
    """List the keys of the workspace, newest first, never their tokens."""
    async with parts_of(request).database.read() as tx:
        keys = await list_api_keys(actor, store=tx)
        names = await _makers(keys, tx)
    return json_answer({"api_keys": [shown_key(key, names=names) for key in keys], "next_cursor": None})


@router.post(
    "",
    summary="Make an API key",
    status_code=201,
    responses=answers(201, "NewApiKey", located=False) | refusals(403),
    openapi_extra=takes("ApiKeyWish") | KEYED,
)
async def create(request: Request, actor: KnownActor) -> Response:
    """Make a key that may do no more than you. Its token is shown only in this answer."""
    wish = await read_shape(request, ApiKeyWish)
    wanted = KeyWish(name=wish.name, scopes=tuple(wish.scopes), expires_at=wish.expires_at)
    async with parts_of(request).database.write() as tx:
        key, token = await add_api_key(actor, wanted, desk=desk_of(request, tx))
        names = await _makers([key], tx)
    return json_answer(shown_key(key, names=names) | {"token": token}, status=201)


@router.delete(
    "/{id}",
    summary="Revoke an API key",
    status_code=204,
    responses=answers(204) | refusals(403),
    openapi_extra=KEYED,
)
async def revoke(request: Request, actor: KnownActor, key_id: AnyId) -> Response:
    """Make a key useless, at once."""
    async with parts_of(request).database.write() as tx:
        await revoke_api_key(actor, ApiKeyId(id_in_path(key_id)), desk=desk_of(request, tx))
    return Response(status_code=204)


async def _makers(keys: list[ApiKey], tx: Transaction) -> Mapping[UserId, str]:
    """Return the present names of who made keys."""
    return await tx.users.names_of({key.created_by for key in keys if key.created_by is not None})
