"""Questions, answers, thanks and shared check-ins in the database. Implements `community.exchange.PostStore`."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, bindparam, delete, exists, func, insert, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.base.ids import ActId, CommunityId, FileId, MemberId, PostId, ServiceId
from liulian.community.acts import ActKind, ObjectKind
from liulian.community.exchange import About, Post, PostState, Seen, SharedCheckIn
from liulian.community.model import Member, MemberRole, MemberState, ServiceState, Shares
from liulian.storage.act_tables import acts
from liulian.storage.community_tables import rituals, services
from liulian.storage.exchange_tables import posts, thanks
from liulian.storage.member_tables import check_in_notes, member_blocks, member_files, members
from liulian.storage.sql import insert_or_ignore

OBJECTS_MAX = 500  # In one question: SQLite takes no more than some thousand parameters.
CHALLENGES_MAX = 20  # Whose check-ins are looked through, each by an index in the order of time.
BLOCKED_MAX = 200

_SEEN = select(posts, members.c.nickname, members.c.role, members.c.state.label("member_state")).join(
    members, members.c.id == posts.c.member_id
)
_ONE = select(posts).where(posts.c.id == bindparam("wanted"), posts.c.community_id == bindparam("of_community"))
_BLOCKED = select(member_blocks.c.blocked_id).where(member_blocks.c.member_id == bindparam("by"))
_UNSEEN = exists().where(
    member_blocks.c.member_id == bindparam("viewer"), member_blocks.c.blocked_id == posts.c.member_id
)
_CHANGED = ("body", "state", "reason", "thanks", "answers", "is_solution", "solved_at")


class PostRows:
    """Posts and thanks of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, post: Post) -> None:
        await self._connection.execute(insert(posts), _values(post))

    async def find(self, post_id: PostId, *, community_id: CommunityId, for_update: bool = False) -> Post | None:
        """Return a post of a community, in whatever state."""
        asked = _ONE.with_for_update() if for_update else _ONE
        found = await self._connection.execute(asked, {"wanted": post_id, "of_community": community_id})
        row = found.one_or_none()
        return None if row is None else post_of(row)

    async def put(self, post: Post) -> None:
        """Store what may change of a post."""
        values = _values(post)
        changed = {name: values[name] for name in _CHANGED}
        await self._connection.execute(update(posts).where(posts.c.id == post.id).values(**changed))

    async def questions(
        self,
        community_id: CommunityId,
        *,
        viewer: MemberId,
        limit: int,
        before: int | None = None,
        about: About | None = None,
        about_id: int | None = None,
    ) -> list[Seen]:
        """Return at most `limit` questions that are shown, newest first, none of those whom the viewer blocked."""
        asked = _SEEN.where(
            posts.c.community_id == community_id,
            posts.c.state == PostState.SHOWN.value,
            posts.c.question_id.is_(None),
            ~_UNSEEN,
        )
        if before is not None:
            asked = asked.where(posts.c.id < before)
        if about is not None:
            asked = asked.where(posts.c.about_kind == about.value)
        if about_id is not None:
            asked = asked.where(posts.c.about_id == about_id)
        return await self._seen(asked.order_by(posts.c.id.desc()).limit(limit), viewer=viewer)

    async def seen(self, post_id: PostId, *, community_id: CommunityId) -> Seen | None:
        """Return one post and who wrote it, in whatever state."""
        found = await self._seen(_SEEN.where(posts.c.id == post_id, posts.c.community_id == community_id).limit(1))
        return found[0] if found else None

    async def seen_all(self, post_ids: Sequence[PostId], *, community_id: CommunityId) -> dict[PostId, Seen]:
        """Return at most OBJECTS_MAX posts and who wrote them, in whatever state."""
        if not post_ids:
            return {}
        some = posts.c.id.in_(sorted(set(post_ids))[:OBJECTS_MAX])
        found = await self._seen(_SEEN.where(some, posts.c.community_id == community_id).limit(OBJECTS_MAX))
        return {each.post.id: each for each in found}

    async def answers(self, question_id: PostId, *, viewer: MemberId, limit: int, after: int = 0) -> list[Seen]:
        """Return at most `limit` answers, oldest first: those shown, and the viewer's own that are not."""
        mine = (posts.c.member_id == viewer) & posts.c.reason.is_not(None)
        asked = _SEEN.where(
            posts.c.question_id == question_id,
            posts.c.id > after,
            (posts.c.state == PostState.SHOWN.value) | mine,
            ~_UNSEEN,
        )
        return await self._seen(asked.order_by(posts.c.id).limit(limit), viewer=viewer)

    async def not_shown_of(self, member_id: MemberId, *, limit: int) -> list[Seen]:
        """Return a member's own posts that others do not see, newest first, without those they took back."""
        asked = _SEEN.where(
            posts.c.member_id == member_id, posts.c.state != PostState.SHOWN.value, posts.c.reason.is_not(None)
        )
        return await self._seen(asked.order_by(posts.c.id.desc()).limit(limit))

    async def in_state(self, community_id: CommunityId, *, state: PostState, limit: int, after: int = 0) -> list[Seen]:
        """Return at most `limit` posts of a state with ids above `after`, oldest first."""
        asked = _SEEN.where(posts.c.community_id == community_id, posts.c.state == state.value, posts.c.id > after)
        return await self._seen(asked.order_by(posts.c.id).limit(limit))

    async def is_part(self, about: About, about_id: int, *, community_id: CommunityId) -> bool:
        """Tell whether a question can hang on a ritual or a service."""
        table = rituals if about is About.RITUAL else services
        asked = select(table.c.id).where(
            table.c.id == about_id, table.c.community_id == community_id, table.c.removed_at.is_(None)
        )
        if about is About.SERVICE:
            asked = asked.where(services.c.state != ServiceState.DRAFT.value)
        return (await self._connection.execute(asked)).first() is not None

    async def add_thanks(
        self,
        object_id: int,
        *,
        kind: ObjectKind,
        member_id: MemberId,
        to: MemberId,
        community_id: CommunityId,
        now: datetime,
    ) -> bool:
        """Note thanks; False where this member thanked for this before."""
        row = {
            "object_id": object_id,
            "object_kind": kind.value,
            "member_id": member_id,
            "to_member_id": to,
            "community_id": community_id,
            "created_at": now,
        }
        return (await self._connection.execute(insert_or_ignore(self._connection, thanks), row)).rowcount == 1

    async def thanked_by(self, member_id: MemberId, object_ids: Collection[int]) -> set[int]:
        """Return for which of at most OBJECTS_MAX things a member thanked."""
        some = list(object_ids)[:OBJECTS_MAX]
        if not some:
            return set()
        asked = select(thanks.c.object_id).where(thanks.c.member_id == member_id, thanks.c.object_id.in_(some))
        return {row.object_id for row in await self._connection.execute(asked)}

    async def check_ins(
        self,
        viewer: Member,
        challenges: Sequence[ServiceId],
        *,
        day: int,
        since: int,
        limit: int,
        before: int | None = None,
    ) -> list[SharedCheckIn]:
        """Return at most `limit` check-ins of others on a local day, newest first, as their authors show them.

        `since`: no id of that day is below it, so that never more than a day is looked through.
        """
        if not challenges:
            return []
        each = [
            _shared(viewer)
            .where(
                acts.c.community_id == viewer.community_id,
                acts.c.object_id == challenge,
                acts.c.kind == ActKind.CHECK_IN.value,
                acts.c.day == day,
                acts.c.id > since,
                acts.c.id < (before or 2**63 - 1),
                acts.c.member_id != viewer.id,
            )
            .order_by(acts.c.id.desc())
            .limit(limit)
            .subquery()
            for challenge in challenges[:CHALLENGES_MAX]
        ]
        all_of_them = union_all(*(select(one) for one in each)).subquery()
        asked = select(all_of_them).order_by(all_of_them.c.id.desc()).limit(limit)
        found = (await self._connection.execute(asked)).all()
        counts = await self._thanks_of([row.id for row in found])
        return [_check_in(row, thanked=counts.get(row.id, 0)) for row in found]

    async def find_check_in(self, act_id: ActId, *, viewer: Member) -> SharedCheckIn | None:
        """Return a check-in that counts and that a member may see."""
        kinds = (ActKind.CHECK_IN.value, ActKind.MAKE_UP.value)
        asked = _shared(viewer).where(
            acts.c.id == act_id, acts.c.community_id == viewer.community_id, acts.c.kind.in_(kinds)
        )
        row = (await self._connection.execute(asked)).one_or_none()
        return None if row is None else _check_in(row, thanked=0)

    async def is_blocked(self, member_id: MemberId, *, by: MemberId) -> bool:
        """Tell whether a member does not want to see another one."""
        asked = _BLOCKED.where(member_blocks.c.blocked_id == member_id)
        return (await self._connection.execute(asked, {"by": by})).first() is not None

    async def block(self, member_id: MemberId, *, by: MemberId, now: datetime) -> None:
        """Let a member see another one no more."""
        row = {"member_id": by, "blocked_id": member_id, "created_at": now}
        await self._connection.execute(insert_or_ignore(self._connection, member_blocks), row)

    async def unblock(self, member_id: MemberId, *, by: MemberId) -> None:
        """Let a member see another one again."""
        pair = member_blocks.c.member_id == by, member_blocks.c.blocked_id == member_id
        await self._connection.execute(delete(member_blocks).where(*pair))

    async def blocked_by(self, member_id: MemberId) -> dict[MemberId, str]:
        """Return whom a member does not want to see, and what they are called."""
        asked = (
            select(members.c.id, members.c.nickname)
            .join(member_blocks, member_blocks.c.blocked_id == members.c.id)
            .where(member_blocks.c.member_id == member_id)
            .order_by(members.c.id)
            .limit(BLOCKED_MAX)
        )
        return {MemberId(row.id): row.nickname for row in await self._connection.execute(asked)}

    async def _seen(self, asked: Select[Any], **values: object) -> list[Seen]:
        return [
            Seen(
                post=post_of(row),
                nickname=row.nickname,
                role=MemberRole(row.role),
                is_here=row.member_state == MemberState.ACTIVE.value,
            )
            for row in await self._connection.execute(asked, values)
        ]

    async def _thanks_of(self, object_ids: Sequence[int]) -> dict[int, int]:
        if not object_ids:
            return {}
        number = func.count().label("number")
        asked = (
            select(thanks.c.object_id, number).where(thanks.c.object_id.in_(object_ids)).group_by(thanks.c.object_id)
        )
        return {row.object_id: row.number for row in await self._connection.execute(asked)}


