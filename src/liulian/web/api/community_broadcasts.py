"""The weekly broadcast and the progress of goals over HTTP, for operators. Decides nothing itself."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from liulian.accounts.permissions import Scope
from liulian.base.ids import encode_id
from liulian.community.acts import Purpose
from liulian.community.broadcasts import (
    BODY_MAX,
    LISTED_MAX,
    NAME_MAX,
    Desk,
    draft_of,
    progress_together,
    publish,
    week_text,
)
from liulian.community.feedback import GoalTotal
from liulian.community.goals_progress import Meaning, Progress
from liulian.community.model import Broadcast
from liulian.community.reading import Reading
from liulian.community.service import community_for
from liulian.storage.database import Transaction
from liulian.web.api.bodies import read_json
from liulian.web.api.communities import community_of
from liulian.web.api.describe import KEYED, answers, refusals, takes
from liulian.web.api.link_id import LinkIdInPath  # noqa: F401 - Paths below name what it registers.
from liulian.web.api.shown import shown_instant
from liulian.web.api.wishes import AnyId, cursor_number, json_answer
from liulian.web.auth import KnownActor
from liulian.web.parts import parts_of

PAGE_DEFAULT = 20

router = APIRouter(prefix="/communities/{id:link_id}", tags=["community-broadcasts"])

Limit = Annotated[int, Query(ge=1, le=LISTED_MAX, description="How many at most.")]
Cursor = Annotated[str | None, Query(max_length=100, description="`next_cursor` of the page before.")]


@router.get(
    "/broadcasts",
    name="list",
    summary="List broadcasts",
    responses=answers(200, "BroadcastPage") | refusals(403),
    openapi_extra=KEYED,
)
async def list_(
    request: Request, actor: KnownActor, community_id: AnyId, limit: Limit = PAGE_DEFAULT, cursor: Cursor = None
) -> Response:
    """List what was said to all members, newest first, with the figures as they were."""
    async with parts_of(request).database.read() as tx:
        community = await community_for(actor, community_of(community_id), store=tx.communities)
        found = await tx.broadcasts.list_of(community.id, before=cursor_number(cursor), limit=limit + 1)
    page = found[:limit]
    following = encode_id(page[-1].id) if len(found) > limit else None
    return json_answer({"broadcasts": [_shown(each) for each in page], "next_cursor": following})


@router.get(
    "/broadcasts/draft",
    name="draft",
    summary="Compute this week's broadcast",
    responses=answers(200, "BroadcastDraft") | refusals(403),
    openapi_extra=KEYED,
)
async def draft(request: Request, actor: KnownActor, community_id: AnyId) -> Response:
    """Compute what this week's broadcast would say: what all did together, and what that comes to. Nothing is sent."""
    async with parts_of(request).database.read() as tx:
        community = await community_for(actor, community_of(community_id), store=tx.communities)
        found = await draft_of(community, desk=_desk(request, tx))
        sent = await tx.broadcasts.of_week(community.id, week=found.week)
    return json_answer(
        {
            "week": week_text(found.week),
            "name": found.name,
            "body": found.body,
            "sums": found.sums,
            "is_sent": sent is not None,
        }
    )


@router.post(
    "/broadcasts",
    name="publish",
    summary="Publish this week's broadcast",
    status_code=201,
    responses=answers(201, "Broadcast", located=False) | refusals(403, 409),
    openapi_extra=KEYED | takes("BroadcastWish"),
)
async def create(request: Request, actor: KnownActor, community_id: AnyId) -> Response:
    """Show this week's broadcast to all members, on their first page. There is one a week, and it stays as it is."""
    fields = Reading((await read_json(request)).value)
    name = fields.text("name", length_max=NAME_MAX)
    body = _body(fields)
    purpose = fields.choice("purpose", Purpose, default=Purpose.PROBLEM)
    fields.finish()
    async with parts_of(request).database.write() as tx:
        known = community_of(community_id)
        community = await community_for(actor, known, store=tx.communities, scope=Scope.COMMUNITIES_WRITE)
        fields.refuse()
        sent = await publish(actor, community, name=name, body=body, purpose=purpose, desk=_desk(request, tx))
        await tx.audit.record(actor, "broadcast.sent", "community", community.id, now=sent.created_at, name=sent.name)
    return json_answer(_shown(sent), status=201)


@router.get(
    "/goals/progress",
    name="progress",
    summary="Tell how far the goals are",
    responses=answers(200, "GoalProgressList") | refusals(403),
    openapi_extra=KEYED,
)
async def progress(request: Request, actor: KnownActor, community_id: AnyId) -> Response:
    """Tell how far the goals are that all members reach together: ever, this week, and against their time."""
    async with parts_of(request).database.read() as tx:
        community = await community_for(actor, community_of(community_id), store=tx.communities)
        found = await progress_together(community, desk=_desk(request, tx))
    return json_answer({"goals": [_shown_progress(each, total) for each, total in found]})


def _desk(request: Request, tx: Transaction) -> Desk:
    parts = parts_of(request)
    return Desk(sends=tx.broadcasts, sums=tx.sums, goals=tx.communities, log=tx.log, ids=parts.ids, now=parts.clock())


def _body(fields: Reading) -> str:
    """Return a text of several lines; what else is wrong with it is said when it is published."""
    value = fields.value("body")
    if value is None:
        fields.fault("body", "field_required")
    elif not isinstance(value, str):
        fields.fault("body", "field_type")
    elif len(value) > BODY_MAX:
        fields.fault("body", "broadcast_text", name=NAME_MAX, body=BODY_MAX)
    return value if isinstance(value, str) else ""


def _shown(broadcast: Broadcast) -> dict[str, Any]:
    return {
        "id": encode_id(broadcast.id),
        "week": None if broadcast.week is None else week_text(broadcast.week),
        "name": broadcast.name,
        "body": broadcast.body,
        "purpose": broadcast.purpose.value,
        "sums": broadcast.sums,
        "sent_at": None if broadcast.sent_at is None else shown_instant(broadcast.sent_at),
    }


def _shown_progress(found: Progress, total: GoalTotal) -> dict[str, Any]:
    return {
        "id": encode_id(found.goal.id),
        "name": found.goal.name,
        "unit": found.goal.unit,
        "done": found.done,
        "needed": found.needed,
        "share": found.share,
        "week": total.week,
        "pace": found.pace.value,
        "per_day": found.per_day,
        "meaning": _shown_meaning(found.meaning),
    }


def _shown_meaning(meaning: Meaning | None) -> dict[str, Any] | None:
    return None if meaning is None else {"amount": meaning.amount, "unit": meaning.unit, "source": meaning.source}
