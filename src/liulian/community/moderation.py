"""Keep order: posts approved, hidden or removed, check-ins voided, members silenced; appeals granted or denied.

Operators do it in their console, hosts among the members on their own pages and for posts alone. Every decision against
somebody has a reason that they read, an entry in the audit log (which names no member: it outlives them), and can be
appealed against. Nothing is deleted but the file of a photo that was not suitable.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol, assert_never

from liulian.accounts.model import Actor, ApiKeyActor, UserActor
from liulian.accounts.permissions import Scope
from liulian.base.errors import Conflict, FieldError, Forbidden, InvalidRequest, NotFound
from liulian.base.ids import ActId, ApiKeyId, CommunityId, FileId, FlagId, MemberId, PostId, UserId
from liulian.community.acts import Act, ActKind, ObjectKind
from liulian.community.exchange import Post, PostState, PostStore, count_answer, is_withdrawn
from liulian.community.model import Community, Member, MemberRole, MemberState
from liulian.community.people import MemberActor
from liulian.community.photos import PhotoStore
from liulian.community.recording import Log, act_by, record
from liulian.community.reports import (
    MEASURES,
    Flag,
    FlagKind,
    FlagObject,
    FlagState,
    FlagStore,
    Measure,
    Verdict,
    checked_text,
)
from liulian.community.service import community_for
from liulian.community.store import CommunityStore
from liulian.links.store import AuditLog

WHY_LENGTH_MAX = 300


class PostStep(StrEnum):
    """What can be decided about a post."""

    APPROVE = "approve"
    HIDE = "hide"
    REMOVE = "remove"


class FlagStep(StrEnum):
    """What can be decided about a flag: the first two while it is open, the others about an appeal."""

    UPHOLD = "uphold"
    DISMISS = "dismiss"
    GRANT = "grant"
    DENY = "deny"


class FlagClosed(Conflict):
    """It was decided already, or is not at the step that was wished."""

    code = "flag_closed"


class PostGone(Conflict):
    """Its author took the post back, or it is there already."""

    code = "post_settled"


class OrderMembers(Protocol):
    """Members, to be looked up and changed."""

    async def find(self, member_id: MemberId, *, for_update: bool = False) -> Member | None: ...
    async def update(self, member_id: MemberId, **changed: object) -> None: ...


class ActFinder(Protocol):
    """Acts by their ids."""

    async def find_act(self, act_id: ActId, *, community_id: CommunityId) -> Act | None: ...
    async def is_void(self, act: Act) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Who keeps order in a community: an operator, or one of its hosts."""

    community: Community
    actor: Actor
    is_host: bool = False

    @property
    def user_id(self) -> UserId | None:
        return self.actor.user_id if isinstance(self.actor, UserActor) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDesk:
    """What it takes: the stores of this transaction, ids, the time."""

    posts: PostStore
    flags: FlagStore
    members: OrderMembers
    acts: ActFinder
    photos: PhotoStore
    log: Log
    audit: AuditLog
    ids: Callable[[], int]
    now: datetime


async def operator_judge(actor: Actor, community_id: CommunityId, *, store: CommunityStore) -> Judge:
    """Return an operator who may keep order in a community. Raises NotSignedIn, Forbidden, NotFound."""
    community = await community_for(actor, community_id, store=store, scope=Scope.COMMUNITIES_PEOPLE)
    return Judge(community=community, actor=actor)


def host_judge(asking: MemberActor) -> Judge:
    """Return a host who may keep order in their community. Raises Forbidden for other members."""
    if asking.member.role is not MemberRole.HOST:
        raise Forbidden(scope=Scope.COMMUNITIES_PEOPLE.value)
    # The audit log outlives members, who may want to be forgotten: it says that a host did it, not which.
    nobody = ApiKeyActor(workspace_id=asking.community.workspace_id, api_key_id=ApiKeyId(0))
    return Judge(community=asking.community, actor=nobody, is_host=True)


async def decide_post(judge: Judge, post_id: PostId, step: PostStep, why: str, *, desk: OrderDesk) -> Post:
    """Return a post as it now is. Raises NotFound, PostGone, and InvalidRequest where a reason is missing."""
    post = await desk.posts.find(post_id, community_id=judge.community.id, for_update=True)
    if post is None:
        raise NotFound
    if step is PostStep.APPROVE:
        return await _approve(judge, post, desk=desk)
    said = checked_text(why, "why", length_max=WHY_LENGTH_MAX)
    measure = Measure.HIDE if step is PostStep.HIDE else Measure.REMOVE
    changed = await _put_away(post, measure, said, desk=desk)
    await desk.flags.close_open(post.id, state=FlagState.UPHELD, now=desk.now)
    await _write_decision(judge, FlagObject.POST, post.id, post.member_id, measure, said, desk=desk)
    return changed


