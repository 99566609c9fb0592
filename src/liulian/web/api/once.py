"""Answer a request once, however often it is sent with the same `Idempotency-Key`.

The claim, what is made, and the answer are one transaction: either all of it happened, or nothing. A refused request
leaves nothing behind and may be sent again. What is stored holds no secret; those are made again when it is replayed.
"""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from fastapi import Header, Request
from fastapi.responses import Response

from liulian.accounts.model import Actor, Anonymous, ApiKeyActor, LinkManager, UserActor, WorkspaceActor
from liulian.base.errors import FieldError, InvalidRequest
from liulian.base.ids import encode_id
from liulian.base.secrets import sign
from liulian.storage.database import Transaction
from liulian.storage.idempotency import StoredAnswer
from liulian.web.api.bodies import Body
from liulian.web.api.shown import conceal, reveal
from liulian.web.parts import Parts, parts_of
from liulian.web.place import caller_address

IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=1,
        max_length=255,
        pattern="^[!-~]+$",
        description="Your own name for this request. Sent again within 24 hours, it gets the first answer again. "
        "Without an API key, a manage token is shown again only for a key of at least 16 characters.",
    ),
]
STRANGERS_KEY_MIN = 16  # Neighbours behind one address share their keys' scope: one that is guessed shows no token.
REPLAYED = "Idempotency-Replayed"


class KeyReused(InvalidRequest):
    """The same key came with another request before."""

    code = "idempotency_key_reused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer whose secrets are not filled in yet."""

    status: int
    members: dict[str, Any]


Make = Callable[[Transaction], Awaitable[Answer]]


async def answer_once(request: Request, *, actor: Actor, body: Body, key: str | None, make: Make) -> Response:
    """Return what `make` answers, in one transaction; or what it answered before to the same key and body."""
    parts = parts_of(request)
    async with parts.database.write() as tx:
        if key is None:
            return _respond(await make(tx), parts=parts)
        scope = _scope(actor, request=request, parts=parts)
        digest = hashlib.sha256(request.url.path.encode() + b"\n" + body.raw).digest()
        stored = await tx.idempotency.claim(scope, key, request=digest, now=parts.clock())
        if stored is not None:
            is_private = isinstance(actor, WorkspaceActor) or len(key) >= STRANGERS_KEY_MIN
            return _replay(stored, digest=digest, parts=parts, is_private=is_private)
        answer = await make(tx)
        await tx.idempotency.store(scope, key, status=answer.status, body=msgspec.json.encode(answer.members))
        return _respond(answer, parts=parts)


def _replay(stored: StoredAnswer, *, digest: bytes, parts: Parts, is_private: bool) -> Response:
    """Return the first answer again; without its manage tokens where somebody else may have chosen the same key."""
    if stored.request != digest:
        raise KeyReused(errors=(FieldError("Idempotency-Key", "idempotency_key_reused"),))
    members = msgspec.json.decode(stored.body)
    if not is_private:
        conceal(members)
    response = _respond(Answer(status=stored.status, members=members), parts=parts)
    response.headers[REPLAYED] = "true"
    return response


def _respond(answer: Answer, *, parts: Parts) -> Response:
    reveal(answer.members, key=parts.site.manage_key)
    response = Response(msgspec.json.encode(answer.members), status_code=answer.status, media_type="application/json")
    if "id" in answer.members:
        response.headers["Location"] = f"/api/v1/links/{answer.members['id']}"
    return response


def _scope(actor: Actor, *, request: Request, parts: Parts) -> str:
    """Return whose keys these are. A stranger is known by a keyed hash of the address, which is not kept itself."""
    match actor:
        case ApiKeyActor(api_key_id=key_id):
            return f"key:{encode_id(key_id)}"
        case UserActor(workspace_id=workspace_id, user_id=user_id):
            return f"user:{encode_id(user_id)}:{encode_id(workspace_id)}"
        case Anonymous() | LinkManager():
            return f"stranger:{sign(parts.site.caller_key, caller_address(request))}"
