"""Who was at rituals, as the log of acts has it. Reads only."""

import msgspec
from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.base.ids import CommunityId, MemberId, RitualId
from liulian.community.acts import ActKind
from liulian.community.attendance import OCCURRENCE
from liulian.storage.act_tables import acts

ATTENDED_MAX = 100_000  # Acts of one ritual in a quarter: a thousand people, every day.

_ATTENDED = (
    select(acts.c.detail, acts.c.member_id)
    .where(
        acts.c.community_id == bindparam("of_community"),
        acts.c.object_id == bindparam("of_ritual"),
        acts.c.kind == ActKind.ATTENDANCE.value,
        acts.c.day >= bindparam("from_day"),
        acts.c.member_id.is_not(None),
    )
    .order_by(acts.c.id.desc())
    .limit(ATTENDED_MAX)
)


class AttendanceRows:
    """Attendance, in one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def attended(
        self, community_id: CommunityId, *, ritual_id: RitualId, from_day: int
    ) -> list[tuple[str, MemberId]]:
        """Return which occurrences of a ritual which members were at, from a local day on, newest first."""
        values = {"of_community": community_id, "of_ritual": ritual_id, "from_day": from_day}
        rows = await self._connection.execute(_ATTENDED, values)
        told = [(msgspec.json.decode(row.detail or "{}").get(OCCURRENCE), row.member_id) for row in rows]
        return [(name, MemberId(member_id)) for name, member_id in told if isinstance(name, str)]
