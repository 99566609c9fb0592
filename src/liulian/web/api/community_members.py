"""Members of communities over HTTP: who they are and what brought them, a page at a time or all of them as a file."""

import csv
import io
from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response, StreamingResponse

from liulian.accounts.model import Actor
from liulian.accounts.permissions import Scope
from liulian.base.errors import FieldError, InvalidRequest
from liulian.base.ids import ChannelId, CommunityId, decode_id, encode_id
from liulian.base.zones import day_of_number
from liulian.community.member_list import every_member, list_members
from liulian.community.model import Member, MemberState
from liulian.community.service import community_for
from liulian.storage.database import Transaction
from liulian.web.api.audit import BOM, FORMULA
from liulian.web.api.communities import community_of
from liulian.web.api.describe import KEYED, answers, refusals
from liulian.web.api.link_id import LinkIdInPath  # noqa: F401 - Paths below name what it registers.
from liulian.web.api.shown_people import instant
from liulian.web.api.wishes import AnyId, cursor_number, json_answer
from liulian.web.auth import KnownActor
from liulian.web.downloads import attachment
from liulian.web.parts import Parts, parts_of

PAGE_MAX, PAGE_DEFAULT = 200, 50
COLUMNS = (
    "id",
    "nickname",
    "state",
    "role",
    "channel",
    "channel_name",
    "link",
    "joined_at",
    "joined_on",
    "last_seen_at",
    "left_at",
)

router = APIRouter(prefix="/communities/{id:link_id}", tags=["community-members"])

Limit = Annotated[int, Query(ge=1, le=PAGE_MAX, description="How many members at most.")]
Cursor = Annotated[str | None, Query(description="`next_cursor` of the page before.")]
State = Annotated[Literal["active", "left", "erased"] | None, Query(description="Only members of this state.")]
Channel = Annotated[str | None, Query(description="Only members whom this channel brought, by its id.")]


@router.get(
    "/members",
    summary="List members",
    responses=answers(200, "CommunityMemberPage") | refusals(403),
    openapi_extra=KEYED,
)
async def list_(
    request: Request,
    actor: KnownActor,
    community_id: AnyId,
    limit: Limit = PAGE_DEFAULT,
    cursor: Cursor = None,
    state: State = None,
    channel: Channel = None,
) -> Response:
    """List members in the order in which they joined, and what brought each of them."""
    known = community_of(community_id)
    async with parts_of(request).database.read() as tx:
        found = await list_members(
            actor,
            known,
            tx=tx,
            limit=limit + 1,
            after=cursor_number(cursor) or 0,
            state=None if state is None else MemberState(state),
            channel_id=_channel_id(channel),
        )
        names = await _channel_names(tx, known)
    shown = [shown_member(member, names=names) for member in found[:limit]]
    return json_answer({"members": shown, "next_cursor": shown[-1]["id"] if len(found) > limit else None})


@router.get(
    "/members.csv",
    summary="Export members as CSV",
    responses={
        200: {"description": "The file.", "content": {"text/csv": {"schema": {"type": "string"}}}},
        **refusals(401, 403, 404, 422, 503),
    },
    openapi_extra=KEYED,
)
async def export(request: Request, actor: KnownActor, community_id: AnyId) -> Response:
    """Answer all members as CSV (UTF-8), in the order in which they joined."""
    parts, known = parts_of(request), community_of(community_id)
    async with parts.database.write() as tx:  # Asked again for every page; here so that a refusal is no half a file.
        community = await community_for(actor, known, store=tx.communities, scope=Scope.COMMUNITIES_PEOPLE)
        file = f"{community.slug}-members.csv"
        await tx.audit.record(actor, "export.started", "community", known, now=parts.clock(), file=file)
        names = await _channel_names(tx, known)
    headers = {"Content-Disposition": attachment(file)}
    lines = _file(actor, known, names, parts)
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)


def shown_member(member: Member, *, names: Mapping[ChannelId, str]) -> dict[str, Any]:
    """Return a member as operators see them."""
    return {
        "id": encode_id(member.id),
        "nickname": member.nickname,
        "state": member.state.value,
        "role": member.role.value,
        "channel": None if member.channel_id is None else encode_id(member.channel_id),
        "channel_name": None if member.channel_id is None else names.get(member.channel_id),
        "link": None if member.link_id is None else encode_id(member.link_id),
        "joined_at": instant(member.joined_at),
        "joined_on": day_of_number(member.joined_on).isoformat(),
        "last_seen_at": None if member.seen_at is None else instant(member.seen_at),
        "left_at": None if member.left_at is None else instant(member.left_at),
    }


async def _file(
    actor: Actor, community_id: CommunityId, names: Mapping[ChannelId, str], parts: Parts
) -> AsyncIterator[str]:
    yield BOM + _lines([COLUMNS])
    async for page in every_member(actor, community_id, read=parts.database.read):
        yield _lines([_row(shown_member(member, names=names)) for member in page])


def _row(shown: Mapping[str, Any]) -> tuple[str, ...]:
    cells = (str(shown[name]) if shown[name] is not None else "" for name in COLUMNS)
    return tuple("'" + cell if cell.startswith(FORMULA) else cell for cell in cells)


def _lines(rows: list[tuple[str, ...]]) -> str:
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue()


async def _channel_names(tx: Transaction, community_id: CommunityId) -> dict[ChannelId, str]:
    return {channel.id: channel.name for channel in await tx.communities.channels.list_of(community_id)}


def _channel_id(written: str | None) -> ChannelId | None:
    if written is None:
        return None
    number = decode_id(written)
    if number is None:
        raise InvalidRequest(errors=(FieldError("channel", "field_form"),))
    return ChannelId(number)
