"""The QR code of a link, public as the link itself: an `<img>` cannot send a token. Never counts as a click."""

from hashlib import sha256
from time import monotonic
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import Response

from liulian.base.errors import AppError, NotFound
from liulian.base.ids import DomainId
from liulian.links.slugs import slug_of_path
from liulian.qr.encode import qr_svg
from liulian.storage.targets import TargetReader
from liulian.web.parts import Parts, parts_of
from liulian.web.place import caller_address, place_of

KEPT = "public, max-age=3600"  # It says the short URL and nothing else, so it only goes stale when the link is deleted.

router = APIRouter(include_in_schema=False)


class TooManyGuesses(AppError):
    """Somebody asked for more links that do not exist than a person does by mistake."""

    status, code = 429, "too_many_guesses"


@router.api_route("/q/{slug}.svg", methods=["GET", "HEAD"])
async def qr_code(request: Request, slug: str, download: bool = False) -> Response:  # noqa: FBT001, FBT002
    """Answer the code of a known link; `?download=1` makes browsers save it. Raises NotFound, or TooManyGuesses."""
    known = slug_of_path(f"/{quote(slug, safe='')}".encode())
    place = place_of(request)
    guesses, caller = parts_of(request).guesses, caller_address(request)
    wait_s = guesses.wait_s(caller, monotonic())
    if wait_s is not None:
        raise TooManyGuesses(retry_after_s=wait_s)
    if known is None or not await _is_link(parts_of(request), place.domain_id, known):
        guesses.spend(caller, monotonic())
        raise NotFound
    picture = qr_svg(place.short_url(known))
    headers = {"Cache-Control": KEPT, "ETag": f'"{sha256(picture).hexdigest()[:32]}"'}
    if download:
        headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(known, safe='')}.svg"
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(picture, media_type="image/svg+xml", headers=headers)


async def _is_link(parts: Parts, domain_id: DomainId, slug: str) -> bool:
    if parts.is_link is not None:
        return await parts.is_link(domain_id, slug)
    return await TargetReader(parts.database).find(domain_id=domain_id, slug=slug) is not None
