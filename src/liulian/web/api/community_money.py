"""Costs and income of a community's modules over HTTP: tell, list, add up. Decides nothing itself."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from liulian.base.errors import FieldError, InvalidRequest
from liulian.base.i18n import Language
from liulian.base.ids import ServiceId, decode_id, encode_id
from liulian.base.zones import day_number
from liulian.community.money import (
    ENTRIES_MAX,
    Entered,
    Money,
    MoneyDesk,
    MoneyFilter,
    MoneySum,
    enter,
    list_money,
    sum_money,
)
from liulian.community.wording import shown_day
from liulian.web.api.bodies import BULK_BYTES_MAX, read_json
from liulian.web.api.communities import community_of
from liulian.web.api.community_evidence import list_in
from liulian.web.api.describe import KEYED, answers, refusals, takes
from liulian.web.api.link_id import LinkIdInPath  # noqa: F401 - Paths below name what it registers.
from liulian.web.api.shown import shown_instant
from liulian.web.api.wishes import ID_PATTERN, AnyId, cursor_number, json_answer
from liulian.web.auth import KnownActor
from liulian.web.errors import language_of, problem_of
from liulian.web.parts import parts_of

router = APIRouter(prefix="/communities/{id:link_id}/money", tags=["community-money"])

LIMIT_MAX, LIMIT_DEFAULT = 200, 50
Limit = Annotated[int, Query(ge=1, le=LIMIT_MAX)]
Cursor = Annotated[str | None, Query(max_length=40, description="`next_cursor` of the page before.")]
Module = Annotated[str | None, Query(pattern=ID_PATTERN, description="One module alone.")]
From = Annotated[date | None, Query(alias="from", description="The first day.")]
Until = Annotated[date | None, Query(description="The last day.")]


@router.post(
    "",
    summary="Tell what modules cost and bring in",
    responses=answers(200, "MoneyAnswer") | refusals(403),
    openapi_extra=KEYED | takes("MoneyList"),
)
async def create(request: Request, actor: KnownActor, community_id: AnyId) -> Response:
    """Tell of up to 1,000 entries at once. The answer is 200 with a result for each. A known key counts once."""
    body, parts = await read_json(request, bytes_max=BULK_BYTES_MAX), parts_of(request)
    given = list_in(body.value, "entries", at_most=ENTRIES_MAX)
    async with parts.database.write() as tx:
        desk = MoneyDesk(tx=tx, ids=parts.ids, now=parts.clock())
        results = await enter(actor, community_of(community_id), given, desk=desk)
    language = language_of(request)
    return json_answer({"results": [_shown_result(n, each, language) for n, each in enumerate(results)]})


@router.get("", summary="List money", responses=answers(200, "MoneyPage") | refusals(403), openapi_extra=KEYED)
async def list_(
    request: Request,
    actor: KnownActor,
    community_id: AnyId,
    service_id: Module = None,
    first: From = None,
    until: Until = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> Response:
    """List costs and income, what was told last first."""
    which, before = _filter(service_id, first, until), cursor_number(cursor)
    async with parts_of(request).database.read() as tx:
        found = await list_money(actor, community_of(community_id), which, tx=tx, before=before, limit=limit + 1)
    shown = [_shown(entry) for entry in found[:limit]]
    return json_answer({"entries": shown, "next_cursor": shown[-1]["id"] if len(found) > limit else None})


@router.get("/sums", summary="Add up money", responses=answers(200, "MoneySums") | refusals(403), openapi_extra=KEYED)
async def sums(
    request: Request,
    actor: KnownActor,
    community_id: AnyId,
    service_id: Module = None,
    first: From = None,
    until: Until = None,
) -> Response:
    """Add up what each module cost and brought in, each currency by itself."""
    which = _filter(service_id, first, until)
    async with parts_of(request).database.read() as tx:
        found = await sum_money(actor, community_of(community_id), which, tx=tx)
    return json_answer({"sums": [_shown_sum(each) for each in found], "next_cursor": None})


def _filter(service_id: str | None, first: date | None, until: date | None) -> MoneyFilter:
    number = None if service_id is None else decode_id(service_id)
    if service_id is not None and number is None:
        raise InvalidRequest(errors=(FieldError("service_id", "part_unknown"),))
    return MoneyFilter(
        service_id=None if number is None else ServiceId(number),
        from_day=None if first is None else day_number(first),
        until_day=None if until is None else day_number(until),
    )


def _shown_result(index: int, result: Entered | InvalidRequest, language: Language) -> dict[str, Any]:
    if isinstance(result, Entered):
        return {"index": index, "id": encode_id(result.id), "is_new": result.is_new}
    return {"index": index, "problem": problem_of(result, language, within=f"entries[{index}]")}


def _shown(entry: Money) -> dict[str, Any]:
    return {
        "id": encode_id(entry.id),
        "key": entry.key,
        "day": shown_day(entry.day),
        "service_id": _id(entry.service_id),
        "cost": entry.cost,
        "income": entry.income,
        "currency": entry.currency,
        "note": entry.note,
        "created_at": shown_instant(entry.created_at),
    }


def _shown_sum(each: MoneySum) -> dict[str, Any]:
    return {
        "service_id": _id(each.service_id),
        "currency": each.currency,
        "cost": each.cost,
        "income": each.income,
    }


def _id(service_id: ServiceId | None) -> str | None:
    return None if service_id is None else encode_id(service_id)
