"""Questions and answers between members, each tied to the problem, a ritual or a service. No open chat.

Whatever is written is stored at once; whether others see it at once is for `words.py` to say, and its author sees why
not. Thanks are given once for one thing, never to oneself; an answer is marked as the solution by who asked. Texts are
in the table of posts, never in the log.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from liulian.base.errors import AppError, Conflict, FieldError, InvalidRequest, NotFound
from liulian.base.ids import ActId, CommunityId, FileId, MemberId, PostId, encode_id
from liulian.community.acts import Act, ActKind, ObjectKind
from liulian.community.model import CommunityState, Member, MemberRole
from liulian.community.people import MemberActor
from liulian.community.recording import Log, act_by, record
from liulian.community.words import why_waiting

QUESTION_LENGTH_MAX = 500
ANSWER_LENGTH_MAX = 1_000
POSTS_PER_HOUR = 12  # Of one member: enough to help many, too few to flood.
THANKS_PER_HOUR = 60
PAGE = 20


class About(StrEnum):
    """What a question hangs on."""

    PROBLEM = "problem"
    RITUAL = "ritual"
    SERVICE = "service"


class PostState(StrEnum):
    """`waiting`: somebody reads it first. `hidden`: a decision that can be appealed against. `removed`: for good."""

    WAITING = "waiting"
    SHOWN = "shown"
    HIDDEN = "hidden"
    REMOVED = "removed"


class TooManyPosts(AppError):
    """A member wrote as often as an hour may have."""

    status, code = 429, "too_many_posts"


class TooManyThanks(AppError):
    """A member thanked as often as an hour may have."""

    status, code = 429, "too_many_thanks"


class OwnThanks(Conflict):
    """Nobody thanks themselves."""

    code = "own_thanks"


class OwnSolution(Conflict):
    """One's own answer is not marked as the solution: it gives points and badges."""

    code = "own_solution"


class AlreadySolved(Conflict):
    """The question has its solution."""

    code = "already_solved"


class NotOpenNow(Conflict):
    """The community is closed: it can only be looked at."""

    code = "community_closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A question, or an answer to one (`question_id`).

    `reason`: while it waits, which rule of ours says so (`words.Wait`); hidden or removed, what whoever decided said;
    removed without one, its author took it back. `thanks` and `answers` count what is shown.
    """

    id: PostId
    community_id: CommunityId
    member_id: MemberId
    about: About
    body: str
    state: PostState
    created_at: datetime
    about_id: int | None = None
    question_id: PostId | None = None
    reason: str | None = None
    thanks: int = 0
    answers: int = 0
    is_solution: bool = False
    solved_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A post and who wrote it, as a member's page shows it. `nickname` empty: nobody knows any more who that was."""

    post: Post
    nickname: str
    role: MemberRole
    is_here: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedCheckIn:
    """A check-in of today that its author shows."""

    act_id: ActId
    member_id: MemberId
    nickname: str
    role: MemberRole
    service_id: int
    at: datetime
    value: float | None
    note: str | None = None
    photo_id: FileId | None = None
    thanks: int = 0


class PostStore(Protocol):
    """Posts and thanks, in one transaction."""

    async def add(self, post: Post) -> None: ...
    async def find(self, post_id: PostId, *, community_id: CommunityId, for_update: bool = False) -> Post | None: ...
    async def put(self, post: Post) -> None:
        """Store what may change of a post: text, state, reason, counts, solution."""

    async def is_blocked(self, member_id: MemberId, *, by: MemberId) -> bool: ...
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

    async def find_check_in(self, act_id: ActId, *, viewer: Member) -> SharedCheckIn | None:
        """Return a check-in that counts and that a member may see."""


class Parts(Protocol):
    """What questions hang on."""

    async def is_part(self, about: About, about_id: int, *, community_id: CommunityId) -> bool: ...


class Room(Protocol):
    """Limits of an hour."""

    async def claim(self, kind: str, caller: bytes, *, wished: int, per_hour: int, now: datetime) -> "Granted": ...


