"""The log with its sums: days of goals, points and places of a week. Implements `community.recording.Log`.

Sums move by what new acts add, in the transaction that writes the acts. Nothing here cannot be computed again.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Float, Integer, Row, bindparam, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.base.ids import ActId, CommunityId, GoalId, MemberId
from liulian.community.acts import Act, ActKind
from liulian.community.model import CommunitySettings, Measure, Reach, Take
from liulian.community.points import LEAGUE, Award, Deed, receiver_in, settled
from liulian.community.recording import CountedGoal, LeagueEnd, MemberWeek, Place
from liulian.storage.act_tables import acts, week_places
from liulian.storage.acts import ACTS_READ_MAX, ActRows
from liulian.storage.community_tables import communities, goals
from liulian.storage.deeds import DEED_COLUMNS
from liulian.storage.member_tables import members
from liulian.storage.sql import is_postgres

GOALS_MAX = 200  # Of one community: a person reaches a handful.

_DEEDS = (
    select(
        *DEED_COLUMNS,
        acts.c.detail,
    )
    .where(
        acts.c.member_id.in_(bindparam("member_ids", expanding=True)),
        acts.c.kind.in_(bindparam("kinds", expanding=True)),
        acts.c.day >= bindparam("from_day"),
        acts.c.community_id + 0 == bindparam("of_community"),  # The sum keeps SQLite from walking through all of it.
    )
    .limit(bindparam("at_most"))
)
_GOALS = (
    select(goals.c.id, goals.c.measure, goals.c.starts_on, goals.c.ends_on)
    .where(
        goals.c.community_id == bindparam("of_community"),
        goals.c.removed_at.is_(None),
        goals.c.reach == Reach.TOGETHER.value,
    )
    .limit(GOALS_MAX)
)
_PLACES = (
    select(members.c.id, members.c.is_ranked, week_places.c.week, week_places.c.league)
    .select_from(
        members.outerjoin(
            week_places,
            (week_places.c.member_id == members.c.id) & week_places.c.week.in_(bindparam("weeks", expanding=True)),
        )
    )
    .where(members.c.id.in_(bindparam("member_ids", expanding=True)))
)
_LAST_LEAGUE = (
    select(func.coalesce(func.max(week_places.c.league), 0))
    .where(week_places.c.community_id == bindparam("of_community"), week_places.c.week == bindparam("in_week"))
    .scalar_subquery()
)
_IN_LAST = (
    select(func.count())
    .where(
        week_places.c.community_id == bindparam("of_community"),
        week_places.c.week == bindparam("in_week"),
        week_places.c.league == _LAST_LEAGUE,
    )
    .scalar_subquery()
)
_END = select(_LAST_LEAGUE, _IN_LAST, communities.c.settings).where(communities.c.id == bindparam("of_community"))
_ADD_TO_GOAL = text(
    """
    INSERT INTO goal_days (goal_id, day, total, acts) VALUES (:goal_id, :day, :total, :acts)
    ON CONFLICT (goal_id, day) DO UPDATE SET
      total = goal_days.total + excluded.total,
      acts = goal_days.acts + excluded.acts
    """
).bindparams(
    bindparam("goal_id", type_=BigInteger),
    bindparam("day", type_=Integer),
    bindparam("total", type_=Float),
    bindparam("acts", type_=Integer),
)
# Who has a place keeps it. The greater of two is spelt differently by each database; a CASE is not.
_ADD_TO_PLACE = text(
    """
    INSERT INTO week_places (member_id, week, community_id, league, points, last_at)
    VALUES (:member_id, :week, :community_id, :league, :points, :last_at)
    ON CONFLICT (member_id, week) DO UPDATE SET
      league = CASE WHEN week_places.league = 0 THEN excluded.league ELSE week_places.league END,
      points = week_places.points + excluded.points,
      last_at = CASE WHEN excluded.last_at > week_places.last_at THEN excluded.last_at ELSE week_places.last_at END
    """
).bindparams(
    bindparam("member_id", type_=BigInteger),
    bindparam("week", type_=Integer),
    bindparam("community_id", type_=BigInteger),
    bindparam("league", type_=Integer),
    bindparam("points", type_=Float),
    bindparam("last_at", type_=BigInteger),
)


class LogRows:
    """The log and its sums, in one transaction."""

    def __init__(self, connection: AsyncConnection, *, rows: ActRows) -> None:
        self._connection = connection
        self._rows = rows

    @classmethod
    def of(cls, connection: AsyncConnection) -> "LogRows":
        """Return the log of a connection that is used without repositories."""
        return cls(connection, rows=ActRows(connection))

    async def append(self, new: Sequence[Act]) -> set[ActId]:
        """Write acts down without touching any sum: `recording.record` alone calls this."""
        return await self._rows.append(new)

    async def ids_of_keys(self, community_id: CommunityId, keys: Collection[str]) -> dict[str, ActId]:
        """Return which keys are taken, and by which acts."""
        return await self._rows.ids_of_keys(community_id, keys)

    async def counted_goals(self, community_id: CommunityId) -> list[CountedGoal]:
        """Return the goals that all members of a community reach together."""
        found = await self._connection.execute(_GOALS, {"of_community": community_id})
        return [counted_goal(row) for row in found]

    async def deeds(
        self, community_id: CommunityId, *, member_ids: Collection[MemberId], kinds: Collection[ActKind], from_day: int
    ) -> list[Deed]:
        """Return what members did from a local day on, in no order, without what was voided.

        Asked for VOID, too, it returns everything. (What voids an act is never of an earlier day than that one.)
        """
        values = {
            "of_community": community_id,
            "member_ids": list(member_ids),
            "kinds": sorted({kind.value for kind in kinds} | {ActKind.VOID.value}),
            "from_day": from_day,
            "at_most": ACTS_READ_MAX * len(member_ids),
        }
        found = [deed_in(row) for row in await self._connection.execute(_DEEDS, values)]
        return found if ActKind.VOID in kinds else [deed for deed in settled(found) if not deed.is_void]

    async def places(self, *, member_ids: Collection[MemberId], weeks: Collection[int]) -> dict[MemberWeek, Place]:
        """Return the places of members in some weeks; league 0 where they have none."""
        found = await self._connection.execute(_PLACES, {"member_ids": list(member_ids), "weeks": list(weeks)})
        places: dict[MemberWeek, Place] = {}
        for row in found:
            for week in weeks:
                places.setdefault((MemberId(row.id), week), Place(bool(row.is_ranked), 0))
            if row.week is not None:
                places[MemberId(row.id), row.week] = Place(bool(row.is_ranked), row.league)
        return places

    async def hold_member(self, member_id: MemberId) -> None:
        """Let nobody else write what a member does. SQLite's writers take turns anyway."""
        if is_postgres(self._connection):
            await self._connection.execute(select(members.c.id).where(members.c.id == member_id).with_for_update())

    async def hold_members(self, member_ids: Sequence[MemberId]) -> None:
        """Let nobody else write what these members do."""
        if is_postgres(self._connection):
            theirs = select(members.c.id).where(members.c.id.in_(member_ids)).order_by(members.c.id)
            await self._connection.execute(theirs.with_for_update())

    async def hold_leagues(self, community_id: CommunityId, *, week: int) -> None:
        """Let nobody else give places of a week. SQLite's writers take turns anyway."""
        if is_postgres(self._connection):
            lock = text("SELECT pg_advisory_xact_lock(:lock)").bindparams(bindparam("lock", type_=BigInteger))
            await self._connection.execute(lock, {"lock": -(community_id ^ week) - 1})

    async def league_end(self, community_id: CommunityId, *, week: int) -> LeagueEnd:
        """Return the last league of a week, how many are in it, and how many may be."""
        values = {"of_community": community_id, "in_week": week}
        league, taken, settings = (await self._connection.execute(_END, values)).one_or_none() or (0, 0, "{}")
        size = msgspec.json.decode(settings).get("league_size", CommunitySettings().league_size)
        return LeagueEnd(league, taken, size)

    async def add_to_goals(self, sums: Mapping[tuple[GoalId, int], tuple[float, int]]) -> None:
        """Add totals and numbers of acts to days of goals."""
        rows = [
            {"goal_id": goal_id, "day": day, "total": total, "acts": number}
            for (goal_id, day), (total, number) in sorted(sums.items())  # One order for all: no deadlock.
        ]
        await self._connection.execute(_ADD_TO_GOAL, rows)

    async def add_to_places(
        self, community_id: CommunityId, moves: Mapping[MemberWeek, Award], leagues: Mapping[MemberWeek, int]
    ) -> None:
        """Add points to places of weeks, and put members into the leagues they were given."""
        rows = [
            {
                "member_id": member_id,
                "week": week,
                "community_id": community_id,
                "league": leagues.get((member_id, week), 0),
                "points": award.points,
                "last_at": award.last_at_us,
            }
            for (member_id, week), award in sorted(moves.items())
        ]
        await self._connection.execute(_ADD_TO_PLACE, rows)


def counted_goal(row: Row[*tuple[Any, ...]]) -> CountedGoal:
    """Return what of a goal its sums are made by, from a row with its measure."""
    measure = msgspec.json.decode(row.measure)
    return CountedGoal(
        GoalId(row.id),
        Measure(kind=ActKind(measure["kind"]), take=Take(measure["take"]), object_id=measure.get("object_id")),
        row.starts_on,
        row.ends_on,
    )


def deed_in(row: Row[*tuple[Any, ...]]) -> Deed:
    """Return the deed in a row of its columns; `detail` is read only where it says something."""
    number, member_id, kind, object_id, day, for_day, at_us, value, detail = row
    known = msgspec.json.decode(detail) if detail else {}
    to, league = (receiver_in(known), known.get(LEAGUE)) if known else (None, None)
    return Deed(number, member_id, ActKind(kind), object_id, day, for_day, at_us, value, to, league)