async def decide_flag(
    judge: Judge, flag_id: FlagId, step: FlagStep, *, measure: Measure | None, why: str, desk: OrderDesk
) -> tuple[Flag, list[FileId]]:
    """Return a flag as it now is, and photos whose files must go.

    Raises NotFound, FlagClosed, InvalidRequest for a missing reason or a measure that does not fit, and PostGone.
    """
    flag = await desk.flags.find(flag_id, community_id=judge.community.id, for_update=True)
    if flag is None or (judge.is_host and flag.object_kind is not FlagObject.POST):
        raise NotFound
    wanted = FlagState.OPEN if step in (FlagStep.UPHOLD, FlagStep.DISMISS) else FlagState.APPEALED
    if flag.state is not wanted:
        raise FlagClosed
    said = checked_text(why, "why", length_max=WHY_LENGTH_MAX, is_needed=step is not FlagStep.DISMISS)
    files: list[FileId] = []
    verdict = flag.verdict
    match step:
        case FlagStep.UPHOLD:
            chosen = _fitting(flag.object_kind, measure)
            files = await _do(flag, chosen, said, desk=desk)
            state, verdict = FlagState.UPHELD, Verdict(measure=chosen, why=said)
        case FlagStep.DISMISS:
            state = FlagState.DISMISSED
        case FlagStep.GRANT:
            await _undo(flag, desk=desk)
            state, verdict = FlagState.DISMISSED, _answered(flag, said)
        case FlagStep.DENY:
            state, verdict = FlagState.UPHELD, _answered(flag, said)
        case _:
            assert_never(step)
    closed = replace(flag, state=state, verdict=verdict, closed_at=desk.now, closed_by=judge.user_id)
    await desk.flags.put(closed)
    if step is FlagStep.UPHOLD:
        await desk.flags.close_open(flag.object_id, state=FlagState.UPHELD, now=desk.now)
    done = None if verdict is None else verdict.measure.value
    await _audit(judge, f"flag.{_PAST[step]}", "flag", flag.id, desk=desk, about=flag.object_kind.value, done=done)
    return closed, files


async def silence(judge: Judge, member_id: MemberId, why: str, *, desk: OrderDesk) -> Member:
    """Let what a member writes wait until somebody has read it. Raises NotFound and InvalidRequest."""
    member = await _member(judge, member_id, desk=desk)
    if member.silenced_at is not None:
        return member
    said = checked_text(why, "why", length_max=WHY_LENGTH_MAX)
    await desk.members.update(member.id, silenced_at=desk.now)
    await _write_decision(judge, FlagObject.MEMBER, member.id, member.id, Measure.SILENCE, said, desk=desk)
    return replace(member, silenced_at=desk.now)


async def unsilence(judge: Judge, member_id: MemberId, *, desk: OrderDesk) -> Member:
    """Let a member write again. Raises NotFound."""
    member = await _member(judge, member_id, desk=desk)
    if member.silenced_at is not None:
        await desk.members.update(member.id, silenced_at=None)
        await _audit(judge, "member.unsilenced", "community", judge.community.id, desk=desk)
    return replace(member, silenced_at=None)


async def give_role(judge: Judge, member_id: MemberId, role: MemberRole, *, desk: OrderDesk) -> Member:
    """Make a member a host, or a member again. Raises NotFound."""
    member = await _member(judge, member_id, desk=desk)
    if member.role is not role:
        await desk.members.update(member.id, role=role)
        action = "member.became_host" if role is MemberRole.HOST else "member.ended_hosting"
        await _audit(judge, action, "community", judge.community.id, desk=desk)
    return replace(member, role=role)


_PAST = {
    FlagStep.UPHOLD: "upheld",
    FlagStep.DISMISS: "dismissed",
    FlagStep.GRANT: "appeal_granted",
    FlagStep.DENY: "appeal_denied",
}


async def _approve(judge: Judge, post: Post, *, desk: OrderDesk) -> Post:
    if post.state is PostState.SHOWN or is_withdrawn(post):
        raise PostGone
    shown = await _show(post, desk=desk)
    await desk.members.update(post.member_id, is_trusted=True)
    await _audit(judge, "post.approved", "post", post.id, desk=desk)
    return shown


async def _show(post: Post, *, desk: OrderDesk) -> Post:
    shown = replace(post, state=PostState.SHOWN, reason=None)
    await desk.posts.put(shown)
    await count_answer(shown, 1, store=desk.posts)
    return shown


