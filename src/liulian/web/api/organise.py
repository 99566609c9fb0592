"""What an owner does with links beside changing them, over HTTP: archive, restore, like, claim, many at once.

Decides nothing itself. A request is one transaction; only a filter over thousands of links is one for each batch.
"""

import asyncio
import json
from collections.abc import Collection, Iterable
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from liulian.accounts.model import Actor, require
from liulian.accounts.permissions import Scope
from liulian.base.errors import AppError, FieldError, InvalidRequest
from liulian.base.i18n import Language
from liulian.base.ids import LinkId, encode_id
from liulian.links.bulk import BATCH_MAX, FILTERED_MAX, Action, BulkDone, BulkWish, TooManyMatches, edit_links
from liulian.links.check import CheckedChange
from liulian.links.guard import NO_GUARD
from liulian.links.listing import ListQuery, Order, cursor_of, list_ids, user_of
from liulian.links.model import FolderId, Link, LinkChange
from liulian.links.organise import archive_link, claim_link, live_clicks, restore_link, set_favourite
from liulian.links.rules import shown_audience, shown_guard
from liulian.links.screened import check_wish_for_many
from liulian.storage.database import Transaction
from liulian.web.api.describe import KEYED, answers, refusals, takes
from liulian.web.api.filters import filter_of
from liulian.web.api.link_id import IdInPath, parse_link_id
from liulian.web.api.list_schemas import BulkEdit, ClaimWish, ClicksWish, IdsWish, ListFilter
from liulian.web.api.schemas import BulkPatch, read_wish
from liulian.web.api.shown import shown_instant, shown_link
from liulian.web.api.wishes import id_in_path, json_answer, read_shape
from liulian.web.auth import CurrentActor, KnownActor, managed_link
from liulian.web.errors import language_of, problem_of
from liulian.web.making import workshop_of
from liulian.web.parts import parts_of
from liulian.web.place import place_of

router = APIRouter(prefix="/links", tags=["links"])

# What else belongs to an action: whoever sends more of it means something that we would not do.
_ONLY_FOR = {"tags": (Action.TAG, Action.UNTAG), "folder": (Action.MOVE,), "change": (Action.EDIT,)}


class BadManageToken(InvalidRequest):
    """The token manages no link, or not any more."""

    code = "manage_token_invalid"


@router.post(
    "/{id:link_id}/archive",
    summary="Archive a short link",
    responses=answers(200, "Link") | refusals(403),
)
async def archive(request: Request, actor: CurrentActor, link_id: IdInPath) -> Response:
    """Put a link out of the way. It works as before; lists leave it out."""
    async with parts_of(request).database.write() as tx:
        link = await archive_link(actor, parse_link_id(link_id), workshop=workshop_of(request, tx))
        return await _shown(request, tx, actor, link)


@router.post(
    "/{id:link_id}/restore",
    summary="Restore a short link",
    responses=answers(200, "Link") | refusals(403, 409),
)
async def restore(request: Request, actor: CurrentActor, link_id: IdInPath) -> Response:
    """Bring a deleted link back, within thirty days, or an archived one into the lists."""
    async with parts_of(request).database.write() as tx:
        link = await restore_link(actor, parse_link_id(link_id), workshop=workshop_of(request, tx))
        return await _shown(request, tx, actor, link)


@router.put(
    "/{id:link_id}/favourite",
    summary="Make a short link a favourite",
    status_code=204,
    responses=answers(204) | refusals(403),
    openapi_extra=KEYED,
)
async def like(request: Request, actor: KnownActor, link_id: IdInPath) -> Response:
    """Let a link be one of your favourites. They are yours alone; a program has none."""
    return await _set_favourite(request, actor, link_id, is_favourite=True)


@router.delete(
    "/{id:link_id}/favourite",
    summary="Let a short link be no favourite",
    status_code=204,
    responses=answers(204) | refusals(403),
    openapi_extra=KEYED,
)
async def unlike(request: Request, actor: KnownActor, link_id: IdInPath) -> Response:
    """Let a link be none of your favourites."""
    return await _set_favourite(request, actor, link_id, is_favourite=False)


