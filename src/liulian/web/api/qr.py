"""QR codes over HTTP: read those of a picture, draw many at once. Both happen apart (`qr/apart.py`).

A picture is forgotten as soon as it is read; nothing of it is kept or written to a log.
"""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from liulian.base.errors import FieldError, InvalidRequest
from liulian.edge.hosts import host_name
from liulian.links.slugs import slug_of_path
from liulian.qr.apart import decode_apart, zip_apart
from liulian.qr.kinds import kind_of
from liulian.qr.model import FILE_BYTES_MAX, MEGAPIXELS_MAX, Code
from liulian.web.api.bodies import read_json
from liulian.web.api.describe import problem
from liulian.web.api.uploads import read_upload
from liulian.web.place import Place, place_of

FILE = "file"
ZIP_CODES_MAX = 100  # As many as the home page takes lines.
ZIP_TYPE = "application/zip"

router = APIRouter(prefix="/qr", tags=["qr"])


class CodeRead(BaseModel):
    """One code of a picture."""

    text: str
    format: Annotated[str, Field(description="`qr_code`, `micro_qr_code` or `rm_qr_code`.")]
    corners: Annotated[
        list[list[int]],
        Field(description="Four points `[x, y]` of the upright picture in pixels, from the code's own top left."),
    ]
    kind: Annotated[str, Field(description="What the text is: `url`, `wechat_group`, `wechat_pay`, `wifi`, `text` …")]


class CodesRead(BaseModel):
    """What was read. No code in the picture: an empty list."""

    codes: list[CodeRead]


class QrZip(BaseModel):
    """Short URLs of this server whose codes are wanted."""

    urls: Annotated[list[str], Field(min_length=1, max_length=ZIP_CODES_MAX)]


_REFUSALS: dict[int | str, dict[str, Any]] = {code: problem(code) for code in (400, 401, 413, 415, 422, 503)}
_UPLOAD = {
    "type": "object",
    "required": [FILE],
    "properties": {FILE: {"type": "string", "format": "binary", "maxLength": FILE_BYTES_MAX}},
}


@router.post(
    "/decode",
    summary="Read the QR codes of a picture",
    responses={**_REFUSALS, 200: {"model": CodesRead, "description": "Done."}},
    openapi_extra={"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _UPLOAD}}}},
    description=f"Read every QR code of a picture (PNG, JPEG, WebP, GIF, BMP, AVIF; at most 10 MB and {MEGAPIXELS_MAX}"
    " megapixels, not animated). The picture is forgotten at once.",
)
async def decode(request: Request) -> Response:
    picture = await read_upload(request, field=FILE, bytes_max=FILE_BYTES_MAX)
    codes = await decode_apart(picture)
    return Response(msgspec.json.encode({"codes": [_shown(code) for code in codes]}), media_type="application/json")


@router.post(
    "/zip",
    summary="Many QR codes as a ZIP file",
    response_class=Response,
    responses={
        **_REFUSALS,
        200: {"description": "Done.", "content": {ZIP_TYPE: {"schema": {"type": "string", "format": "binary"}}}},
    },
    openapi_extra={
        "requestBody": {"required": True, "content": {"application/json": {"schema": QrZip.model_json_schema()}}}
    },
    description=f"Draw the codes of up to {ZIP_CODES_MAX} short URLs of this server, each as SVG and PNG.",
)
async def zip_(request: Request) -> Response:
    body = await read_json(request)
    pack = await zip_apart(_own_urls(body.value, place=place_of(request)))
    return Response(pack, media_type=ZIP_TYPE, headers={"Content-Disposition": 'attachment; filename="qr-codes.zip"'})


def _shown(code: Code) -> dict[str, Any]:
    return {"text": code.text, "format": code.format, "corners": code.corners, "kind": kind_of(code.text).name}


def _own_urls(wish: object, *, place: Place) -> list[str]:
    """Return the short URLs in their common spelling. Raises InvalidRequest, which names every one that is not ours."""
    given = wish.get("urls") if isinstance(wish, dict) else None
    if not isinstance(given, list) or not 0 < len(given) <= ZIP_CODES_MAX:
        raise InvalidRequest(errors=(FieldError("urls", "urls_count", {"max": ZIP_CODES_MAX}),))
    urls = [_own_url(url, place=place) for url in given]
    wrong = tuple(FieldError(f"urls[{index}]", "url_not_ours") for index, url in enumerate(urls) if url is None)
    if wrong:
        raise InvalidRequest(errors=wrong)
    return [url for url in urls if url is not None]


def _own_url(url: object, *, place: Place) -> str | None:
    """Return a short URL of this server as we write it, None for anything else: nobody's codes are drawn but ours."""
    scheme, _, rest = url.partition("://") if isinstance(url, str) else ("", "", "")
    host, slash, path = rest.partition("/")
    if scheme.lower() not in ("http", "https") or not slash or not _is_own(host, place=place):
        return None
    try:
        slug = slug_of_path(f"/{path}".encode())
    except UnicodeEncodeError:  # Half of a surrogate pair, which JSON can say.
        return None
    return None if slug is None else place.short_url(slug, host=place.host_named(host_name(host.encode())))


def _is_own(host: str, *, place: Place) -> bool:
    return host.isascii() and host_name(host.encode()) in place.own_hosts
