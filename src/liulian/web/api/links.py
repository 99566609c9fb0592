"""Short links over HTTP: the first and the last step of the way of one short link. Decides nothing itself.

A request is one transaction, committed before the answer is sent.
"""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from liulian.accounts.permissions import Scope
from liulian.base.errors import AppError, FieldError, InvalidRequest
from liulian.base.i18n import Language
from liulian.base.ids import LinkId, decode_id
from liulian.links.model import Link, LinkChange, LinkDraft
from liulian.links.service import delete_link, link_for, list_links, update_link
from liulian.storage.database import Transaction
from liulian.web.api.bodies import BULK_BYTES_MAX, read_json
from liulian.web.api.describe import KEYED, LIMITED, answers, takes
from liulian.web.api.link_id import IdInPath, parse_link_id
from liulian.web.api.once import Answer, IdempotencyKey, answer_once
from liulian.web.api.schemas import BULK_MAX, LinkCreate, LinkPatch, read_wish
from liulian.web.api.shown import shown_link, shown_new_link
from liulian.web.auth import CurrentActor, KnownActor
from liulian.web.errors import language_of, problem_of
from liulian.web.making import checked_change, checked_drafts, make_link, make_links, workshop_of
from liulian.web.parts import parts_of
from liulian.web.place import Place, place_of

PAGE_MAX, PAGE_DEFAULT = 100, 20


router = APIRouter(tags=["links"])

Limit = Annotated[int, Query(ge=1, le=PAGE_MAX, description="How many links at most.")]
Cursor = Annotated[str | None, Query(description="`next_cursor` of the page before.")]


@router.post(
    "/links",
    summary="Make a short link",
    status_code=201,
    responses=answers(201, "NewLink") | LIMITED,
    openapi_extra=takes("LinkCreate"),
)
async def create(request: Request, actor: CurrentActor, idempotency_key: IdempotencyKey = None) -> Response:
    """Make a short link. Without a key it belongs to nobody, and the manage token in the answer manages it."""
    body, place = await read_json(request), place_of(request)
    (wish,) = await checked_drafts(request, [_draft(body.value)], actor, place=place)

    async def make(tx: Transaction) -> Answer:
        link = await make_link(request, tx, wish, actor)
        return Answer(status=201, members=shown_new_link(link, place=place))

    return await answer_once(request, actor=actor, body=body, key=idempotency_key, make=make)


@router.post(
    "/links/bulk",
    summary="Make many short links",
    responses=answers(200, "BulkAnswer") | LIMITED,
    openapi_extra=takes("LinkBulk"),
)
async def create_bulk(request: Request, actor: CurrentActor, idempotency_key: IdempotencyKey = None) -> Response:
    """Make up to 1,000 short links. The answer is 200 with a link or a problem for each, in the order they came."""
    body, place = await read_json(request, bytes_max=BULK_BYTES_MAX), place_of(request)
    wishes = await checked_drafts(request, [_draft(wish) for wish in _wishes(body.value)], actor, place=place)

    async def make(tx: Transaction) -> Answer:
        results = await make_links(request, tx, wishes, actor)
        shown = [_result(n, each, place=place, language=language_of(request)) for n, each in enumerate(results)]
        return Answer(status=200, members={"results": shown})

    return await answer_once(request, actor=actor, body=body, key=idempotency_key, make=make)


@router.get("/links", summary="List short links", responses=answers(200, "LinkPage"), openapi_extra=KEYED)
async def list_(request: Request, actor: KnownActor, limit: Limit = PAGE_DEFAULT, cursor: Cursor = None) -> Response:
    """List your links, newest first. With a manage token, that one link."""
    before, place = _before(cursor), place_of(request)
    async with parts_of(request).database.read() as tx:
        found = await list_links(actor, store=tx.links, before=before, limit=limit + 1)
    shown = [shown_link(link, place=place) for link in found[:limit]]
    return _json({"links": shown, "next_cursor": shown[-1]["id"] if len(found) > limit else None})


@router.get("/links/{id:link_id}", summary="Show a short link", responses=answers(200, "Link"))
async def show(request: Request, actor: CurrentActor, link_id: IdInPath) -> Response:
    """Show one link."""
    place = place_of(request)
    async with parts_of(request).database.read() as tx:
        link = await link_for(actor, parse_link_id(link_id), store=tx.links)
    return _json(shown_link(link, place=place))


@router.patch(
    "/links/{id:link_id}",
    summary="Change a short link",
    responses=answers(200, "Link"),
    openapi_extra=takes("LinkPatch"),
)
async def change(request: Request, actor: CurrentActor, link_id: IdInPath) -> Response:
    """Change a link: where it leads, for whom, how long, its slug, its title. Every server knows within 200 ms."""
    body, place, known = await read_json(request), place_of(request), parse_link_id(link_id)
    async with parts_of(request).database.read() as tx:
        old = await link_for(actor, known, store=tx.links, scope=Scope.LINKS_WRITE)
    wish = await checked_change(request, _change(body.value), actor, old=old, place=place)
    async with parts_of(request).database.write() as tx:
        link = await update_link(actor, known, wish, workshop=workshop_of(request, tx))
    return _json(shown_link(link, place=place))


@router.delete("/links/{id:link_id}", summary="Delete a short link", status_code=204, responses=answers(204))
async def delete(request: Request, actor: CurrentActor, link_id: IdInPath) -> Response:
    """Delete a link for good. Its slug is never given to anybody else."""
    parts = parts_of(request)
    async with parts.database.write() as tx:
        await delete_link(actor, parse_link_id(link_id), store=tx.links, now=parts.clock())
    return Response(status_code=204)


def _draft(value: object) -> LinkDraft:
    """Return the wish in a body, with what is wrong with its types; the rest is checked by the rules."""
    fields, errors = read_wish(LinkCreate, value)
    return LinkDraft(destination=fields.pop("destination", None), **fields, errors=errors)


def _wishes(value: object) -> list[object]:
    """Return the wishes of a bulk, each as it came. Raises InvalidRequest for what is no bulk at all."""
    given = value if isinstance(value, dict) else {}
    errors = [FieldError(name[:100], "field_unknown") for name in sorted(set(given) - {"links"})[:20]]
    wishes = given.get("links")
    if isinstance(wishes, list) and 1 <= len(wishes) <= BULK_MAX and not errors:
        return wishes
    if not isinstance(wishes, list) or not 1 <= len(wishes) <= BULK_MAX:
        errors.append(FieldError("links", "links_count", {"max": BULK_MAX}))
    raise InvalidRequest(errors=tuple(errors))


def _change(value: object) -> LinkChange:
    fields, errors = read_wish(LinkPatch, value)
    return LinkChange(**fields, sets_title="title" in fields, errors=errors)


def _result(index: int, result: Link | AppError, *, place: Place, language: Language) -> dict[str, Any]:
    if isinstance(result, Link):
        return {"index": index, "link": shown_new_link(result, place=place)}
    return {"index": index, "problem": problem_of(result, language, within=f"links[{index}]")}


def _before(cursor: str | None) -> LinkId | None:
    if cursor is None:
        return None
    number = decode_id(cursor)
    if number is None:
        raise InvalidRequest(errors=(FieldError("cursor", "cursor_invalid"),))
    return LinkId(number)


def _json(members: dict[str, Any]) -> Response:
    return Response(msgspec.json.encode(members), media_type="application/json")
