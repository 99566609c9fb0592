"""Follow a short link of any service over HTTP (短链还原). Decides nothing itself."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from liulian.base.errors import InvalidRequest
from liulian.safety.expand import Ending, Expansion
from liulian.web.api.bodies import read_json
from liulian.web.api.describe import LIMITED, answers, takes
from liulian.web.api.schemas import ExpandWish, read_wish
from liulian.web.auth import CurrentActor
from liulian.web.expanding import expansion_of

BODY_BYTES_MAX = 64 * 1024

router = APIRouter(tags=["expand"])


class ExpandedHop(BaseModel):
    """One address on the way."""

    url: str
    host: str
    status: Annotated[int | None, Field(description="Null: it did not answer, or is no web address.")]


class ExpandedListing(BaseModel):
    """What names one of the hops as harmful."""

    source: str
    at: datetime


class Expanded(BaseModel):
    """The way of a short link. Nothing tells an address that is private from one that is dead."""

    ending: Literal["arrived", "unreachable", "too_many_hops", "loop", "other"]
    final_host: Annotated[str | None, Field(description="Null: it did not arrive.")]
    hops: list[ExpandedHop]
    flags: Annotated[list[str], Field(description="`shortener`, `lookalike`, `unresolved`, `unknown` (not checked).")]
    listed: ExpandedListing | None


@router.post(
    "/expand",
    summary="Follow a short link",
    responses=answers(200) | {200: {"model": Expanded, "description": "Done."}, 429: LIMITED[429]},
    openapi_extra=takes("ExpandWish"),
)
async def expand(request: Request, actor: CurrentActor) -> Response:
    """Follow a short link of any service, ten hops and five seconds at most. Our own links are read without a click."""
    body = await read_json(request, bytes_max=BODY_BYTES_MAX)
    wish, errors = read_wish(ExpandWish, body.value)
    if errors:
        raise InvalidRequest(errors=errors)
    found = await expansion_of(request, wish["url"], actor)
    return Response(msgspec.json.encode(_shown(found)), media_type="application/json")


def _shown(found: Expansion) -> dict[str, Any]:
    return {
        "ending": found.ending,
        "final_host": found.hops[-1].host if found.ending is Ending.ARRIVED else None,
        "hops": [{"url": hop.url, "host": hop.host, "status": hop.status} for hop in found.hops],
        "flags": found.flags,
        "listed": {"source": found.listed.source, "at": found.listed.at} if found.listed else None,
    }