def post_of(row: Row[*tuple[Any, ...]]) -> Post:
    """Return the post in a row that has all columns of one."""
    return Post(
        id=PostId(row.id),
        community_id=CommunityId(row.community_id),
        member_id=MemberId(row.member_id),
        about=About(row.about_kind),
        about_id=row.about_id,
        question_id=None if row.question_id is None else PostId(row.question_id),
        body=row.body,
        state=PostState(row.state),
        reason=row.reason,
        thanks=row.thanks,
        answers=row.answers,
        is_solution=bool(row.is_solution),
        solved_at=row.solved_at,
        created_at=row.created_at,
    )


def _shared(viewer: Member) -> Select[Any]:
    """Return what asks for check-ins that a member may see: shared with them, by whom they see, and not voided."""
    open_to = [Shares.ALL.value] + ([Shares.HOSTS.value] if viewer.role is MemberRole.HOST else [])
    word = acts.alias("word")
    is_void = (
        select(word.c.value)
        .where(
            word.c.community_id == acts.c.community_id,
            word.c.object_id == acts.c.id,
            word.c.kind == ActKind.VOID.value,
        )
        .order_by(word.c.at.desc(), word.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(
            acts.c.id,
            acts.c.member_id,
            acts.c.object_id,
            acts.c.at,
            acts.c.value,
            members.c.nickname,
            members.c.role,
            check_in_notes.c.body.label("note"),
            member_files.c.id.label("photo_id"),
        )
        .join(members, members.c.id == acts.c.member_id)
        .outerjoin(check_in_notes, check_in_notes.c.act_id == acts.c.id)
        .outerjoin(member_files, (member_files.c.act_id == acts.c.id) & member_files.c.removed_at.is_(None))
        .where(
            (members.c.shares.in_(open_to)) | (members.c.id == viewer.id),
            members.c.state == MemberState.ACTIVE.value,
            func.coalesce(is_void, 0.0) == 0.0,
            ~exists().where(member_blocks.c.member_id == viewer.id, member_blocks.c.blocked_id == acts.c.member_id),
        )
    )


def _check_in(row: Row[*tuple[Any, ...]], *, thanked: int) -> SharedCheckIn:
    return SharedCheckIn(
        act_id=ActId(row.id),
        member_id=MemberId(row.member_id),
        nickname=row.nickname,
        role=MemberRole(row.role),
        service_id=row.object_id,
        at=row.at,
        value=row.value,
        note=row.note,
        photo_id=None if row.photo_id is None else FileId(row.photo_id),
        thanks=thanked,
    )


def _values(post: Post) -> dict[str, object]:
    return {
        "id": post.id,
        "community_id": post.community_id,
        "member_id": post.member_id,
        "question_id": post.question_id,
        "about_kind": post.about.value,
        "about_id": post.about_id,
        "body": post.body,
        "state": post.state.value,
        "reason": post.reason,
        "thanks": post.thanks,
        "answers": post.answers,
        "is_solution": int(post.is_solution),
        "solved_at": post.solved_at,
        "created_at": post.created_at,
    }
