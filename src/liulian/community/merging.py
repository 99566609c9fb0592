"""Two members who are one person become one. The older one stays; what both did is the history of one.

Nothing is added up twice: days of goals and points of weeks are moved by the difference between what two members and
what one did. Who sees this person's doings is whoever both let see them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from liulian.base.ids import CommunityId, GoalId, MemberId
from liulian.community.acts import ActKind
from liulian.community.days import week_of
from liulian.community.joining import Ids, MemberStore
from liulian.community.model import Member, MemberRole, MemberState, Shares
from liulian.community.points import SCORING, Award, Deed
from liulian.community.recording import CountedGoal, Log, MemberWeek, goal_sums, is_by_member, kinds_of, points_of_weeks

_TRUST = (MemberRole.MEMBER, MemberRole.HOST)
_OPENNESS = (Shares.ALL, Shares.HOSTS, Shares.NOBODY)

Points = Mapping[MemberWeek, Award]


class MoveStore(Protocol):
    """Exchanges ids of members, in one transaction."""

    async def givers_to(self, community_id: CommunityId, member_ids: Iterable[MemberId]) -> list[MemberId]: ...
    async def merge(
        self, community_id: CommunityId, old: MemberId, new: MemberId, *, row_id: int, now: datetime
    ) -> None: ...


class MergeTransaction(Protocol):
    """What merging needs of a transaction."""

    @property
    def members(self) -> MemberStore: ...
    @property
    def moves(self) -> MoveStore: ...
    @property
    def log(self) -> Log: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeDesk:
    """What it takes to merge members in a transaction."""

    tx: MergeTransaction
    ids: Ids
    now: datetime


def survivor_of(first: Member, second: Member) -> tuple[Member, Member]:
    """Return who stays, the older member, and who becomes part of them."""
    older, younger = sorted((first, second), key=lambda member: (member.joined_at, member.id))
    return older, younger


async def merge(first: Member, second: Member, *, desk: MergeDesk) -> Member:
    """Make one member of two of one community, and return it. Both must have been read for update."""
    stays, goes = survivor_of(first, second)
    tx, community_id = desk.tx, stays.community_id
    goals = [goal for goal in await tx.log.counted_goals(community_id) if is_by_member(goal)]
    deeds = await _deeds_around(community_id, (stays.id, goes.id), goals, tx=tx)
    leagues = await _leagues(stays.id, goes.id, deeds, log=tx.log)
    await tx.moves.merge(community_id, goes.id, stays.id, row_id=desk.ids(), now=desk.now)
    after = [_renamed(deed, goes.id, stays.id) for deed in deeds]
    moves = point_moves(deeds, after, gone=goes.id)
    if moves or leagues:
        filled = {key: moves.get(key, Award(0, 0)) for key in {*moves, *leagues}}
        await tx.log.add_to_places(community_id, filled, leagues)
    sums = goal_moves(deeds, after, goals, members=(stays.id, goes.id))
    if sums:
        await tx.log.add_to_goals(sums)
    merged = joined_into_one(stays, goes)
    await tx.members.update(
        stays.id,
        state=merged.state,
        left_at=merged.left_at,
        seen_at=merged.seen_at,
        ward=merged.ward,
        shares=merged.shares,
        is_ranked=merged.is_ranked,
        is_advised=merged.is_advised,
        silenced_at=merged.silenced_at,
        role=merged.role,
    )
    return merged


def joined_into_one(stays: Member, goes: Member) -> Member:
    """Return the member that two become: who is here, and as private as the more private of both."""
    is_here = MemberState.ACTIVE in (stays.state, goes.state)
    seen = [each.seen_at for each in (stays, goes) if each.seen_at is not None]
    return replace(
        stays,
        state=MemberState.ACTIVE if is_here else stays.state,
        left_at=None if is_here else stays.left_at,
        seen_at=max(seen, default=None),
        ward=stays.ward or goes.ward,
        shares=max(stays.shares, goes.shares, key=_OPENNESS.index),
        is_ranked=stays.is_ranked and goes.is_ranked,
        is_advised=stays.is_advised and goes.is_advised,
        silenced_at=stays.silenced_at or goes.silenced_at,
        role=max(stays.role, goes.role, key=_TRUST.index),  # Who hosts goes on hosting, by whichever way they came.
    )


def point_moves(before: Sequence[Deed], after: Sequence[Deed], *, gone: MemberId) -> dict[MemberWeek, Award]:
    """Return by how much points of weeks change for all who stay."""
    had, have = points_of_weeks(before), points_of_weeks(after)
    moves: dict[MemberWeek, Award] = {}
    for key in {*had, *have}:
        old, new = had.get(key, Award(0, 0)), have.get(key, Award(0, 0))
        if key[0] != gone and old != new:
            moves[key] = Award(new.points - old.points, new.last_at_us)
    return moves


def goal_moves(
    before: Sequence[Deed], after: Sequence[Deed], goals: Sequence[CountedGoal], *, members: Collection[MemberId]
) -> dict[tuple[GoalId, int], tuple[float, int]]:
    """Return by how much days of goals change: a day on which both did something was counted twice."""
    ids = {deed.id for deed in before if deed.member_id in members}
    had = goal_sums((deed for deed in before if deed.id in ids), goals)
    have = goal_sums((deed for deed in after if deed.id in ids), goals)
    changed = {key: (have.get(key, (0.0, 0))[0] - total, 0) for key, (total, _) in had.items()}
    return {key: change for key, change in changed.items() if change[0]}


async def _deeds_around(
    community_id: CommunityId, pair: tuple[MemberId, MemberId], goals: Sequence[CountedGoal], *, tx: MergeTransaction
) -> list[Deed]:
    """Return what both did, and those who thanked them. One member at a time: each may have done a lot."""
    kinds: frozenset[ActKind] = SCORING | {kind for goal in goals for kind in kinds_of(goal.measure)}
    deeds: list[Deed] = []
    for member_id in dict.fromkeys((*pair, *await tx.moves.givers_to(community_id, pair))):
        deeds += await tx.log.deeds(community_id, member_ids=[member_id], kinds=kinds, from_day=0)
    return deeds


async def _leagues(stays: MemberId, goes: MemberId, deeds: Sequence[Deed], *, log: Log) -> dict[MemberWeek, int]:
    """Return leagues of weeks in which only the member who goes had one."""
    weeks = {week_of(deed.day) for deed in deeds if deed.member_id in (stays, goes)}
    places = await log.places(member_ids=[stays, goes], weeks=weeks) if weeks else {}
    found: dict[MemberWeek, int] = {}
    for week in weeks:
        mine, theirs = places.get((stays, week)), places.get((goes, week))
        if theirs is not None and theirs.league and (mine is None or not mine.league):
            found[stays, week] = theirs.league
    return found


def _renamed(deed: Deed, old: MemberId, new: MemberId) -> Deed:
    return deed._replace(
        member_id=new if deed.member_id == old else deed.member_id, to=new if deed.to == old else deed.to
    )
