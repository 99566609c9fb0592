"""Exports over HTTP: all links, or all of a workspace, as files that stream. Decides nothing itself."""

from collections.abc import AsyncIterator, Callable
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

from liulian.accounts.model import require
from liulian.accounts.permissions import Scope
from liulian.transfer.exporting import Depot, everything_zip, links_csv, links_json
from liulian.web.api.describe import KEYED, refusals
from liulian.web.auth import KnownActor
from liulian.web.parts import parts_of
from liulian.web.place import place_of

Chunks = Callable[..., AsyncIterator[bytes]]

router = APIRouter(tags=["exports"])


_TEXT = {"type": "string"}
_BYTES = {"type": "string", "format": "binary"}
_LINKS = {
    "type": "object",
    "required": ["links"],
    "properties": {"links": {"type": "array", "items": {"type": "object"}}},
}


def _described(media_type: str, shape: dict[str, Any]) -> dict[int | str, dict[str, Any]]:
    success = {"description": "The file.", "content": {media_type: {"schema": shape}}}
    return {200: success, **refusals(401, 403, 404, 422, 503)}


@router.get(
    "/exports/links.csv", summary="Export links as CSV", responses=_described("text/csv", _TEXT), openapi_extra=KEYED
)
async def csv(request: Request, actor: KnownActor) -> Response:
    """Answer all links, archived ones too, as CSV (UTF-8) that spreadsheets open as it is. It can be imported again."""
    return await _file(request, actor, "links.csv", links_csv, media_type="text/csv; charset=utf-8")


@router.get(
    "/exports/links.json",
    summary="Export links as JSON",
    responses=_described("application/json", _LINKS),
    openapi_extra=KEYED,
)
async def json(request: Request, actor: KnownActor) -> Response:
    """Answer all links, archived ones too, as one object with a list `links`. It can be imported again."""
    return await _file(request, actor, "links.json", links_json, media_type="application/json")


@router.get(
    "/exports/everything.zip",
    summary="Export everything",
    responses=_described("application/zip", _BYTES),
    openapi_extra=KEYED,
)
async def everything(request: Request, actor: KnownActor) -> Response:
    """Answer links, tags, folders, views, UTM templates, domains, members and imports, as far as you may see them."""
    return await _file(request, actor, "everything.zip", everything_zip, media_type="application/zip")


async def _file(request: Request, actor: KnownActor, name: str, chunks: Chunks, *, media_type: str) -> Response:
    parts, place = parts_of(request), place_of(request)
    asker, now = require(actor, Scope.LINKS_READ), parts.clock()  # Here, so that a refusal is no half a file.
    async with parts.database.write() as tx:
        await tx.audit.record(actor, "export.started", "workspace", asker.workspace_id, now=now, file=name)
    depot = Depot(read=parts.database.read, origin_of=place.origin_of, now=now)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(chunks(actor, depot=depot), media_type=media_type, headers=headers)
