"""Count what all did for one goal anew, from the log: for a goal that is new, or measures something else than before.

Acts move the sums of goals as they are written (`community/recording.py`); this is for acts that were there first.
"""

from typing import Any

from sqlalchemy import bindparam, delete, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.base.ids import CommunityId
from liulian.community.acts import ActKind
from liulian.community.model import Goal, Reach
from liulian.community.points import Deed
from liulian.community.recording import CountedGoal, SumsOfGoals, add_goal_sums, kinds_of
from liulian.storage.act_tables import acts, goal_days
from liulian.storage.deeds import DEED_COLUMNS, VOIDS
from liulian.storage.sql import is_postgres

PAGE = 20_000

# What counts for a day was done on that day or later, never before: so the first day of the goal is where to begin.
_PAGE = (
    select(
        *DEED_COLUMNS,
    )
    .where(
        acts.c.community_id == bindparam("of_community"),
        acts.c.kind.in_(bindparam("kinds", expanding=True)),
        acts.c.day >= bindparam("from_day"),
        acts.c.id > bindparam("after"),
        acts.c.member_id.is_not(None),
    )
    .order_by(acts.c.id)
    .limit(bindparam("at_most"))
)


async def count_goal(connection: AsyncConnection, goal: Goal) -> None:
    """Write the sums of a goal as the log has them; of a goal of each member's own there are none."""
    await connection.execute(delete(goal_days).where(goal_days.c.goal_id == goal.id))
    if goal.reach is not Reach.TOGETHER:
        return
    if is_postgres(connection):  # No act may come between reading the log and writing what it comes to.
        await connection.execute(text("LOCK TABLE acts IN SHARE ROW EXCLUSIVE MODE"))
    sums = await _sums(connection, goal)
    rows = [
        {"goal_id": goal_id, "day": day, "total": total, "acts": number}
        for (goal_id, day), (total, number) in sorted(sums.days.items())
    ]
    if rows:
        await connection.execute(insert(goal_days), rows)


async def _sums(connection: AsyncConnection, goal: Goal) -> SumsOfGoals:
    counted = CountedGoal(goal.id, goal.measure, goal.starts_on, goal.ends_on)
    sums, is_void = SumsOfGoals([counted]), await _voided(connection, goal.community_id)
    values: dict[str, Any] = {
        "of_community": goal.community_id,
        "kinds": sorted(kinds_of(goal.measure)),
        "from_day": 0 if goal.measure.kind is ActKind.JOIN else goal.starts_on,  # Who joined before is nobody new.
        "after": 0,
        "at_most": PAGE,
    }
    while rows := (await connection.execute(_PAGE, values)).all():
        add_goal_sums(sums, (_deed(row, is_void=is_void.get(row.id, False)) for row in rows))
        values["after"] = rows[-1].id
    return sums


async def _voided(connection: AsyncConnection, community_id: CommunityId) -> dict[int, bool]:
    """Return which acts were voided, and which were counted again: of several words on one act the last one counts."""
    words = await connection.execute(VOIDS, {"of_community": community_id})
    return {row.object_id: bool(row.value) for row in words}


def _deed(row: Any, *, is_void: bool) -> Deed:
    deed = Deed(
        id=row.id,
        member_id=row.member_id,
        kind=ActKind(row.kind),
        object_id=row.object_id,
        day=row.day,
        for_day=row.for_day,
        at_us=row.at_us,
        value=row.value,
        to=None,
        league=None,
    )
    return deed._replace(is_void=is_void)
