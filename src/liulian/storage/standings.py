"""What is shown of the log's sums: totals of goals, leagues, points, badges.

Implements `community.feedback.Sums` and `community.counting.SumsOfMany`.
"""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import BigInteger, bindparam, case, distinct, func, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.base.ids import BadgeId, CommunityId, GoalId, MemberId
from liulian.community.acts import ACTIVE_KINDS, ActKind
from liulian.community.days import DAYS_OF_WEEK
from liulian.community.feedback import GoalTotal
from liulian.community.leagues import Competitor
from liulian.community.model import MemberState
from liulian.community.recap import Counts
from liulian.storage.act_tables import acts, goal_days, week_places
from liulian.storage.exchange_tables import posts, thanks
from liulian.storage.member_tables import members

COMPETITORS_MAX = 1_000  # A league has some thirty; settings allow no more than this.
BADGES_MAX = 1_000

_IN_WEEK = goal_days.c.day.between(bindparam("monday"), bindparam("sunday"))
_TOTALS = (
    select(
        goal_days.c.goal_id,
        func.sum(goal_days.c.total).label("ever"),
        func.sum(case((_IN_WEEK, goal_days.c.total), else_=0.0)).label("in_week"),
    )
    .where(goal_days.c.goal_id.in_(bindparam("goal_ids", expanding=True)))
    .group_by(goal_days.c.goal_id)
)
_mine = week_places.alias("mine")
_COMPETITORS = (
    select(
        members.c.id,
        members.c.nickname,
        week_places.c.points,
        type_coerce(week_places.c.last_at, BigInteger).label("last_at_us"),
    )
    .select_from(
        _mine.join(
            week_places,
            (week_places.c.community_id == _mine.c.community_id)
            & (week_places.c.week == _mine.c.week)
            & (week_places.c.league == _mine.c.league),
        ).join(members, members.c.id == week_places.c.member_id)
    )
    .where(
        _mine.c.member_id == bindparam("of_member"),
        _mine.c.week == bindparam("in_week"),
        _mine.c.league > 0,
        members.c.is_ranked == 1,
        members.c.state == MemberState.ACTIVE.value,
    )
    .limit(COMPETITORS_MAX)
)
_theirs = (
    select(week_places.c.community_id, week_places.c.league)
    .where(
        week_places.c.member_id.in_(bindparam("member_ids", expanding=True)),
        week_places.c.week == bindparam("in_week"),
        week_places.c.league > 0,
    )
    .distinct()
    .subquery("theirs")
)
_COMPETITORS_OF_MANY = (
    select(
        members.c.id,
        members.c.nickname,
        week_places.c.points,
        type_coerce(week_places.c.last_at, BigInteger).label("last_at_us"),
        week_places.c.community_id,
        week_places.c.league,
    )
    .select_from(
        _theirs.join(
            week_places,
            (week_places.c.community_id == _theirs.c.community_id)
            & (week_places.c.week == bindparam("in_week"))
            & (week_places.c.league == _theirs.c.league),
        ).join(members, members.c.id == week_places.c.member_id)
    )
    .where(members.c.is_ranked == 1, members.c.state == MemberState.ACTIVE.value)
    .limit(bindparam("at_most"))
)
_POINTS_OF_MANY = (
    select(week_places.c.member_id, func.sum(week_places.c.points).label("points"))
    .where(week_places.c.member_id.in_(bindparam("member_ids", expanding=True)))
    .group_by(week_places.c.member_id)
)
_BADGES_OF_MANY = (
    select(acts.c.member_id, acts.c.object_id, acts.c.day)
    .where(acts.c.member_id.in_(bindparam("member_ids", expanding=True)), acts.c.kind == ActKind.BADGE.value)
    .limit(bindparam("at_most"))
)
_POINTS = select(func.coalesce(func.sum(week_places.c.points), 0.0)).where(
    week_places.c.member_id == bindparam("of_member")
)
_BADGES = (
    select(acts.c.object_id, acts.c.day)
    .where(acts.c.member_id == bindparam("of_member"), acts.c.kind == ActKind.BADGE.value)
    .limit(BADGES_MAX)
)
_BETWEEN = (
    acts.c.community_id == bindparam("of_community"),
    acts.c.day.between(bindparam("first"), bindparam("last")),
)
_KINDS_BETWEEN = select(acts.c.kind, func.count().label("number")).where(*_BETWEEN).group_by(acts.c.kind)
_ACTIVE_BETWEEN = select(func.count(distinct(acts.c.member_id))).where(
    *_BETWEEN, acts.c.kind.in_(sorted(kind.value for kind in ACTIVE_KINDS))
)
_GOALS_BETWEEN = (
    select(goal_days.c.goal_id, func.sum(goal_days.c.total).label("total"))
    .where(
        goal_days.c.goal_id.in_(bindparam("goal_ids", expanding=True)),
        goal_days.c.day.between(bindparam("first"), bindparam("last")),
    )
    .group_by(goal_days.c.goal_id)
)
_THANKED_BY = select(func.count(distinct(thanks.c.member_id))).where(
    thanks.c.to_member_id == bindparam("of_member"), thanks.c.member_id != bindparam("of_member")
)
_SOLUTIONS = select(func.count()).where(posts.c.member_id == bindparam("of_member"), posts.c.is_solution == 1)