@router.post(
    "/claim",
    summary="Take over a link made without an account",
    responses=answers(200, "Link") | refusals(403),
    openapi_extra=KEYED | takes("ClaimWish"),
)
async def claim(request: Request, actor: KnownActor) -> Response:
    """Let a link that was made without an account belong to your workspace. Its manage token ends with it."""
    require(actor, Scope.LINKS_WRITE)
    wish = await read_shape(request, ClaimWish)
    link_id = managed_link(wish.manage_token, key=parts_of(request).site.manage_key)
    if link_id is None:
        raise BadManageToken(errors=(FieldError("manage_token", BadManageToken.code),))
    async with parts_of(request).database.write() as tx:
        link = await claim_link(actor, link_id, workshop=workshop_of(request, tx))
        return await _shown(request, tx, actor, link)


@router.post(
    "/clicks",
    summary="Count the clicks of some links now",
    responses=answers(200, "LiveClicks") | refusals(403),
    openapi_extra=KEYED | takes("ClicksWish"),
)
async def clicks(request: Request, actor: KnownActor) -> Response:
    """Answer the numbers of up to a hundred links, a second or two behind. Cheap enough to be asked all the time."""
    wish = await read_shape(request, ClicksWish)
    async with parts_of(request).database.read() as tx:
        found = await live_clicks(actor, _link_ids(wish.ids), store=tx.organised)
    numbers = {encode_id(link_id): {"clicks": all_, "human_clicks": human} for link_id, (all_, human) in found.items()}
    return json_answer({"clicks": numbers})


@router.post(
    "/ids",
    summary="Name all links of a list",
    responses=answers(200, "LinkIds") | refusals(403),
    openapi_extra=KEYED | takes("IdsWish"),
)
async def ids(request: Request, actor: KnownActor) -> Response:
    """Answer the ids of up to 10,000 links that a filter finds, and a cursor to the rest.

    Whoever names links first and does something with them after does it with none that was made meanwhile.
    """
    wish = await read_shape(request, IdsWish)
    wanted, now = filter_of(request, wish.filter), parts_of(request).clock()
    async with parts_of(request).database.read() as tx:
        found, following = await list_ids(actor, wanted, store=tx.lists, now=now, cursor=wish.cursor)
    next_cursor = None if following is None else cursor_of(following)
    return json_answer({"ids": [encode_id(link_id) for link_id in found], "next_cursor": next_cursor})


@router.post(
    "/bulk-edit",
    summary="Do one thing with many links",
    responses=answers(200, "BulkEdited") | refusals(403),
    openapi_extra=KEYED | takes("BulkEdit"),
)
async def bulk_edit(request: Request, actor: KnownActor) -> Response:
    """Archive, restore, delete, tag, untag, move or change up to 1,000 links, or up to 10,000 that a filter finds.

    `undo` names the links with which the opposite can be done. Links of a filter are done in steps of 1,000.
    """
    require(actor, Scope.LINKS_WRITE)
    given = await read_shape(request, BulkEdit)
    wish = await _wish(request, actor, given)
    done = []
    for batch in await _batches(request, actor, given):
        async with parts_of(request).database.write() as tx:
            done.append(await edit_links(actor, batch, wish, workshop=workshop_of(request, tx)))
        await asyncio.sleep(0)  # The redirects of this process must not wait for ten thousand links.
    return json_answer(_bulk_answer(done, edited=given.change or {}, language=language_of(request)))


async def _set_favourite(request: Request, actor: Actor, link_id: str, *, is_favourite: bool) -> Response:
    async with parts_of(request).database.write() as tx:
        await set_favourite(actor, parse_link_id(link_id), is_favourite=is_favourite, workshop=workshop_of(request, tx))
    return Response(status_code=204)


async def _wish(request: Request, actor: Actor, given: BulkEdit) -> BulkWish:
    """Return what is wished. Destinations are looked up for it: not inside a transaction. Raises InvalidRequest."""
    action = Action(given.action)
    others = {name for name, actions in _ONLY_FOR.items() if action not in actions}
    errors = [FieldError(name, "field_unknown") for name in sorted(others) if getattr(given, name) is not None]
    if errors:
        raise InvalidRequest(errors=tuple(errors))
    change = None if given.change is None else await _checked_change(request, actor, given.change)
    return BulkWish(action=action, tags=tuple(given.tags or ()), folder=given.folder, change=change)


