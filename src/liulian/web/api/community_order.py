"""Keep order in a community over HTTP: what was reported or is suspected, what waits to be read, appeals, hosts.

Who reported something is told to nobody. What is decided is in `community/moderation.py`.
"""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from liulian.base.errors import NotFound
from liulian.base.ids import FlagId, MemberId, PostId, encode_id
from liulian.community.exchange import PostState, Seen, is_withdrawn
from liulian.community.model import Member, MemberRole
from liulian.community.moderation import (
    FlagStep,
    PostStep,
    decide_flag,
    decide_post,
    give_role,
    operator_judge,
    silence,
    unsilence,
)
from liulian.community.reports import Flag, FlagKind, FlagObject, FlagState, Measure
from liulian.storage.database import Transaction
from liulian.web.api.communities import community_of
from liulian.web.api.community_order_schemas import (
    FlagDecision,
    FlagKindName,
    FlagStateName,
    PostDecision,
    PostStateName,
    StandingWish,
)
from liulian.web.api.community_parts import PartId
from liulian.web.api.describe import KEYED, answers, refusals, takes
from liulian.web.api.link_id import LinkIdInPath  # noqa: F401 - Paths below name what it registers.
from liulian.web.api.shown_people import instant
from liulian.web.api.wishes import AnyId, cursor_number, id_in_path, json_answer, read_shape
from liulian.web.auth import KnownActor
from liulian.web.members.order import order_desk
from liulian.web.members.pictures import delete_pictures
from liulian.web.parts import parts_of

PAGE_MAX, PAGE_DEFAULT = 200, 50

router = APIRouter(prefix="/communities/{id:link_id}", tags=["community-order"])

Limit = Annotated[int, Query(ge=1, le=PAGE_MAX, description="How many at most.")]
Cursor = Annotated[str | None, Query(description="`next_cursor` of the page before.")]
Kind = Annotated[FlagKindName | None, Query(description="Only those of one kind.")]
AboutKind = Annotated[Literal["post", "act", "member"] | None, Query(description="Only those about one kind of thing.")]


@router.get(
    "/flags",
    summary="List what is to be looked at",
    responses=answers(200, "CommunityFlagPage") | refusals(403),
    openapi_extra=KEYED,
)
async def list_flags(
    request: Request,
    actor: KnownActor,
    community_id: AnyId,
    state: FlagStateName = "open",
    kind: Kind = None,
    about: AboutKind = None,
    limit: Limit = PAGE_DEFAULT,
    cursor: Cursor = None,
) -> Response:
    """List reports of members, what our own rules suspect, and decisions, of one state, the oldest first."""
    async with parts_of(request).database.read() as tx:
        judge = await operator_judge(actor, community_of(community_id), store=tx.communities)
        found = await tx.flags.page(
            judge.community.id,
            state=FlagState(state),
            kind=None if kind is None else FlagKind(kind),
            about=None if about is None else FlagObject(about),
            limit=limit + 1,
            after=cursor_number(cursor) or 0,
        )
        shown = await _shown_flags(tx, found[:limit])
    return json_answer({"flags": shown, "next_cursor": shown[-1]["id"] if len(found) > limit else None})


@router.post(
    "/flags/{part_id:link_id}/decision",
    summary="Decide about a flag",
    responses=answers(200, "CommunityFlag") | refusals(403, 409),
    openapi_extra=KEYED | takes("FlagDecision"),
)
async def decide_about_flag(request: Request, actor: KnownActor, community_id: AnyId, part_id: PartId) -> Response:
    """Uphold or dismiss an open flag, grant or deny an appeal. Whom it concerns reads the reason."""
    wish = await read_shape(request, FlagDecision)
    async with parts_of(request).database.write() as tx:
        judge = await operator_judge(actor, community_of(community_id), store=tx.communities)
        flag, files = await decide_flag(
            judge,
            FlagId(id_in_path(part_id)),
            FlagStep(wish.do),
            measure=None if wish.measure is None else Measure(wish.measure),
            why=wish.why or "",
            desk=order_desk(request, tx),
        )
        (shown,) = await _shown_flags(tx, [flag])
    await delete_pictures(request, files)
    return json_answer(shown)


@router.get(
    "/posts",
    summary="List posts of members",
    responses=answers(200, "CommunityPostPage") | refusals(403),
    openapi_extra=KEYED,
)
async def list_posts(
    request: Request,
    actor: KnownActor,
    community_id: AnyId,
    state: PostStateName = "waiting",
    limit: Limit = PAGE_DEFAULT,
    cursor: Cursor = None,
) -> Response:
    """List questions and answers of one state, the oldest first: those that wait to be read, unless asked otherwise."""
    async with parts_of(request).database.read() as tx:
        judge = await operator_judge(actor, community_of(community_id), store=tx.communities)
        after = cursor_number(cursor) or 0
        found = await tx.posts.in_state(judge.community.id, state=PostState(state), limit=limit + 1, after=after)
    shown = [shown_post(each) for each in found[:limit]]
    return json_answer({"posts": shown, "next_cursor": shown[-1]["id"] if len(found) > limit else None})


