"""Read what the way of one click needs of a link. Never more: no titles, no totals. Never writes."""

from collections.abc import AsyncIterator
from typing import Any

from sqlalchemy import BigInteger, Row, bindparam, select, type_coerce

from liulian.base.ids import DomainId
from liulian.links.audience import EVERYONE
from liulian.links.decide import Rules
from liulian.links.guard import NO_GUARD
from liulian.links.model import Target
from liulian.links.slugs import slug_path
from liulian.storage.database import Database
from liulian.storage.rules import read_audience, read_guard
from liulian.storage.tables import links

PAGE = 5000  # Rows: about a millisecond of the event loop for each thousand.

_COLUMNS = select(
    links.c.id,
    links.c.workspace_id,
    links.c.domain_id,
    links.c.slug,
    links.c.destination,
    links.c.guard,
    links.c.audience,
    type_coerce(links.c.expires_at, BigInteger).label("expires_us"),  # As stored: no datetime is made for a number.
    links.c.taken_down,
)
_VISIBLE = _COLUMNS.where(links.c.deleted_at.is_(None))
_ONE = _VISIBLE.where(links.c.domain_id == bindparam("domain_id"), links.c.slug == bindparam("slug"))
_NEWEST = _VISIBLE.where(links.c.id < bindparam("before")).order_by(links.c.id.desc()).limit(bindparam("limit"))


class TargetReader:
    """Finds one target, or walks through the newest ones. Raises Unavailable when the database is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, *, domain_id: DomainId, slug: str) -> Target | None:
        """Return the target of a slug, or None where there is no link or no longer one."""
        async with self._database.read() as tx:
            row = (await tx.connection.execute(_ONE, {"domain_id": domain_id, "slug": slug})).one_or_none()
        return _target(row) if row else None

    async def newest(self, *, limit: int) -> AsyncIterator[list[Target]]:
        """Yield at most `limit` targets in pages of ≤ 5,000, newest first. Each page is a transaction of its own."""
        before, left = 2**63 - 1, limit
        while left > 0:
            asked = min(PAGE, left)
            async with self._database.read() as tx:
                rows = (await tx.connection.execute(_NEWEST, {"before": before, "limit": asked})).all()
            if rows:
                yield [_target(row) for row in rows]
            if len(rows) < asked:
                return
            before, left = rows[-1].id, left - len(rows)


def _target(row: Row[*tuple[Any, ...]]) -> Target:
    return Target(
        link_id=row.id,
        workspace_id=row.workspace_id or 0,
        domain_id=row.domain_id,
        path=slug_path(row.slug),
        destination=row.destination,
        rules=_rules(row),
    )


def _rules(row: Row[*tuple[Any, ...]]) -> Rules | None:
    """Return None for a plain link: it costs the reader nothing and the edge nothing."""
    if row.guard is None and row.audience is None and row.expires_us is None and row.taken_down is None:
        return None
    return Rules(
        guard=read_guard(row.guard) if row.guard else NO_GUARD,
        audience=read_audience(row.audience) if row.audience else EVERYONE,
        expires_us=row.expires_us,
        taken_down=row.taken_down,
    )
