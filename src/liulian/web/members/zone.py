"""Where a member is: their zone is the one in which their browser was last seen, so that all pages mean the same today.

Days of what they did before stay what they were: these are frozen in the log. A form without script tells no zone.
"""

from datetime import datetime, timedelta

from fastapi import Request

from liulian.community.joining import usable_zone
from liulian.community.model import Member
from liulian.web.parts import parts_of

FRESH = timedelta(minutes=10)  # What waited longer without network says where somebody was, not where they are.


async def note_zone(request: Request, member: Member, told: str, *, at: datetime | None) -> None:
    """Move a member's zone to the one that a tap of `at` told (None: of now), where it is another."""
    parts = parts_of(request)
    zone = usable_zone(told, otherwise=member.zone)
    if zone == member.zone or (at is not None and parts.clock() - at > FRESH):
        return
    async with parts.database.write() as tx:
        await tx.members.move_to_zone(member, zone)
