"""Keep order on member pages: report something, see nothing of somebody, and for hosts, read what waits.

Members also read here what was decided about themselves, and why, and may appeal (`/me/decisions`). What may be decided
is in `community/moderation.py`; operators do the same, and more, over the API.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from liulian.base.errors import AppError, FieldError, InvalidRequest, NotFound
from liulian.base.i18n import Language
from liulian.base.ids import FlagId, MemberId, PostId, decode_id, encode_id
from liulian.community.exchange import PAGE, PostState
from liulian.community.moderation import (
    WHY_LENGTH_MAX,
    FlagStep,
    OrderDesk,
    PostStep,
    decide_flag,
    decide_post,
    host_judge,
)
from liulian.community.people import MemberActor
from liulian.community.reports import (
    APPEAL_LENGTH_MAX,
    NOTE_LENGTH_MAX,
    Flag,
    FlagObject,
    FlagState,
    Measure,
    ReportDesk,
    ReportReason,
    appeal,
    report,
)
from liulian.storage.database import Transaction
from liulian.web.api.wishes import id_in_path
from liulian.web.errors import problem_of
from liulian.web.members.asking import need_member
from liulian.web.members.exchange import DONE, Line, back, back_to, exchange_desk, line_of, subjects_of
from liulian.web.members.layout import HEADERS, member_language, member_page, member_router
from liulian.web.members.when import when_said, zone_of
from liulian.web.pages.fields import fields_of
from liulian.web.parts import parts_of

DECISIONS_MAX = 50

router = member_router()
Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """A post that somebody reported, as hosts see it."""

    id: str
    reasons: tuple[str, ...]
    note: str
    line: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What was decided about a member, as they read it."""

    id: str
    about: str
    measure: str
    why: str
    answer: str
    appeal: str
    when: str
    body: str
    is_undone: bool
    can_appeal: bool
    is_waiting: bool


@router.api_route("/exchange/report", methods=["GET", "HEAD"])
async def report_page(request: Request, slug: str, kind: str = "", id: str = "", then: str = "") -> Response:  # noqa: A002
    """Answer the form that says why somebody should look at something."""
    asking = await need_member(request, slug)
    if decode_id(id) is None:
        raise NotFound
    return _report_form(request, asking, {"kind": _chosen(FlagObject, kind, "kind").value, "id": id, "then": then})


@router.post("/exchange/report")
async def do_report(request: Request, slug: str) -> Response:
    """Take a report."""
    asking, fields = await need_member(request, slug), await fields_of(request)
    object_id, now = decode_id(fields.get("id", "")), parts_of(request).clock()
    if object_id is None:
        raise NotFound
    try:
        kind = _chosen(FlagObject, fields.get("kind", ""), "kind")
        reason = _chosen(ReportReason, fields.get("reason", ""), "reason")
        async with parts_of(request).database.write() as tx:
            desk = ReportDesk(exchange=exchange_desk(request, tx, now=now), flags=tx.flags, members=tx.members)
            await report(asking, kind, object_id, reason=reason, note=fields.get("note", ""), desk=desk)
    except InvalidRequest as error:
        return _report_form(request, asking, fields, error=error)
    return back_to(slug, fields.get("then", ""), "reported")


@router.post("/exchange/block")
async def do_block(request: Request, slug: str) -> Response:
    """Let a member see another one no more, or again (`is_on=0`)."""
    asking, fields = await need_member(request, slug), await fields_of(request)
    number, is_on = decode_id(fields.get("id", "")), fields.get("is_on", "1") == "1"
    async with parts_of(request).database.write() as tx:
        other = None if number is None else await tx.members.find(MemberId(number))
        if other is None or other.community_id != asking.community.id or other.id == asking.member.id:
            raise NotFound
        if is_on:
            await tx.posts.block(other.id, by=asking.member.id, now=parts_of(request).clock())
        else:
            await tx.posts.unblock(other.id, by=asking.member.id)
    return back(slug, "exchange", "blocked") if is_on else back(slug, "me/decisions", "unblocked")


@router.api_route("/exchange/order", methods=["GET", "HEAD"])
async def order_page(request: Request, slug: str, after: str = "") -> Response:
    """Answer, to a host, the posts that wait and those that were reported."""
    asking = await need_member(request, slug)
    return await _order(request, asking, after=after)


@router.post("/exchange/order/posts/{post_id}")
async def do_decide_post(request: Request, slug: str, post_id: str) -> Response:
    """Take a host's decision about a post."""
    asking, fields = await need_member(request, slug), await fields_of(request)
    judge, number = host_judge(asking), PostId(id_in_path(post_id))
    step = _chosen(PostStep, fields.get("do", ""), "do")
    try:
        async with parts_of(request).database.write() as tx:
            await decide_post(judge, number, step, fields.get("why", ""), desk=order_desk(request, tx))
    except AppError as error:
        return await _order(request, asking, error=error)
    return RedirectResponse(f"/c/{slug}/exchange/order", status_code=303, headers=HEADERS)


@router.post("/exchange/order/flags/{flag_id}")
async def do_decide_flag(request: Request, slug: str, flag_id: str) -> Response:
    """Take a host's decision about a post that was reported: `hide`, `remove` or `dismiss`."""
    asking, fields = await need_member(request, slug), await fields_of(request)
    judge, number, wished = host_judge(asking), FlagId(id_in_path(flag_id)), fields.get("do", "")
    try:
        step = FlagStep.DISMISS if wished == FlagStep.DISMISS else FlagStep.UPHOLD
        measure = None if step is FlagStep.DISMISS else _chosen(Measure, wished, "do")
        async with parts_of(request).database.write() as tx:
            desk = order_desk(request, tx)
            await decide_flag(judge, number, step, measure=measure, why=fields.get("why", ""), desk=desk)
    except AppError as error:
        return await _order(request, asking, error=error)
    return RedirectResponse(f"/c/{slug}/exchange/order", status_code=303, headers=HEADERS)


