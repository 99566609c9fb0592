"""The queue of reports. Implements `safety.reports.ReportStore`."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.base.ids import DomainId, LinkId
from liulian.links.model import DEFAULT_DOMAIN
from liulian.safety.model import Report, ReportId
from liulian.storage.tables import links, reports

_COLUMNS = select(
    reports.c.id,
    reports.c.link_id,
    reports.c.slug,
    reports.c.reason,
    reports.c.note,
    reports.c.created_at,
    reports.c.closed_at,
    func.coalesce(links.c.domain_id, DEFAULT_DOMAIN).label("domain_id"),
).select_from(reports.outerjoin(links, links.c.id == reports.c.link_id))
_OPEN = _COLUMNS.where(reports.c.closed_at.is_(None)).order_by(reports.c.id).limit(bindparam("limit"))
_CLOSE = (
    update(reports)
    .where(reports.c.link_id == bindparam("about"), reports.c.closed_at.is_(None))
    .values(closed_at=bindparam("now"))
)


class ReportRows:
    """The reports of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, report: Report) -> None:
        values = {
            "id": report.id,
            "link_id": report.link_id,
            "slug": report.slug,
            "reason": report.reason,
            "note": report.note,
            "created_at": report.created_at,
            "closed_at": report.closed_at,
        }
        await self._connection.execute(insert(reports), values)

    async def list_open(self, *, limit: int) -> list[Report]:
        """Return at most `limit` reports that nobody decided on, oldest first."""
        return [_report(row) for row in await self._connection.execute(_OPEN, {"limit": limit})]

    async def close_about(self, link_id: LinkId, *, now: datetime) -> int:
        """Close all open reports about a link and return how many there were."""
        return (await self._connection.execute(_CLOSE, {"about": link_id, "now": now})).rowcount


def _report(row: Row[*tuple[Any, ...]]) -> Report:
    return Report(
        id=ReportId(row.id),
        link_id=LinkId(row.link_id),
        slug=row.slug,
        reason=row.reason,
        note=row.note,
        created_at=row.created_at,
        closed_at=row.closed_at,
        domain_id=DomainId(row.domain_id),
    )