async def _checked_change(request: Request, actor: Actor, given: dict[str, Any]) -> CheckedChange:
    fields, errors = read_wish(BulkPatch, given)
    change = LinkChange(**fields, sets_title="title" in fields, errors=errors)
    own_hosts, screen = place_of(request).own_hosts, parts_of(request).screen
    return await check_wish_for_many(change, actor, own_hosts=own_hosts, screen=screen)


async def _batches(request: Request, actor: Actor, given: BulkEdit) -> Iterable[list[LinkId]]:
    """Return the links that are meant, in portions for one transaction each. Raises InvalidRequest."""
    if (given.ids is None) == (given.filter is None):
        raise InvalidRequest(errors=(FieldError("ids", "bulk_choice"),))
    link_ids = _link_ids(given.ids or ()) if given.filter is None else await _found(request, actor, given.filter)
    # One of none is still looked at: what is wrong with a wish does not depend on what a filter finds.
    return [link_ids[start : start + BATCH_MAX] for start in range(0, max(len(link_ids), 1), BATCH_MAX)]


async def _found(request: Request, actor: Actor, given: ListFilter) -> list[LinkId]:
    query = ListQuery(
        workspace_id=require(actor, Scope.LINKS_WRITE).workspace_id,
        user_id=user_of(actor),
        filter=filter_of(request, given),
        order=Order(),
        limit=FILTERED_MAX + 1,
        now=parts_of(request).clock(),
    )
    async with parts_of(request).database.read() as tx:
        found = await tx.lists.ids(query)
    if len(found) > FILTERED_MAX:
        raise TooManyMatches(
            errors=(FieldError("filter", TooManyMatches.code, {"max": FILTERED_MAX}),), max=FILTERED_MAX
        )
    return found


def _link_ids(texts: Iterable[str]) -> list[LinkId]:
    return [LinkId(id_in_path(text)) for text in dict.fromkeys(texts)]


def _bulk_answer(done: list[BulkDone], *, edited: Collection[str], language: Language) -> dict[str, Any]:
    """Return what became of it. `edited` are the names of the fields that an edit changed."""
    changed = [link_id for each in done for link_id in each.changed]
    failed = [failure for each in done for failure in each.failed]
    moves: dict[FolderId | None, list[str]] = {}
    for each in done:
        for link_id, folder_id in each.moved_from:
            moves.setdefault(folder_id, []).append(encode_id(link_id))
    return {
        "changed": len(changed),
        "failed": [_failure(link_id, problem, language) for link_id, problem in failed],
        "undo": {
            "ids": [encode_id(link_id) for link_id in changed],
            "moves": [
                {"folder": None if folder_id is None else encode_id(folder_id), "ids": link_ids}
                for folder_id, link_ids in moves.items()
            ],
            "changes": _former([link for each in done for link in each.edited], edited),
        },
    }


def _former(links: Iterable[Link], names: Collection[str]) -> list[dict[str, Any]]:
    """Return how links were in some fields, those together that were alike."""
    alike: dict[str, dict[str, Any]] = {}
    for link in links:
        change = _as_wished(link, names)
        group = alike.setdefault(json.dumps(change), {"change": change, "ids": []})
        group["ids"].append(encode_id(link.id))
    return list(alike.values())


def _as_wished(link: Link, names: Collection[str]) -> dict[str, Any]:
    """Return the change that would make a link what it is, in some fields."""
    whole = {
        "destination": link.destination,
        "title": link.title,
        "guard": None if link.guard == NO_GUARD else shown_guard(link.guard),
        "audience": shown_audience(link.audience),
        "expires_at": shown_instant(link.expires_at) if link.expires_at else None,
        "note": link.note,
    }
    return {name: value for name, value in whole.items() if name in names}


def _failure(link_id: LinkId, problem: AppError, language: Language) -> dict[str, Any]:
    return {"id": encode_id(link_id), "problem": problem_of(problem, language)}


async def _shown(request: Request, tx: Transaction, actor: Actor, link: Link) -> Response:
    around = await tx.lists.around([link], user_id=user_of(actor))
    return json_answer(shown_link(link, place=place_of(request), around=around))
