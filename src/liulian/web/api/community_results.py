"""What operators learn of self-tests and rituals, over HTTP: counts, and what members chose to show. Only reads."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from liulian.base.ids import RitualId, ServiceId, encode_id
from liulian.community.results import (
    SHARED_MAX,
    Attended,
    SharedAttempt,
    VersionResult,
    attendance_of,
    result_of,
    shared_answers,
)
from liulian.community.self_tests import Answer, Item, number_text
from liulian.web.api.communities import community_of
from liulian.web.api.community_parts import PartId
from liulian.web.api.describe import KEYED, answers, refusals
from liulian.web.api.link_id import LinkIdInPath  # noqa: F401 - Paths below name what it registers.
from liulian.web.api.shown import shown_instant
from liulian.web.api.wishes import AnyId, cursor_number, id_in_path, json_answer
from liulian.web.auth import KnownActor
from liulian.web.parts import parts_of

NEWEST = 2**63 - 1  # Above every id.
PAGE_DEFAULT = 20

router = APIRouter(prefix="/communities/{id:link_id}", tags=["community-results"])

Limit = Annotated[int, Query(ge=1, le=SHARED_MAX, description="How many at most.")]
Cursor = Annotated[str | None, Query(max_length=100, description="`next_cursor` of the page before.")]


@router.get(
    "/services/{part_id:link_id}/results",
    name="results",
    summary="Count the results of a self-test",
    responses=answers(200, "SelfTestResult") | refusals(403),
    openapi_extra=KEYED,
)
async def results(request: Request, actor: KnownActor, community_id: AnyId, part_id: PartId) -> Response:
    """Count members by band, each by their last attempt. Of too few members only their number is told."""
    async with parts_of(request).database.read() as tx:
        found = await result_of(
            actor,
            community_of(community_id),
            ServiceId(id_in_path(part_id)),
            store=tx.communities,
            attempts=tx.attempts,
        )
    return json_answer(
        {
            "service": encode_id(found.service.id),
            "name": found.service.name,
            "attempts": found.attempts,
            "versions": [_shown_version(each) for each in found.versions],
        }
    )


@router.get(
    "/shared-answers",
    name="shared_answers",
    summary="List the answers that members show to staff",
    responses=answers(200, "SharedAnswersPage") | refusals(403),
    openapi_extra=KEYED,
)
async def shared(
    request: Request, actor: KnownActor, community_id: AnyId, limit: Limit = PAGE_DEFAULT, cursor: Cursor = None
) -> Response:
    """List attempts at self-tests whose authors show them, newest first. An author can take that back at any time."""
    before = cursor_number(cursor)
    async with parts_of(request).database.read() as tx:
        found = await shared_answers(
            actor,
            community_of(community_id),
            before=NEWEST if before is None else before,
            limit=limit + 1,
            store=tx.communities,
            attempts=tx.attempts,
            members=tx.members,
        )
    page = found[:limit]
    following = encode_id(page[-1].attempt.id) if len(found) > limit else None
    return json_answer({"shared": [_shown_shared(each) for each in page], "next_cursor": following})


@router.get(
    "/rituals/{part_id:link_id}/attendance",
    name="attendance",
    summary="Count who came to a ritual",
    responses=answers(200, "RitualAttendance") | refusals(403),
    openapi_extra=KEYED,
)
async def attendance(request: Request, actor: KnownActor, community_id: AnyId, part_id: PartId) -> Response:
    """Count who was there, for each occurrence of the last quarter, newest first."""
    parts = parts_of(request)
    async with parts.database.read() as tx:
        ritual, attended = await attendance_of(
            actor,
            community_of(community_id),
            RitualId(id_in_path(part_id)),
            store=tx.communities,
            acts=tx.attendance,
            now=parts.clock(),
        )
        members = await tx.communities.members_of([ritual.community_id])
    return json_answer(
        {
            "ritual": encode_id(ritual.id),
            "name": ritual.name,
            "members_now": members.get(ritual.community_id, 0),
            "occurrences": [_shown_attended(each) for each in attended],
        }
    )


def _shown_version(result: VersionResult) -> dict[str, Any]:
    bands = None
    if result.bands is not None:
        names = {band.key: band.name for band in result.test.bands} if result.test else {}
        keys = [*names, *sorted(result.bands.keys() - names.keys())]
        bands = [{"key": key, "name": names.get(key), "members": result.bands.get(key, 0)} for key in keys]
    return {"version": result.version, "members": result.members, "bands": bands}


def _shown_shared(shared: SharedAttempt) -> dict[str, Any]:
    attempt, test = shared.attempt, shared.test
    band = test.band(attempt.band) if test is not None and attempt.band else None
    return {
        "id": encode_id(attempt.id),
        "member": encode_id(attempt.member_id),
        "nickname": None if shared.member is None else shared.member.nickname,
        "service": encode_id(attempt.service_id),
        "name": None if shared.service is None else shared.service.name,
        "version": attempt.version,
        "created_at": shown_instant(attempt.created_at),
        "score": attempt.score,
        "band": None if band is None else band.name,
        "answers": [
            _shown_answer(key, answer, None if test is None else test.item(key))
            for key, answer in attempt.answers.items()
        ],
    }


def _shown_answer(key: str, answer: Answer, item: Item | None) -> dict[str, Any]:
    values = answer if isinstance(answer, tuple) else (answer,)
    said = [f"{number_text(value)} {item.unit if item else ''}".strip() for value in values]
    if item is not None and item.options:
        said = [option.text for value in values if (option := item.option(value)) is not None]
    return {"item": key, "question": None if item is None else item.text, "values": list(values), "said": said}


def _shown_attended(attended: Attended) -> dict[str, Any]:
    occurrence = attended.occurrence
    return {
        "occurrence": occurrence.wall,
        "starts_at": shown_instant(occurrence.starts_at),
        "is_cancelled": occurrence.is_cancelled,
        "is_moved": occurrence.is_moved,
        "members": attended.members,
    }
