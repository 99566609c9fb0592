"""What was said to all members this week, on their first page. Shown for a week, then the next one is due."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from liulian.base.i18n import Language
from liulian.community.model import Broadcast
from liulian.community.people import MemberActor
from liulian.storage.database import Transaction
from liulian.web.members.panels import Panel
from liulian.web.members.recap import last_month_of
from liulian.web.members.saying import month_said

SHOWN_FOR = timedelta(days=8)  # A week, and the day on which the next one is written.


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """The latest broadcast, and the recap of the month before in the first days of a new one."""

    broadcast: Broadcast | None
    recap: str
    recap_said: dict[Language, str]


async def broadcast_panel(tx: Transaction, asking: MemberActor, now: datetime) -> Panel | None:
    """Return what was said lately, and the recap while it is new; None for neither."""
    found = await tx.broadcasts.list_of(asking.community.id, limit=1)
    latest = next((each for each in found if each.sent_at and now - each.sent_at <= SHOWN_FOR), None)
    month = last_month_of(asking, now)
    if latest is None and month is None:
        return None
    said = {} if month is None else {each: month_said(month.year, month.month, each) for each in Language}
    return Panel(
        template="member/_broadcast.html",
        shown=News(broadcast=latest, recap=str(month) if month else "", recap_said=said),
    )