async def _put_away(post: Post, measure: Measure, why: str, *, desk: OrderDesk) -> Post:
    state = PostState.HIDDEN if measure is Measure.HIDE else PostState.REMOVED
    if post.state is state or is_withdrawn(post):
        raise PostGone
    if post.state is PostState.SHOWN:
        await count_answer(post, -1, store=desk.posts)
    changed = replace(post, state=state, reason=why)
    await desk.posts.put(changed)
    return changed


async def _do(flag: Flag, measure: Measure, why: str, *, desk: OrderDesk) -> list[FileId]:
    match measure:
        case Measure.HIDE | Measure.REMOVE:
            post = await desk.posts.find(PostId(flag.object_id), community_id=flag.community_id, for_update=True)
            if post is None:
                raise NotFound
            await _put_away(post, measure, why, desk=desk)
        case Measure.VOID | Measure.UNFIT:
            await _say(flag, is_void=True, desk=desk)
            if measure is Measure.UNFIT:
                return await desk.photos.mark_removed(ActId(flag.object_id), now=desk.now)
        case Measure.SILENCE:
            await desk.members.update(flag.member_id, silenced_at=desk.now)
        case _:
            assert_never(measure)
    return []


async def _undo(flag: Flag, *, desk: OrderDesk) -> None:
    """Take back what was done, as far as it can be: a photo that was deleted stays deleted."""
    if flag.verdict is None:
        raise FlagClosed
    match flag.verdict.measure:
        case Measure.HIDE | Measure.REMOVE:
            post = await desk.posts.find(PostId(flag.object_id), community_id=flag.community_id, for_update=True)
            if post is not None and post.state is not PostState.SHOWN and not is_withdrawn(post):
                await _show(post, desk=desk)
        case Measure.VOID | Measure.UNFIT:
            await _say(flag, is_void=False, desk=desk)
        case Measure.SILENCE:
            await desk.members.update(flag.member_id, silenced_at=None)
        case _:
            assert_never(flag.verdict.measure)


async def _say(flag: Flag, *, is_void: bool, desk: OrderDesk) -> None:
    """Write down that an act counts no more, or again. Raises NotFound where it is gone."""
    await desk.log.hold_member(flag.member_id)
    act = await desk.acts.find_act(ActId(flag.object_id), community_id=flag.community_id)
    member = await desk.members.find(flag.member_id)
    if act is None or member is None or act.member_id != member.id:
        raise NotFound
    if await desk.acts.is_void(act) == is_void:
        return
    word = act_by(
        member,
        ActKind.VOID,
        ids=desk.ids,
        at=max(desk.now, act.at),
        zone=act.zone,  # So that its day is never before that of the act.
        object_kind=ObjectKind.ACT,
        object_id=act.id,
        value=float(is_void),
    )
    await record([word], log=desk.log, now=desk.now)


async def _write_decision(
    judge: Judge,
    kind: FlagObject,
    object_id: int,
    member_id: MemberId,
    measure: Measure,
    why: str,
    *,
    desk: OrderDesk,
) -> Flag:
    flag = Flag(
        id=FlagId(desk.ids()),
        community_id=judge.community.id,
        kind=FlagKind.DECISION,
        object_kind=kind,
        object_id=object_id,
        member_id=member_id,
        reasons=(),
        state=FlagState.UPHELD,
        created_at=desk.now,
        verdict=Verdict(measure=measure, why=why),
        closed_at=desk.now,
        closed_by=judge.user_id,
    )
    await desk.flags.add(flag)
    await _audit(judge, "flag.decided", "flag", flag.id, desk=desk, about=kind.value, done=measure.value)
    return flag


async def _member(judge: Judge, member_id: MemberId, *, desk: OrderDesk) -> Member:
    member = await desk.members.find(member_id, for_update=True)
    if member is None or member.community_id != judge.community.id or member.state is not MemberState.ACTIVE:
        raise NotFound
    return member


async def _audit(
    judge: Judge, action: str, kind: str, object_id: int, *, desk: OrderDesk, about: str = "", done: str | None = None
) -> None:
    told = {"about": about, "done": done or "", "by": "host" if judge.is_host else ""}
    details = {name: value for name, value in told.items() if value}
    await desk.audit.record(judge.actor, action, kind, object_id, now=desk.now, workspace_id=None, **details)


def _fitting(kind: FlagObject, measure: Measure | None) -> Measure:
    if measure not in MEASURES[kind]:
        raise InvalidRequest(errors=(FieldError("measure", "measure_unfit"),))
    return measure


def _answered(flag: Flag, answer: str) -> Verdict | None:
    return None if flag.verdict is None else replace(flag.verdict, answer=answer)
