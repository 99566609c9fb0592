"""The QR code of a link of one's own, on any domain: a screen of ours loads pictures from its own host alone."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from liulian.links.model import Link
from liulian.links.service import link_for
from liulian.qr.encode import qr_svg
from liulian.storage.database import Transaction
from liulian.web.api.describe import refusals
from liulian.web.api.link_id import IdInPath, parse_link_id
from liulian.web.auth import CurrentActor
from liulian.web.parts import parts_of
from liulian.web.place import Place, place_of

SVG = "image/svg+xml"

router = APIRouter(tags=["links"])


@router.get(
    "/links/{id:link_id}/qr.svg",
    summary="Draw the QR code of a short link",
    response_class=Response,
    responses={
        **refusals(401, 403, 404, 422, 503),
        200: {"description": "The code.", "content": {SVG: {"schema": {"type": "string"}}}},
    },
)
async def draw(request: Request, actor: CurrentActor, link_id: IdInPath) -> Response:
    """Draw the code of one link's short URL."""
    place = place_of(request)
    async with parts_of(request).database.read() as tx:
        link = await link_for(actor, parse_link_id(link_id), store=tx.links)
        url = await _short_url(link, tx, place=place)
    return Response(qr_svg(url), media_type=SVG)


async def _short_url(link: Link, tx: Transaction, *, place: Place) -> str:
    around = await tx.lists.around([link], user_id=None)
    return place.short_url(link.slug, host=around.hosts.get(link.domain_id, ""))
