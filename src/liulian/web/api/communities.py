"""Communities over HTTP, for those who build them: list, found, show, change, remove. Decides nothing itself.

What they are built from is in `community_parts.py` and `community_channels.py`; what members see, in `web/members/`.
"""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from liulian.base.ids import CommunityId, encode_id
from liulian.community.model import Community
from liulian.community.service import (
    change_community,
    community_for,
    create_community,
    list_communities,
    remove_community,
)
from liulian.community.symbols import check_community
from liulian.storage.database import Transaction
from liulian.web.api.bodies import read_json
from liulian.web.api.community_shown import builder_of, members_origin, shown_community
from liulian.web.api.describe import KEYED, answers, refusals, takes
from liulian.web.api.link_id import LinkIdInPath  # noqa: F401 - Paths below name what it registers.
from liulian.web.api.wishes import AnyId, id_in_path, json_answer
from liulian.web.auth import KnownActor
from liulian.web.parts import parts_of

router = APIRouter(prefix="/communities", tags=["communities"])


@router.get(
    "", summary="List communities", responses=answers(200, "CommunityList") | refusals(403), openapi_extra=KEYED
)
async def list_(request: Request, actor: KnownActor) -> Response:
    """List all communities of the workspace, oldest first."""
    origin = members_origin(request)
    async with parts_of(request).database.read() as tx:
        found = await list_communities(actor, store=tx.communities)
        members = await tx.communities.members_of([community.id for community in found])
    shown = [shown_community(each, origin=origin, members=members.get(each.id, 0)) for each in found]
    return json_answer({"communities": shown, "next_cursor": None})


@router.post(
    "",
    summary="Found a community",
    status_code=201,
    responses=answers(201, "Community") | refusals(403, 409),
    openapi_extra=KEYED | takes("CommunityWish"),
)
async def create(request: Request, actor: KnownActor) -> Response:
    """Found a community. It starts from a problem: who has it, in which situation, and the outcome they wish for."""
    body = await read_json(request)
    async with parts_of(request).database.write() as tx:
        wish = check_community(body.value)
        community = await create_community(actor, wish, builder=builder_of(request, tx))
        return await community_answer(request, tx, community, status=201)


@router.get(
    "/{id:link_id}",
    summary="Show a community",
    responses=answers(200, "Community") | refusals(403),
    openapi_extra=KEYED,
)
async def show(request: Request, actor: KnownActor, community_id: AnyId) -> Response:
    """Show one community as a whole: problem, symbols, settings."""
    async with parts_of(request).database.read() as tx:
        community = await community_for(actor, community_of(community_id), store=tx.communities)
        return await community_answer(request, tx, community)


@router.patch(
    "/{id:link_id}",
    summary="Change a community",
    responses=answers(200, "Community") | refusals(403, 409),
    openapi_extra=KEYED | takes("CommunityPatch"),
)
async def change(request: Request, actor: KnownActor, community_id: AnyId) -> Response:
    """Change a community, open or close it. What is left out stays, inside problem, symbols and settings too."""
    body = await read_json(request)
    async with parts_of(request).database.write() as tx:
        builder = builder_of(request, tx)
        community = await change_community(actor, community_of(community_id), body.value, builder=builder)
        return await community_answer(request, tx, community)


@router.delete(
    "/{id:link_id}",
    summary="Remove a community",
    status_code=204,
    responses=answers(204) | refusals(403),
    openapi_extra=KEYED,
)
async def remove(request: Request, actor: KnownActor, community_id: AnyId) -> Response:
    """Remove a community: nobody sees it any more. Its address stays taken, because it may be printed."""
    async with parts_of(request).database.write() as tx:
        await remove_community(actor, community_of(community_id), builder=builder_of(request, tx))
    return Response(status_code=204)


def community_of(text: str) -> CommunityId:
    """Return the community meant by an id in an address. Raises NotFound."""
    return CommunityId(id_in_path(text))


async def community_answer(request: Request, tx: Transaction, community: Community, *, status: int = 200) -> Response:
    """Answer a community, with its number of members."""
    members = await tx.communities.members_of([community.id])
    shown = shown_community(community, origin=members_origin(request), members=members.get(community.id, 0))
    location = f"/api/v1/communities/{encode_id(community.id)}" if status == 201 else None
    return json_answer(shown, status=status, location=location)
