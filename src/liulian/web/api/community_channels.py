"""Channel links of communities over HTTP. Each is an ordinary short link, made as any other is."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from liulian.accounts.model import Actor, require
from liulian.accounts.permissions import Scope
from liulian.base.ids import ChannelId, CommunityId, encode_id
from liulian.community.channels import (
    CheckedChannel,
    add_channel,
    change_channel,
    channel_destination,
    check_channel,
    find_channel,
    list_channels,
    remove_channel,
)
from liulian.community.service import community_for
from liulian.links.check import CheckedChange
from liulian.links.model import LinkDraft
from liulian.storage.database import Transaction
from liulian.web.api.bodies import read_json
from liulian.web.api.communities import community_of
from liulian.web.api.community_parts import PartId
from liulian.web.api.community_shown import builder_of, members_origin, shown_channel
from liulian.web.api.describe import KEYED, answers, refusals, takes
from liulian.web.api.link_id import LinkIdInPath  # noqa: F401 - Paths below name what it registers.
from liulian.web.api.wishes import AnyId, id_in_path, json_answer
from liulian.web.auth import KnownActor
from liulian.web.making import checked_drafts, make_link
from liulian.web.parts import parts_of
from liulian.web.place import place_of

router = APIRouter(prefix="/communities/{id:link_id}/channels", tags=["community-channels"])


@router.get("", summary="List channels", responses=answers(200, "ChannelList") | refusals(403), openapi_extra=KEYED)
async def list_(request: Request, actor: KnownActor, community_id: AnyId) -> Response:
    """List all channels with their short links, clicks, and the members each brought."""
    place = place_of(request)
    async with parts_of(request).database.read() as tx:
        found = await list_channels(actor, community_of(community_id), store=tx.communities)
        links = [seen.link for seen in found if seen.link is not None]
        around = await tx.lists.around(links, user_id=None, tagged=[])
    return json_answer(
        {"channels": [shown_channel(seen, place=place, around=around) for seen in found], "next_cursor": None}
    )


@router.post(
    "",
    summary="Add a channel",
    status_code=201,
    responses=answers(201, "Channel") | refusals(403, 409),
    openapi_extra=KEYED | takes("ChannelWish"),
)
async def create(request: Request, actor: KnownActor, community_id: AnyId) -> Response:
    """Add a channel. It gets a short link of its own, so that the people it brings can be told from others."""
    body, known = await read_json(request), community_of(community_id)
    async with parts_of(request).database.read() as tx:
        community = await community_for(actor, known, store=tx.communities, scope=Scope.COMMUNITIES_WRITE)
    wish, channel_id = check_channel(body.value, is_new=True), ChannelId(parts_of(request).ids())
    link_wish = await wished_link(
        request, actor, wish, slug=community.slug, title=community.name, channel_id=channel_id
    )
    async with parts_of(request).database.write() as tx:
        await put_channel(request, tx, actor, known, wish, channel_id=channel_id, link_wish=link_wish)
        answer = await _answer(request, tx, actor, known, channel_id, status=201, scope=Scope.COMMUNITIES_WRITE)
    answer.headers["Location"] = f"/api/v1/communities/{community_id}/channels/{encode_id(channel_id)}"
    return answer


@router.get(
    "/{part_id:link_id}",
    summary="Show a channel",
    responses=answers(200, "Channel") | refusals(403),
    openapi_extra=KEYED,
)
async def show(request: Request, actor: KnownActor, community_id: AnyId, part_id: PartId) -> Response:
    """Show one channel."""
    async with parts_of(request).database.read() as tx:
        return await _answer(request, tx, actor, community_of(community_id), ChannelId(id_in_path(part_id)))


@router.patch(
    "/{part_id:link_id}",
    summary="Change a channel",
    responses=answers(200, "Channel") | refusals(403),
    openapi_extra=KEYED | takes("ChannelPatch"),
)
async def change(request: Request, actor: KnownActor, community_id: AnyId, part_id: PartId) -> Response:
    """Change what a channel is called and is for, and what is given away there. Its link is changed as links are."""
    body, known, channel_id = await read_json(request), community_of(community_id), ChannelId(id_in_path(part_id))
    async with parts_of(request).database.write() as tx:
        await change_channel(actor, known, channel_id, body.value, builder=builder_of(request, tx))
        return await _answer(request, tx, actor, known, channel_id, scope=Scope.COMMUNITIES_WRITE)


@router.delete(
    "/{part_id:link_id}",
    summary="Remove a channel",
    status_code=204,
    responses=answers(204) | refusals(403),
    openapi_extra=KEYED,
)
async def delete(request: Request, actor: KnownActor, community_id: AnyId, part_id: PartId) -> Response:
    """Follow a channel no longer. Its short link stays and still leads to the community: it may be printed."""
    channel_id = ChannelId(id_in_path(part_id))
    async with parts_of(request).database.write() as tx:
        await remove_channel(actor, community_of(community_id), channel_id, builder=builder_of(request, tx))
    return Response(status_code=204)


async def wished_link(
    request: Request, actor: Actor, wish: CheckedChannel, *, slug: str, title: str, channel_id: ChannelId
) -> CheckedChange:
    """Return the checked wish for the link of a channel of the community at `slug`. Never inside a transaction."""
    require(actor, Scope.LINKS_WRITE)
    draft = LinkDraft(
        destination=channel_destination(members_origin(request), slug, channel_id),
        slug=wish.slug,
        title=f"{title} · {wish.name}",
    )
    (checked,) = await checked_drafts(request, [draft], actor, place=place_of(request))
    return checked


async def put_channel(
    request: Request,
    tx: Transaction,
    actor: Actor,
    community_id: CommunityId,
    wish: CheckedChannel,
    *,
    channel_id: ChannelId,
    link_wish: CheckedChange,
) -> None:
    """Make the link of a channel, and let it be that channel's."""
    link = await make_link(request, tx, link_wish, actor)
    await add_channel(actor, community_id, wish, channel_id=channel_id, link=link, builder=builder_of(request, tx))


async def _answer(
    request: Request,
    tx: Transaction,
    actor: Actor,
    community_id: CommunityId,
    channel_id: ChannelId,
    *,
    status: int = 200,
    scope: Scope = Scope.COMMUNITIES_READ,
) -> Response:
    seen = await find_channel(actor, community_id, channel_id, store=tx.communities, scope=scope)
    links = [] if seen.link is None else [seen.link]
    around = await tx.lists.around(links, user_id=None, tagged=[])
    return json_answer(shown_channel(seen, place=place_of(request), around=around), status=status)