@router.post(
    "/posts/{part_id:link_id}/decision",
    summary="Decide about a post",
    responses=answers(200, "CommunityPost") | refusals(403, 409),
    openapi_extra=KEYED | takes("PostDecision"),
)
async def decide_about_post(request: Request, actor: KnownActor, community_id: AnyId, part_id: PartId) -> Response:
    """Let a post be seen, hide it, or remove it. Nothing is deleted: its author reads the reason, and may appeal."""
    wish, post_id = await read_shape(request, PostDecision), PostId(id_in_path(part_id))
    async with parts_of(request).database.write() as tx:
        judge = await operator_judge(actor, community_of(community_id), store=tx.communities)
        await decide_post(judge, post_id, PostStep(wish.do), wish.why or "", desk=order_desk(request, tx))
        seen = await tx.posts.seen(post_id, community_id=judge.community.id)
    if seen is None:
        raise NotFound
    return json_answer(shown_post(seen))


@router.patch(
    "/members/{part_id:link_id}",
    summary="Change what a member may do",
    responses=answers(200, "Standing") | refusals(403),
    openapi_extra=KEYED | takes("StandingWish"),
)
async def change_standing(request: Request, actor: KnownActor, community_id: AnyId, part_id: PartId) -> Response:
    """Make a member a host or no longer one; silence them, with a reason that they read, or let them write again."""
    wish, member_id = await read_shape(request, StandingWish), MemberId(id_in_path(part_id))
    async with parts_of(request).database.write() as tx:
        judge = await operator_judge(actor, community_of(community_id), store=tx.communities)
        desk = order_desk(request, tx)
        if wish.role is not None:
            await give_role(judge, member_id, MemberRole(wish.role), desk=desk)
        if wish.is_silenced is not None:
            silenced = silence(judge, member_id, wish.why or "", desk=desk) if wish.is_silenced else None
            await (silenced or unsilence(judge, member_id, desk=desk))
        member = await tx.members.find(member_id)
        if member is None or member.community_id != judge.community.id:
            raise NotFound
    return json_answer(shown_standing(member))


def shown_standing(member: Member) -> dict[str, Any]:
    """Return what a member may do."""
    return {
        "id": encode_id(member.id),
        "nickname": member.nickname,
        "role": member.role.value,
        "is_silenced": member.silenced_at is not None,
    }


def shown_post(seen: Seen) -> dict[str, Any]:
    """Return a post as operators see it. One that was taken back says nothing any more."""
    post = seen.post
    return {
        "id": encode_id(post.id),
        "member": encode_id(post.member_id),
        "nickname": seen.nickname,
        "question": None if post.question_id is None else encode_id(post.question_id),
        "body": "" if is_withdrawn(post) else post.body,
        "state": post.state.value,
        "reason": post.reason,
        "thanks": post.thanks,
        "created_at": instant(post.created_at),
    }


async def _shown_flags(tx: Transaction, flags: list[Flag]) -> list[dict[str, Any]]:
    members = await tx.members.list_of_ids([flag.member_id for flag in flags]) if flags else {}
    about = [PostId(flag.object_id) for flag in flags if flag.object_kind is FlagObject.POST]
    posts = await tx.posts.seen_all(about, community_id=flags[0].community_id) if flags else {}
    return [_shown_flag(flag, members.get(flag.member_id), posts.get(PostId(flag.object_id))) for flag in flags]


def _shown_flag(flag: Flag, member: Member | None, post: Seen | None) -> dict[str, Any]:
    verdict = flag.verdict
    return {
        "id": encode_id(flag.id),
        "kind": flag.kind.value,
        "object": flag.object_kind.value,
        "object_id": encode_id(flag.object_id),
        "member": encode_id(flag.member_id),
        "nickname": "" if member is None else member.nickname,
        "reasons": list(flag.reasons),
        "note": flag.note,
        "score": flag.score,
        "state": flag.state.value,
        "appeal": flag.appeal,
        "verdict": None
        if verdict is None
        else {"measure": verdict.measure.value, "why": verdict.why, "answer": verdict.answer},
        "post": None if post is None else {"body": post.post.body, "state": post.post.state.value},
        "created_at": instant(flag.created_at),
        "closed_at": None if flag.closed_at is None else instant(flag.closed_at),
    }