class Granted(Protocol):
    """How much of a wish there is room for."""

    @property
    def granted(self) -> int: ...
    @property
    def retry_after_s(self) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeDesk:
    """What it takes: the stores of this transaction, ids, the time."""

    posts: PostStore
    parts: Parts
    log: Log
    limits: Room
    ids: Callable[[], int]
    now: datetime


async def ask(
    asking: MemberActor, body: str, *, about: About, about_id: int | None, desk: ExchangeDesk
) -> tuple[Post, Act]:
    """Return a new question. Raises InvalidRequest, NotFound, NotOpenNow or TooManyPosts."""
    text = checked_body(body, length_max=QUESTION_LENGTH_MAX)
    if about is About.PROBLEM:
        about_id = None
    elif about_id is None or not await desk.parts.is_part(about, about_id, community_id=asking.community.id):
        raise NotFound
    await _claim(asking, "post", POSTS_PER_HOUR, TooManyPosts, desk=desk)
    post = _post(asking, text, about=about, about_id=about_id, desk=desk)
    await desk.posts.add(post)
    return post, await _note(asking, ActKind.QUESTION, post.id, key=f"question-{post.id}", desk=desk)


async def answer(asking: MemberActor, question_id: PostId, body: str, *, desk: ExchangeDesk) -> tuple[Post, Act]:
    """Return a new answer to a question that is shown. Raises as `ask`."""
    question = await _shown(asking, question_id, desk=desk)
    if question.question_id is not None:
        raise NotFound
    text = checked_body(body, length_max=ANSWER_LENGTH_MAX)
    await _claim(asking, "post", POSTS_PER_HOUR, TooManyPosts, desk=desk)
    post = _post(asking, text, about=question.about, about_id=question.about_id, desk=desk, question_id=question.id)
    await desk.posts.add(post)
    if post.state is PostState.SHOWN:
        await desk.posts.put(replace(question, answers=question.answers + 1))
    return post, await _note(asking, ActKind.ANSWER, post.id, key=f"answer-{post.id}", desk=desk)


async def thank_for_post(asking: MemberActor, post_id: PostId, *, desk: ExchangeDesk) -> Act | None:
    """Thank for a question or an answer; None where that was done before. Raises NotFound, OwnThanks, TooManyThanks."""
    post = await _shown(asking, post_id, desk=desk)
    act = await _thank(asking, ObjectKind.POST, post.id, post.member_id, desk=desk)
    if act is not None:
        await desk.posts.put(replace(post, thanks=post.thanks + 1))
    return act


async def thank_for_check_in(asking: MemberActor, act_id: ActId, *, desk: ExchangeDesk) -> Act | None:
    """Thank for a check-in that its author shows. Returns and raises as `thank_for_post`."""
    seen = await desk.posts.find_check_in(act_id, viewer=asking.member)
    if seen is None:
        raise NotFound
    return await _thank(asking, ObjectKind.ACT, act_id, seen.member_id, desk=desk)


async def solve(asking: MemberActor, answer_id: PostId, *, desk: ExchangeDesk) -> Act:
    """Mark an answer as the solution of one's own question. Raises NotFound, OwnSolution or AlreadySolved."""
    chosen = await _shown(asking, answer_id, desk=desk)
    if chosen.question_id is None:
        raise NotFound
    question = await desk.posts.find(chosen.question_id, community_id=asking.community.id, for_update=True)
    if question is None or question.member_id != asking.member.id or question.state is not PostState.SHOWN:
        raise NotFound
    if chosen.member_id == asking.member.id:
        raise OwnSolution
    if question.solved_at is not None:
        raise AlreadySolved
    await desk.posts.put(replace(chosen, is_solution=True))
    await desk.posts.put(replace(question, solved_at=desk.now))
    to = encode_id(chosen.member_id)
    return await _note(asking, ActKind.SOLVED, chosen.id, key=f"solved-{question.id}", desk=desk, to=to)


async def withdraw(asking: MemberActor, post_id: PostId, *, desk: ExchangeDesk) -> Post:
    """Take one's own post back: its text is gone. Raises NotFound for a post of somebody else."""
    post = await desk.posts.find(post_id, community_id=asking.community.id, for_update=True)
    if post is None or post.member_id != asking.member.id or is_withdrawn(post):
        raise NotFound
    if post.state is PostState.SHOWN:
        await count_answer(post, -1, store=desk.posts)
    gone = replace(post, body="", state=PostState.REMOVED, reason=None)
    await desk.posts.put(gone)
    return gone


