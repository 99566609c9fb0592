"""Short links over HTTP: the first and the last step of the way of one short link. Decides nothing itself.

A request is one transaction, committed before the answer is sent.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from liulian.accounts.model import Actor, LinkManager
from liulian.accounts.permissions import Scope
from liulian.base.errors import AppError, FieldError, InvalidRequest
from liulian.base.i18n import Language
from liulian.links.listing import Around, LinkPage, cursor_of, list_page, user_of
from liulian.links.model import Link, LinkChange, LinkDraft
from liulian.links.organise import delete_link
from liulian.links.service import link_for, list_managed, names_of, update_link
from liulian.storage.database import Transaction
from liulian.web.api.bodies import BULK_BYTES_MAX, read_json
from liulian.web.api.describe import KEYED, LIMITED, answers, refusals, takes
from liulian.web.api.filters import filter_of, order_of
from liulian.web.api.link_id import IdInPath, parse_link_id
from liulian.web.api.list_schemas import ListParams
from liulian.web.api.once import Answer, IdempotencyKey, answer_once
from liulian.web.api.schemas import BULK_MAX, LinkCreate, LinkPatch, read_wish
from liulian.web.api.shown import shown_link, shown_new_link
from liulian.web.api.wishes import json_answer
from liulian.web.auth import CurrentActor, KnownActor
from liulian.web.errors import language_of, problem_of
from liulian.web.making import checked_change, checked_drafts, make_link, make_links, workshop_of
from liulian.web.parts import parts_of
from liulian.web.place import Place, place_of

router = APIRouter(tags=["links"])


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
        tagged = [link.id] if wish.wished.tags else []
        around = await tx.lists.around([link], user_id=user_of(actor), tagged=tagged, names=names_of(actor))
        return Answer(status=201, members=shown_new_link(link, place=place, around=around))

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
        made = [result for result in results if isinstance(result, Link)]
        around = await tx.lists.around(made, user_id=user_of(actor), names=names_of(actor))
        language = language_of(request)
        shown = [_result(n, each, place=place, around=around, language=language) for n, each in enumerate(results)]
        return Answer(status=200, members={"results": shown})

    return await answer_once(request, actor=actor, body=body, key=idempotency_key, make=make)


@router.get(
    "/links", summary="List short links", responses=answers(200, "LinkPage") | refusals(403), openapi_extra=KEYED
)
async def list_(request: Request, actor: KnownActor, given: Annotated[ListParams, Query()]) -> Response:
    """List your links, page by page, newest first where nothing else is asked for. With a manage token, that one."""
    async with parts_of(request).database.read() as tx:
        page = await _page(request, tx, actor, given)
        around = await tx.lists.around(page.links, user_id=user_of(actor))
    place = place_of(request)
    return json_answer(
        {
            "links": [shown_link(link, place=place, around=around) for link in page.links],
            "next_cursor": None if page.next is None else cursor_of(page.next),
            "total": page.total,
        }
    )


@router.get("/links/{id:link_id}", summary="Show a short link", responses=answers(200, "Link"))
async def show(request: Request, actor: CurrentActor, link_id: IdInPath) -> Response:
    """Show one link."""
    place = place_of(request)
    async with parts_of(request).database.read() as tx:
        link = await link_for(actor, parse_link_id(link_id), store=tx.links)
        around = await tx.lists.around([link], user_id=user_of(actor))
    return json_answer(shown_link(link, place=place, around=around))


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
        around = await tx.lists.around([link], user_id=user_of(actor))
    return json_answer(shown_link(link, place=place, around=around))


@router.delete("/links/{id:link_id}", summary="Delete a short link", status_code=204, responses=answers(204))
async def delete(request: Request, actor: CurrentActor, link_id: IdInPath) -> Response:
    """Delete a link. It can be restored for thirty days; its slug is never given to anybody else."""
    async with parts_of(request).database.write() as tx:
        await delete_link(actor, parse_link_id(link_id), workshop=workshop_of(request, tx))
    return Response(status_code=204)


def _draft(value: object) -> LinkDraft:
    """Return the wish in a body, with what is wrong with its types; the rest is checked by the rules."""
    fields, errors = read_wish(LinkCreate, value)
    fields["tags"] = tuple(fields.get("tags", ()))
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
    if "tags" in fields:
        fields["tags"] = tuple(fields["tags"])
    return LinkChange(**fields, sets_title="title" in fields, errors=errors)


def _result(index: int, result: Link | AppError, *, place: Place, around: Around, language: Language) -> dict[str, Any]:
    if isinstance(result, Link):
        return {"index": index, "link": shown_new_link(result, place=place, around=around)}
    return {"index": index, "problem": problem_of(result, language, within=f"links[{index}]")}


async def _page(request: Request, tx: Transaction, actor: Actor, given: ListParams) -> LinkPage:
    if isinstance(actor, LinkManager):
        links = await list_managed(actor, store=tx.links)
        return LinkPage(links=links, total=len(links), next=None)
    return await list_page(
        actor,
        filter_of(request, given),
        order_of(given),
        store=tx.lists,
        now=parts_of(request).clock(),
        limit=given.limit,
        cursor=given.cursor,
    )
