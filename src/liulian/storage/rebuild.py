"""Write the sums of a community anew from its log. Millions of acts: read as tuples, in pages, in the order of ids.

Reading needs nothing from others; putting right needs the writer, and on PostgreSQL nobody's act comes between.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Row, bindparam, delete, func, insert, select, text, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.base.ids import CommunityId, GoalId, MemberId
from liulian.base.zones import at_instant
from liulian.community.acts import ActKind
from liulian.community.leagues import Standing
from liulian.community.points import LEAGUE, Deed, receiver_in
from liulian.community.recording import MemberWeek
from liulian.community.replay import Sums, Tally, differences
from liulian.storage.act_tables import acts, goal_days, week_places
from liulian.storage.community_tables import goals
from liulian.storage.deeds import DEED_COLUMNS, VOIDS
from liulian.storage.sql import is_postgres
from liulian.storage.sums import LogRows

PAGE = 20_000  # Tuples of some hundred bytes: a page takes milliseconds and no memory to speak of.
WRITTEN_AT_ONCE = 1_000

_PAGE = (
    select(
        *DEED_COLUMNS,
        acts.c.detail,
    )
    .where(
        acts.c.id > bindparam("after"),
        acts.c.community_id + 0 == bindparam("of_community"),  # By ids: no index of the community is in their order.
        acts.c.member_id.is_not(None),
        acts.c.kind.in_(bindparam("kinds", expanding=True)),
    )
    .order_by(acts.c.id)
    .limit(bindparam("at_most"))
)
_COUNT = select(func.count()).where(
    acts.c.community_id == bindparam("of_community"), acts.c.kind.in_(bindparam("kinds", expanding=True))
)
_KINDS = {kind.value: kind for kind in ActKind}

Seen = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What a log came to, and how many acts it had then: none is ever taken away, so that more of them are new ones."""

    sums: Sums
    acts: int


async def read_log(connection: AsyncConnection, community_id: CommunityId, *, seen: Seen | None = None) -> Replayed:
    """Return what a community's log comes to. `seen` is called with a number of acts after each page."""
    acts_before = await count_replayed(connection, community_id)
    return Replayed(sums=(await tally_of(connection, community_id, seen=seen)).sums(), acts=acts_before)


async def rebuild(
    connection: AsyncConnection, community_id: CommunityId, *, known: Replayed | None = None, seen: Seen | None = None
) -> int:
    """Put what the log says in the place of a community's sums, and return how many of them were different.

    `known`: what it came to a moment ago; where nothing was added since, it is not read again.
    """
    if is_postgres(connection):
        await connection.execute(text("LOCK TABLE acts IN SHARE ROW EXCLUSIVE MODE"))
    if known is None or known.acts != await count_replayed(connection, community_id):
        known = await read_log(connection, community_id, seen=seen)
    different = differences(await shown_sums(connection, community_id), known.sums)
    if different:
        await _replace_goals(connection, community_id, known.sums.goals)
        await _replace_places(connection, community_id, known.sums.places)
    return different


async def count_replayed(connection: AsyncConnection, community_id: CommunityId) -> int:
    """Return how many acts a replay reads."""
    kinds = Tally(await LogRows.of(connection).counted_goals(community_id)).kinds | {ActKind.VOID}
    values = {"of_community": community_id, "kinds": sorted(kinds)}
    return int((await connection.execute(_COUNT, values)).scalar_one())


async def tally_of(
    connection: AsyncConnection, community_id: CommunityId, *, page: int = PAGE, seen: Seen | None = None
) -> Tally:
    """Return all acts of a community added up, nothing else than the log looked at."""
    tally = Tally(await LogRows.of(connection).counted_goals(community_id))
    values: dict[str, Any] = {"of_community": community_id, "kinds": sorted(tally.kinds), "at_most": page, "after": 0}
    words = await connection.execute(VOIDS, {"of_community": community_id})
    is_void = {row.object_id: bool(row.value) for row in words}  # Of several words on one act the last one counts.
    while rows := (await connection.execute(_PAGE, values)).all():
        tally.add(deed._replace(is_void=True) if is_void.get(deed.id) else deed for deed in _deeds(rows))
        values["after"] = rows[-1][0]
        if seen is not None:
            seen(len(rows))
    return tally


async def shown_sums(connection: AsyncConnection, community_id: CommunityId) -> Sums:
    """Return a community's sums as they are shown."""
    of_goals = select(goal_days).join(goals, goals.c.id == goal_days.c.goal_id)
    days = await connection.execute(of_goals.where(goals.c.community_id == community_id, goals.c.removed_at.is_(None)))
    places = await connection.execute(
        select(
            week_places.c.member_id,
            week_places.c.week,
            week_places.c.league,
            week_places.c.points,
            type_coerce(week_places.c.last_at, BigInteger),
        ).where(week_places.c.community_id == community_id)
    )
    return Sums(
        goals={(GoalId(row.goal_id), row.day): (row.total, row.acts) for row in days},
        places={
            (MemberId(member_id), week): Standing(league, int(points), last_at_us)
            for member_id, week, league, points, last_at_us in places
        },
    )


def _deeds(rows: Iterable[Row[*tuple[Any, ...]]]) -> Iterable[Deed]:
    make = tuple.__new__  # Half the time of the constructor, which only names the places.
    for number, member_id, kind, object_id, day, for_day, at_us, value, detail in rows:
        to = league = None
        if detail is not None:
            known = msgspec.json.decode(detail)
            to, league = receiver_in(known), known.get(LEAGUE)
        yield make(Deed, (number, member_id, _KINDS[kind], object_id, day, for_day, at_us, value, to, league, False))


async def _replace_goals(
    connection: AsyncConnection, community_id: CommunityId, days: Mapping[tuple[GoalId, int], tuple[float, int]]
) -> None:
    ours = select(goals.c.id).where(goals.c.community_id == community_id)
    await connection.execute(delete(goal_days).where(goal_days.c.goal_id.in_(ours)))
    rows = [
        {"goal_id": goal_id, "day": day, "total": total, "acts": number}
        for (goal_id, day), (total, number) in sorted(days.items())
    ]
    for start in range(0, len(rows), WRITTEN_AT_ONCE):
        await connection.execute(insert(goal_days), rows[start : start + WRITTEN_AT_ONCE])


async def _replace_places(
    connection: AsyncConnection, community_id: CommunityId, places: Mapping[MemberWeek, Standing]
) -> None:
    await connection.execute(delete(week_places).where(week_places.c.community_id == community_id))
    rows = [
        {
            "member_id": member_id,
            "week": week,
            "community_id": community_id,
            "league": standing.league,
            "points": float(standing.points),
            "last_at": at_instant(standing.last_at_us),
        }
        for (member_id, week), standing in sorted(places.items())
    ]
    for start in range(0, len(rows), WRITTEN_AT_ONCE):
        await connection.execute(insert(week_places), rows[start : start + WRITTEN_AT_ONCE])