class SumRows:
    """What is shown of the sums, in one transaction. Never writes."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def goal_totals(self, goal_ids: Collection[GoalId], *, week: int) -> dict[GoalId, GoalTotal]:
        """Return what all together did for goals, ever and in a week; none for those nobody did anything for."""
        if not goal_ids:
            return {}
        values = {"goal_ids": list(goal_ids), "monday": week, "sunday": week + DAYS_OF_WEEK - 1}
        rows = await self._connection.execute(_TOTALS, values)
        return {GoalId(row.goal_id): GoalTotal(ever=row.ever, week=row.in_week) for row in rows}

    async def league_around(self, member_id: MemberId, *, week: int) -> list[Competitor]:
        """Return the league a member is in, those who are here and want to be ranked, in no order."""
        values = {"of_member": member_id, "in_week": week}
        return [
            Competitor(
                member_id=MemberId(row.id), nickname=row.nickname, points=int(row.points), last_at_us=row.last_at_us
            )
            for row in await self._connection.execute(_COMPETITORS, values)
        ]

    async def leagues_around(self, member_ids: Collection[MemberId], *, week: int) -> dict[MemberId, list[Competitor]]:
        """Return for each member the league they are in, in no order; who is in none, or wants no rank, is left out."""
        values = {"member_ids": list(member_ids), "in_week": week, "at_most": COMPETITORS_MAX * len(member_ids)}
        leagues: defaultdict[tuple[int, int], list[Competitor]] = defaultdict(list)
        asked, found = set(member_ids), dict[MemberId, list[Competitor]]()
        for number, nickname, points, last_at_us, community_id, league in await self._connection.execute(
            _COMPETITORS_OF_MANY, values
        ):
            member_id, together = MemberId(number), leagues[community_id, league]
            together.append(
                Competitor(member_id=member_id, nickname=nickname, points=int(points), last_at_us=last_at_us)
            )
            if member_id in asked:
                found[member_id] = together
        return found

    async def counts_between(self, community_id: CommunityId, *, first: int, last: int) -> Counts:
        """Return how many acts of each kind there were between two local days, and how many members were active."""
        values = {"of_community": community_id, "first": first, "last": last}
        rows = await self._connection.execute(_KINDS_BETWEEN, values)
        active = (await self._connection.execute(_ACTIVE_BETWEEN, values)).scalar_one()
        return Counts(active=active, acts={ActKind(row.kind): row.number for row in rows})

    async def totals_between(self, goal_ids: Collection[GoalId], *, first: int, last: int) -> dict[GoalId, float]:
        """Return what all did for goals between two local days."""
        if not goal_ids:
            return {}
        values = {"goal_ids": list(goal_ids), "first": first, "last": last}
        rows = await self._connection.execute(_GOALS_BETWEEN, values)
        return {GoalId(row.goal_id): row.total for row in rows}

    async def points_of(self, member_id: MemberId) -> float:
        """Return all points a member ever got."""
        return float((await self._connection.execute(_POINTS, {"of_member": member_id})).scalar_one())

    async def points_of_all(self, member_ids: Collection[MemberId]) -> dict[MemberId, float]:
        """Return all points members ever got, for those who got any."""
        rows = await self._connection.execute(_POINTS_OF_MANY, {"member_ids": list(member_ids)})
        return {MemberId(row.member_id): float(row.points) for row in rows}

    async def badges_of_all(self, member_ids: Collection[MemberId]) -> dict[MemberId, dict[BadgeId, int]]:
        """Return the badges members have, and the local day of each, for those who have any."""
        values = {"member_ids": list(member_ids), "at_most": BADGES_MAX * len(member_ids)}
        badges: defaultdict[MemberId, dict[BadgeId, int]] = defaultdict(dict)
        for row in await self._connection.execute(_BADGES_OF_MANY, values):
            badges[MemberId(row.member_id)][BadgeId(row.object_id)] = row.day
        return badges

    async def badges_of(self, member_id: MemberId) -> dict[BadgeId, int]:
        """Return the badges a member has, and the local day of each."""
        rows = await self._connection.execute(_BADGES, {"of_member": member_id})
        return {BadgeId(row.object_id): row.day for row in rows}

    async def thanked_by(self, member_id: MemberId) -> int:
        """Return how many different others thanked a member."""
        return int((await self._connection.execute(_THANKED_BY, {"of_member": member_id})).scalar_one())

    async def solutions_of(self, member_id: MemberId) -> int:
        """Return how many answers of a member were marked as the solution."""
        return int((await self._connection.execute(_SOLUTIONS, {"of_member": member_id})).scalar_one())