async def count_answer(post: Post, step: int, *, store: PostStore) -> None:
    """Count an answer of a question that is shown from now on, or no more."""
    if post.question_id is None:
        return
    question = await store.find(post.question_id, community_id=post.community_id, for_update=True)
    if question is not None:
        await store.put(replace(question, answers=max(0, question.answers + step)))


def is_withdrawn(post: Post) -> bool:
    """Tell whether its author took a post back."""
    return post.state is PostState.REMOVED and post.reason is None


def checked_body(body: str, *, length_max: int) -> str:
    """Return a text without what nobody sees. Raises InvalidRequest for none and for too long a one."""
    lines = body.replace("\r\n", "\n").replace("\r", "\n").strip().split("\n")
    text = "\n".join("".join(letter for letter in line if letter.isprintable()).rstrip() for line in lines)
    if not text.strip() or len(text) > length_max:
        raise InvalidRequest(errors=(FieldError("body", "post_text", {"max": length_max}),))
    return text


async def _shown(asking: MemberActor, post_id: PostId, *, desk: ExchangeDesk) -> Post:
    """Return a post that a member may answer or thank for, held until this is committed.

    Raises NotFound and NotOpenNow.
    """
    if asking.community.state is not CommunityState.OPEN:
        raise NotOpenNow
    post = await desk.posts.find(post_id, community_id=asking.community.id, for_update=True)
    if post is None or post.state is not PostState.SHOWN:
        raise NotFound
    if await desk.posts.is_blocked(post.member_id, by=asking.member.id):
        raise NotFound
    return post


async def _thank(
    asking: MemberActor, kind: ObjectKind, object_id: int, to: MemberId, *, desk: ExchangeDesk
) -> Act | None:
    member = asking.member
    if to == member.id:
        raise OwnThanks
    await _claim(asking, "thanks", THANKS_PER_HOUR, TooManyThanks, desk=desk)
    is_new = await desk.posts.add_thanks(
        object_id, kind=kind, member_id=member.id, to=to, community_id=member.community_id, now=desk.now
    )
    if not is_new:
        return None
    act = act_by(
        member, ActKind.THANKS, ids=desk.ids, at=desk.now, object_kind=kind, object_id=object_id,
        detail={"to": encode_id(to)},
    )  # fmt: skip
    await record([act], log=desk.log, now=desk.now)
    return act


async def _claim(asking: MemberActor, kind: str, per_hour: int, error: type[AppError], *, desk: ExchangeDesk) -> None:
    if asking.community.state is not CommunityState.OPEN:
        raise NotOpenNow
    whose = asking.member.id.to_bytes(8, "big")
    claim = await desk.limits.claim(kind, whose, wished=1, per_hour=per_hour, now=desk.now)
    if not claim.granted:
        raise error(retry_after_s=claim.retry_after_s)


def _post(
    asking: MemberActor,
    body: str,
    *,
    about: About,
    about_id: int | None,
    desk: ExchangeDesk,
    question_id: PostId | None = None,
) -> Post:
    wait = why_waiting(body, member=asking.member, settings=asking.community.settings)
    return Post(
        id=PostId(desk.ids()),
        community_id=asking.community.id,
        member_id=asking.member.id,
        about=about,
        about_id=about_id,
        question_id=question_id,
        body=body,
        state=PostState.SHOWN if wait is None else PostState.WAITING,
        reason=None if wait is None else wait.value,
        created_at=desk.now,
    )


async def _note(
    asking: MemberActor, kind: ActKind, post_id: PostId, *, key: str, desk: ExchangeDesk, **detail: str
) -> Act:
    act = act_by(
        asking.member,
        kind,
        ids=desk.ids,
        at=desk.now,
        key=key,
        object_kind=ObjectKind.POST,
        object_id=post_id,
        detail=detail,
    )
    await record([act], log=desk.log, now=desk.now)
    return act
