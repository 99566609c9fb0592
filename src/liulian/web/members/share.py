"""Pass a community on: a card in WeChat where a verified service account is connected, else a picture to long-press.

Nothing is gained by it: no points, no badge, no rank. Signatures are made for pages of this community alone, with a
ticket that the account's server gives for two hours.
"""

import secrets
from typing import Any

from fastapi import Request
from starlette.responses import Response

from liulian.base.clock import to_micros
from liulian.base.errors import NotFound
from liulian.base.ids import decode_id, encode_id
from liulian.channels.wechat_oa import js_signature
from liulian.community.channels import channel_destination, community_url
from liulian.community.connectors import Connector, ConnectorKind
from liulian.community.model import Community
from liulian.links.model import DEFAULT_DOMAIN
from liulian.qr.encode import qr_png
from liulian.storage.database import Transaction
from liulian.web.api.wishes import json_answer
from liulian.web.members.asking import actor_in, community_in
from liulian.web.members.join import CHANNEL_FIELD
from liulian.web.members.layout import member_page, member_router
from liulian.web.members.ways import WECHAT_APPS, app_of
from liulian.web.parts import parts_of
from liulian.web.place import place_of
from liulian.web.throttle import Kind, count_attempt

SIGN = Kind(name="member_jssdk", per_address=1_200)  # Each opened page asks once, and a hall is behind one address.
URL_LENGTH_MAX = 2_000
PICTURE_KEPT = "public, max-age=3600"

router = member_router()


@router.get("/do/jssdk")
async def sign(request: Request, slug: str, url: str = "") -> Response:
    """Answer what a page needs to offer a card: the signature of its address, and the card. 204 without an account."""
    async with parts_of(request).database.read() as tx:
        community = await community_in(request, tx, slug)
        connector = await tx.connectors.find(community.id, ConnectorKind.WECHAT)
    if connector is None or not connector.is_on:
        return Response(status_code=204)
    if not _is_page(request, community, url):
        raise NotFound
    await count_attempt(request, SIGN)
    return json_answer(await _signed(request, community, connector, url=url))


@router.api_route("/share", methods=["GET", "HEAD"])
async def page(request: Request, slug: str) -> Response:
    """Answer the page from which a community is passed on: how the menu ··· does it, and a poster to long-press."""
    async with parts_of(request).database.read() as tx:
        actor = await actor_in(request, tx, slug)
        community = actor.community if actor is not None else await community_in(request, tx, slug)
        address = await _address(request, tx, community)
    number = decode_id(request.query_params.get(CHANNEL_FIELD, ""))
    query = "" if number is None else f"?{CHANNEL_FIELD}={encode_id(number)}"
    return member_page(
        request,
        "member/share.html",
        community,
        member=actor.member if actor is not None else None,
        address=address,
        picture=f"/c/{slug}/qr.png{query}",
        in_wechat=app_of(request) in WECHAT_APPS,
    )


@router.api_route("/qr.png", methods=["GET", "HEAD"])
async def picture(request: Request, slug: str) -> Response:
    """Answer the QR code of a channel's link, without a channel of the community itself."""
    async with parts_of(request).database.read() as tx:
        community = await community_in(request, tx, slug)
        address = await _address(request, tx, community)
    return Response(qr_png(address), media_type="image/png", headers={"Cache-Control": PICTURE_KEPT})


async def _signed(request: Request, community: Community, connector: Connector, *, url: str) -> dict[str, Any]:
    """Return the arguments of `wx.config`, and of the card. Raises ElsewhereFailed."""
    parts = parts_of(request)
    account = parts.elsewhere.wechat(connector, vault=parts.site.vault)
    now, nonce = parts.clock(), secrets.token_hex(8)
    timestamp = to_micros(now) // 1_000_000
    ticket = await account.ticket(now=now)
    origin = place_of(request).origin
    return {
        "app_id": account.app_id,
        "timestamp": timestamp,
        "nonce": nonce,
        "signature": js_signature(ticket=ticket, nonce=nonce, timestamp=timestamp, url=url),
        "card": {
            "title": community.name,
            "desc": community.problem.outcome,
            "link": community_url(origin, community.slug),
            "image": f"{community_url(origin, community.slug)}/qr.png",
        },
    }


async def _address(request: Request, tx: Transaction, community: Community) -> str:
    """Return the short link of the channel that was asked for, where it is on our own host; else the community's."""
    place = place_of(request)
    number = decode_id(request.query_params.get(CHANNEL_FIELD, ""))
    channel = None if number is None else await tx.communities.channels.find(number, community_id=community.id)
    link = None if channel is None else await tx.links.find(channel.link_id)
    if channel is None:
        return community_url(place.origin, community.slug)
    if link is None or link.domain_id != DEFAULT_DOMAIN:
        return channel_destination(place.origin, community.slug, channel.id)
    return place.short_url(link.slug)


def _is_page(request: Request, community: Community, url: str) -> bool:
    """Tell whether an address is a page of this community on this installation."""
    base = community_url(place_of(request).origin, community.slug)
    rest = url.removeprefix(base)
    return len(url) <= URL_LENGTH_MAX and url.startswith(base) and rest[:1] in ("", "/", "?", "#")