@router.api_route("/me/decisions", methods=["GET", "HEAD"])
async def decisions(request: Request, slug: str, done: str = "") -> Response:
    """Answer what was decided about a member, and whom they do not see."""
    asking = await need_member(request, slug)
    return await _decisions(request, asking, done=done)


@router.post("/me/decisions/{flag_id}")
async def do_appeal(request: Request, slug: str, flag_id: str) -> Response:
    """Take an appeal."""
    asking, fields = await need_member(request, slug), await fields_of(request)
    try:
        async with parts_of(request).database.write() as tx:
            await appeal(asking, FlagId(id_in_path(flag_id)), fields.get("appeal", ""), flags=tx.flags)
    except NotFound:
        raise
    except AppError as error:
        return await _decisions(request, asking, error=error)
    return back(slug, "me/decisions", "appealed")


def order_desk(request: Request, tx: Transaction) -> OrderDesk:
    """Return what it takes to keep order in a transaction."""
    parts = parts_of(request)
    return OrderDesk(
        posts=tx.posts,
        flags=tx.flags,
        members=tx.members,
        acts=tx.flags,
        photos=tx.photos,
        log=tx.log,
        audit=tx.audit,
        ids=parts.ids,
        now=parts.clock(),
    )


def _report_form(
    request: Request, asking: MemberActor, fields: Mapping[str, str], *, error: AppError | None = None
) -> Response:
    language = member_language(request, asking.community, asking.member)
    return member_page(
        request,
        "member/report.html",
        asking.community,
        member=asking.member,
        tab="exchange",
        status=200 if error is None else error.status,
        typed=fields,
        reasons=[each.value for each in ReportReason],
        length_max=NOTE_LENGTH_MAX,
        problem="" if error is None else problem_of(error, language)["detail"],
    )


async def _order(request: Request, asking: MemberActor, *, after: str = "", error: AppError | None = None) -> Response:
    host_judge(asking)
    language = member_language(request, asking.community, asking.member)
    community_id = asking.community.id
    async with parts_of(request).database.read() as tx:
        waiting = await tx.posts.in_state(
            community_id, state=PostState.WAITING, limit=PAGE + 1, after=decode_id(after) or 0
        )
        open_flags = await tx.flags.page(community_id, state=FlagState.OPEN, limit=PAGE, about=FlagObject.POST)
        about = await tx.posts.seen_all([PostId(each.object_id) for each in open_flags], community_id=community_id)
        subjects = {each.value: each.name for each in await subjects_of(tx, asking)}
    lines = [line_of(each, asking, language, subjects=subjects, thanked=set()) for each in waiting]
    reported = [
        Reported(
            id=encode_id(flag.id),
            reasons=flag.reasons,
            note=flag.note or "",
            line=line_of(about[PostId(flag.object_id)], asking, language, subjects=subjects, thanked=set()),
        )
        for flag in open_flags
        if flag.object_id in about
    ]
    return member_page(
        request,
        "member/order.html",
        asking.community,
        member=asking.member,
        tab="exchange",
        status=200 if error is None else error.status,
        waiting=lines[:PAGE],
        more=lines[PAGE - 1].id if len(lines) > PAGE else "",
        reported=reported,
        problem="" if error is None else problem_of(error, language)["detail"],
        why_length_max=WHY_LENGTH_MAX,
    )


async def _decisions(
    request: Request, asking: MemberActor, *, done: str = "", error: AppError | None = None
) -> Response:
    language = member_language(request, asking.community, asking.member)
    async with parts_of(request).database.read() as tx:
        found = await tx.flags.decided_about(asking.member.id, limit=DECISIONS_MAX)
        posts = [PostId(each.object_id) for each in found if each.object_kind is FlagObject.POST]
        about = await tx.posts.seen_all(posts, community_id=asking.community.id)
        blocked = await tx.posts.blocked_by(asking.member.id)
    bodies = {number: each.post.body for number, each in about.items()}
    return member_page(
        request,
        "member/decisions.html",
        asking.community,
        member=asking.member,
        tab="me",
        status=200 if error is None else error.status,
        decisions=[_decision(each, asking, language, bodies=bodies) for each in found],
        blocked=[(encode_id(number), name) for number, name in blocked.items()],
        problem="" if error is None else problem_of(error, language)["detail"],
        length_max=APPEAL_LENGTH_MAX,
        done=done if done in (*DONE, "appealed") else "",
    )


def _decision(flag: Flag, asking: MemberActor, language: Language, *, bodies: Mapping[PostId, str]) -> Decision:
    verdict = flag.verdict
    return Decision(
        id=encode_id(flag.id),
        about=flag.object_kind.value,
        measure="" if verdict is None else verdict.measure.value,
        why="" if verdict is None else verdict.why,
        answer="" if verdict is None else verdict.answer,
        appeal=flag.appeal or "",
        when=when_said(flag.closed_at or flag.created_at, zone_of(asking.member), language),
        body=bodies.get(PostId(flag.object_id), "") if flag.object_kind is FlagObject.POST else "",
        is_undone=flag.state is FlagState.DISMISSED,
        can_appeal=flag.state is FlagState.UPHELD and flag.appeal is None,
        is_waiting=flag.state is FlagState.APPEALED,
    )


def _chosen(kind: type[Word], written: str, field: str) -> Word:
    """Return the word of a closed set that a form chose. Raises InvalidRequest."""
    try:
        return kind(written)
    except ValueError:
        raise InvalidRequest(errors=(FieldError(field, "field_required"),)) from None


__all__: Sequence[str] = ("order_desk", "router")
